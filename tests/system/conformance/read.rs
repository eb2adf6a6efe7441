//! Reads what an expectation looks at.

use super::scene::{Scene, id_of};
use super::seen::{Kind, Look};
use serde_json::{Map, Value, json};

const PAGE: u32 = 500;

impl Scene<'_> {
    /// What there is to see, as the default caller sees it now.
    ///
    /// # Errors
    /// When there is no such record.
    pub async fn read(&self, look: &Look) -> Result<Value, String> {
        match look {
            Look::Record(kind, id) => self.record(*kind, id).await,
            Look::Timeline(lead) => {
                let request = json!({"lead_id": lead});
                self.pages("LeadService.ListTimeline", request, "entries").await
            }
            Look::Items(batch) => self.items(batch).await,
            Look::All(kind) => self.all(*kind).await,
        }
    }

    async fn record(&self, kind: Kind, id: &str) -> Result<Value, String> {
        let request = json!({"id": id});
        match kind {
            Kind::Lead => self.ask("LeadService.GetLead", request).await,
            Kind::Customer => self.ask("CustomerService.GetCustomer", request).await,
            Kind::Team => self.ask("TeamService.GetTeam", request).await,
            Kind::Stage | Kind::Salesperson => {
                let all = self.all(kind).await?;
                let one = all.as_array().into_iter().flatten().find(|one| id_of(one) == id);
                one.cloned().ok_or_else(|| format!("there is no {kind:?} {id}"))
            }
        }
    }

    async fn all(&self, kind: Kind) -> Result<Value, String> {
        let (method, field) = match kind {
            Kind::Lead => ("LeadService.ListLeads", "leads"),
            Kind::Customer => ("CustomerService.ListCustomers", "customers"),
            Kind::Team => ("TeamService.ListTeams", "teams"),
            Kind::Stage => ("SettingsService.ListStages", "stages"),
            Kind::Salesperson => ("TeamService.ListSalespeople", "salespeople"),
        };
        self.pages(method, json!({}), field).await
    }

    /// The conversions of a batch by lead; of several for one lead the latest.
    async fn items(&self, batch: &str) -> Result<Value, String> {
        let request = json!({"batch_id": batch});
        let method = "LeadConversionService.ListConversions";
        let conversions = self.pages(method, request, "conversions").await?;
        let mut items = Map::new();
        for conversion in conversions.as_array().into_iter().flatten() {
            let lead = conversion["lead_id"].as_str().unwrap_or_default();
            // Ids grow with the time of their making.
            if items.get(lead).is_none_or(|other| id_of(other) < id_of(conversion)) {
                items.insert(lead.to_owned(), conversion.clone());
            }
        }
        Ok(Value::Object(items))
    }

    /// A list over all its pages.
    async fn pages(&self, method: &str, mut request: Value, field: &str) -> Result<Value, String> {
        let mut all = Vec::new();
        request["page_size"] = json!(PAGE);
        loop {
            let mut page = self.ask(method, request.clone()).await?;
            if let Value::Array(items) = page[field].take() {
                all.extend(items);
            }
            match page["next_page_token"].as_str() {
                None | Some("") => return Ok(Value::from(all)),
                Some(token) => request["page_token"] = Value::from(token),
            }
        }
    }
}
