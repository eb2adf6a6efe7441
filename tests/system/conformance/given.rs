//! Makes the small world of a vector, through the API.

use super::expect::Checker;
use super::scene::{Scene, id_of};
use super::seen::Kind;
use super::vector::{BulkLeads, Given};
use super::view::is_empty;
use serde_json::{Map, Value, json};

/// How far stages are moved that the tenant had before.
const OUT_OF_THE_WAY: i64 = 100_000;

type Fields = Map<String, Value>;

impl Scene<'_> {
    /// Makes everything, in the order that later things need.
    ///
    /// # Errors
    /// When something is refused.
    pub async fn make(&mut self, given: &Given) -> Result<(), String> {
        if let Some(settings) = &given.settings {
            let settings = self.replaced(settings).await?;
            self.ask("SettingsService.UpdateSettings", json!({"settings": settings}))
                .await?;
        }
        for entry in &given.salespeople {
            self.create("TeamService.CreateSalesperson", Kind::Salesperson, "salesperson", entry)
                .await?;
        }
        for entry in &given.teams {
            self.team(entry).await?;
        }
        if let Some(stages) = &given.stages {
            self.stages(stages).await?;
        }
        for entry in &given.customers {
            self.create("CustomerService.CreateCustomer", Kind::Customer, "customer", entry)
                .await?;
        }
        for entry in &given.leads {
            self.lead(entry.clone()).await?;
        }
        for bulk in &given.bulk_leads {
            self.bulk(bulk).await?;
        }
        Ok(())
    }

    /// Creates one record and remembers it by its name.
    async fn create(&mut self, method: &str, kind: Kind, field: &str, entry: &Fields) -> Result<Value, String> {
        let mut record = entry.clone();
        let name = name_of(&mut record)?;
        let record = self.replaced(&record).await?;
        let made = self.ask(method, json!({field: record})).await?;
        self.names.fixture(&name, kind, id_of(&made));
        Ok(made)
    }

    async fn team(&mut self, entry: &Fields) -> Result<(), String> {
        let mut entry = entry.clone();
        let members = entry.remove("members").unwrap_or_default();
        let team = self
            .create("TeamService.CreateTeam", Kind::Team, "team", &entry)
            .await?;
        for member in members.as_array().into_iter().flatten() {
            let request = json!({"team_id": id_of(&team), "salesperson_id": member});
            let request = self.replaced(&fields(request)).await?;
            self.ask("TeamService.AddTeamMember", Value::Object(request)).await?;
        }
        Ok(())
    }

    async fn stages(&mut self, stages: &[Fields]) -> Result<(), String> {
        let before = self.read(&super::seen::Look::All(Kind::Stage)).await?;
        for stage in before.as_array().into_iter().flatten() {
            let sequence = stage["sequence"].as_i64().unwrap_or_default() + OUT_OF_THE_WAY;
            let stage = json!({"id": id_of(stage), "folded": true, "won": false, "sequence": sequence});
            self.ask("SettingsService.UpdateStage", json!({"stage": stage})).await?;
        }
        for entry in stages {
            self.create("SettingsService.CreateStage", Kind::Stage, "stage", entry)
                .await?;
        }
        Ok(())
    }

    async fn lead(&mut self, mut entry: Fields) -> Result<(), String> {
        let timeline = entry.remove("timeline").unwrap_or_default();
        let status = entry.remove("status").unwrap_or_default();
        // Losing a record sets its reason.
        let lost_reason = match status.as_str() {
            Some("LOST") => entry.remove("lost_reason").unwrap_or_default(),
            _ => Value::Null,
        };
        let lead = self
            .create("LeadService.CreateLead", Kind::Lead, "lead", &entry)
            .await?;
        self.complete(&entry, &lead).await?;
        for note in timeline.as_array().into_iter().flatten() {
            self.note(id_of(&lead), note).await?;
        }
        let mut request = json!({"id": id_of(&lead)});
        let method = match status.as_str().unwrap_or_default() {
            "" | "OPEN" => return Ok(()),
            "WON" => "LeadService.MarkLeadWon",
            "LOST" => {
                request["lost_reason"] = lost_reason;
                "LeadService.MarkLeadLost"
            }
            "ARCHIVED" => "LeadService.ArchiveLead",
            other => return Err(format!("a lead cannot be made {other}")),
        };
        self.ask(method, request).await?;
        Ok(())
    }

    /// Sets what `CreateLead` did not take over.
    async fn complete(&self, entry: &Fields, lead: &Value) -> Result<(), String> {
        let wanted = self.replaced(entry).await?;
        let differ = |name: &str, value: &Value, seen: &super::seen::Seen| {
            let checker = Checker {
                names: &self.names,
                seen,
            };
            let got = lead.get(name).cloned().unwrap_or_default();
            is_empty(&got) && !checker.holds(value, &got)
        };
        let mut left = Fields::new();
        for (name, value) in wanted.into_iter().filter(|(name, _)| name != "id") {
            if self.look(|seen| differ(&name, &value, seen)).await? {
                left.insert(name, value);
            }
        }
        if left.is_empty() {
            return Ok(());
        }
        left.insert("id".to_owned(), Value::from(id_of(lead)));
        self.ask("LeadService.UpdateLead", json!({"lead": left})).await?;
        Ok(())
    }

    async fn note(&mut self, lead: &str, note: &Value) -> Result<(), String> {
        let mut note = fields(note.clone());
        let name = note.remove("id");
        let request = json!({"lead_id": lead, "entry": self.replaced(&note).await?});
        let made = self.ask("LeadService.AddTimelineEntry", request).await?;
        if let Some(name) = name.as_ref().and_then(Value::as_str) {
            self.names.capture(name, made);
        }
        Ok(())
    }

    async fn bulk(&mut self, bulk: &BulkLeads) -> Result<(), String> {
        for number in 0..bulk.count {
            let mut lead = fields(numbered(&Value::Object(bulk.lead.clone()), number));
            lead.insert("id".to_owned(), Value::from(format!("{}{number}", bulk.id)));
            self.lead(lead).await?;
        }
        Ok(())
    }
}

/// Takes the entry's name out of it.
fn name_of(entry: &mut Fields) -> Result<String, String> {
    match entry.remove("id") {
        Some(Value::String(name)) => Ok(name),
        other => Err(format!("a fixture has no name: {other:?} in {entry:?}")),
    }
}

fn fields(value: Value) -> Fields {
    match value {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

/// The pattern with its number in every text.
fn numbered(pattern: &Value, number: u32) -> Value {
    match pattern {
        Value::String(text) => Value::from(text.replace("{n}", &number.to_string())),
        Value::Array(items) => items.iter().map(|item| numbered(item, number)).collect(),
        Value::Object(object) => Value::Object(
            object
                .iter()
                .map(|(name, value)| (name.clone(), numbered(value, number)))
                .collect(),
        ),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_stands_in_every_text_of_a_pattern() {
        let pattern = json!({"title": "Order {n}", "tags": ["t{n}", "x"], "custom_fields": {"no": "{n}-{n}"}, "n": 1});
        let expected = json!({"title": "Order 7", "tags": ["t7", "x"], "custom_fields": {"no": "7-7"}, "n": 1});
        assert_eq!(numbered(&pattern, 7), expected);
    }
}
