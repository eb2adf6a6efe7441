//! Every record of a tenant, as the matching engine has them.

use std::collections::HashMap;

use anyhow::Context;
use opportune_contract::v1::{Customer, GetSettingsRequest, Lead, LeadStatus, ListCustomersRequest, ListLeadsRequest};
use opportune_domain::address::Address;
use opportune_domain::ids::CustomerId;
use opportune_domain::keys::{Reading, region};
use opportune_domain::similar::{Form, Given, Index, Tie};
use opportune_domain::tenant::Settings;
use uuid::Uuid;

use crate::client::{Client, explain};
use crate::output::progress_bar;

const PAGE: i32 = 1_000;

/// How many companies a customer may have above itself.
const DEPTH: usize = 16;

/// All records, indexed.
pub struct Records {
    /// The tenant's settings that matching looks at.
    pub settings: Settings,
    /// The normal forms by number.
    pub index: Index,
    /// What each is called: its external id, else its id.
    pub names: Vec<String>,
    /// Whether each is open.
    pub open: Vec<bool>,
}

impl Records {
    /// Reads them all, page by page.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn read(client: &Client) -> anyhow::Result<Self> {
        let settings = settings(client).await?;
        let customers = customers(client).await?;
        let mut records = Self {
            settings,
            index: Index::default(),
            names: Vec::new(),
            open: Vec::new(),
        };
        let bar = progress_bar(0, "{spinner} {pos} records read", false);
        let mut page_token = String::new();
        loop {
            let request = ListLeadsRequest {
                page_size: PAGE,
                page_token,
                order_by: "create_time".to_owned(),
                ..ListLeadsRequest::default()
            };
            let page = client.leads().list_leads(request).await.map_err(explain)?.into_inner();
            for lead in &page.leads {
                records.add(lead, &customers);
            }
            bar.inc(page.leads.len() as u64);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        bar.finish_and_clear();
        Ok(records)
    }

    fn add(&mut self, lead: &Lead, customers: &Customers) {
        let form = customers.form(lead, self.settings.reading());
        self.index.add(&self.settings, form, customers.tie(lead));
        self.names.push(if lead.external_id.is_empty() {
            lead.id.clone()
        } else {
            lead.external_id.clone()
        });
        self.open.push(lead.status() == LeadStatus::Open);
    }
}

async fn settings(client: &Client) -> anyhow::Result<Settings> {
    let answer = client
        .settings()
        .get_settings(GetSettingsRequest {})
        .await
        .map_err(explain)?;
    let sent = answer.into_inner().settings.context("the server sent no settings")?;
    Ok(Settings {
        default_country: sent.default_country,
        generic_email_providers: sent.generic_email_providers,
        placeholder_emails: sent.placeholder_emails,
        strong_threshold: sent.strong_threshold,
        probable_threshold: sent.probable_threshold,
        ..Settings::default()
    })
}

struct Customers(HashMap<Uuid, Customer>);

async fn customers(client: &Client) -> anyhow::Result<Customers> {
    let mut customers = HashMap::new();
    let mut page_token = String::new();
    loop {
        let request = ListCustomersRequest {
            page_size: PAGE,
            page_token,
            text: String::new(),
        };
        let page = client
            .customers()
            .list_customers(request)
            .await
            .map_err(explain)?
            .into_inner();
        for customer in page.customers {
            customers.insert(
                Uuid::parse_str(&customer.id).context("the server sent a broken id")?,
                customer,
            );
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(Customers(customers));
        }
    }
}

impl Customers {
    fn form(&self, lead: &Lead, reading: Reading<'_>) -> Form {
        let customer = self.of(lead).map(|(_, customer)| customer);
        let address = Address {
            street: lead.street.clone(),
            street2: lead.street2.clone(),
            city: lead.city.clone(),
            state: lead.state.clone(),
            postal_code: lead.postal_code.clone(),
            country: lead.country.clone(),
        };
        let given = Given {
            person: &lead.contact_name,
            company: &lead.company_name,
            email: &lead.email,
            phone: &lead.phone,
            website: &lead.website,
            address: &address,
        };
        let country = customer.map(|customer| customer.country.as_str());
        Form::read(
            &given,
            region(&lead.country, country, reading.default_country),
            reading.placeholders,
        )
    }

    fn of(&self, lead: &Lead) -> Option<(Uuid, &Customer)> {
        let id = Uuid::parse_str(&lead.customer_id).ok()?;
        Some((id, self.0.get(&id)?))
    }

    fn tie(&self, lead: &Lead) -> Option<Tie> {
        let (id, customer) = self.of(lead)?;
        Some(Tie {
            customer: CustomerId(id),
            is_person: !customer.is_company,
            entity: CustomerId(self.topmost(id)),
        })
    }

    fn topmost(&self, id: Uuid) -> Uuid {
        let above = |id: &Uuid| Uuid::parse_str(&self.0.get(id)?.parent_id).ok();
        std::iter::successors(Some(id), above).take(DEPTH).last().unwrap_or(id)
    }
}
