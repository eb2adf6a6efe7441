//! What a caller gives about a record: for creating one, for changing one, and for an import row.

use crate::given::put;
use crate::ids::{CustomerId, SalespersonId, StageId, TeamId};
use crate::lead::{Lead, LeadType};
use crate::limits::{self, Check};
use crate::money::Money;
use crate::refusal::Refusal;
use chrono::NaiveDate;
use serde_json::{Map, Value};

/// The fields that are given; `None` = not given. `Some` of an empty value clears the field.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of `Lead` and are described there")]
pub struct LeadPatch {
    /// Only on creation.
    pub kind: Option<LeadType>,
    pub title: Option<String>,
    pub contact_name: Option<String>,
    pub company_name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub job_title: Option<String>,
    pub website: Option<String>,
    pub language: Option<String>,
    pub street: Option<String>,
    pub street2: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub postal_code: Option<String>,
    pub country: Option<String>,
    pub description: Option<String>,
    pub tags: Option<Vec<String>>,
    pub priority: Option<i32>,
    pub source: Option<String>,
    pub medium: Option<String>,
    pub campaign: Option<String>,
    pub referred_by: Option<String>,
    pub expected_revenue: Option<Option<Money>>,
    pub probability: Option<Option<f64>>,
    pub stage_id: Option<Option<StageId>>,
    pub salesperson_id: Option<Option<SalespersonId>>,
    pub team_id: Option<Option<TeamId>>,
    pub customer_id: Option<Option<CustomerId>>,
    pub lost_reason: Option<String>,
    pub custom_fields: Option<Map<String, Value>>,
    pub external_id: Option<String>,
    pub expected_close_date: Option<Option<NaiveDate>>,
}

impl LeadPatch {
    /// Refuses input that is too long, malformed or out of range; names every such field.
    ///
    /// # Errors
    /// `FIELD_INVALID`.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut check = Check::default();
        self.check_texts(&mut check);
        check.country("country", self.country.as_ref());
        check.language("language", self.language.as_ref());
        check.tags(self.tags.as_ref());
        check.range(
            "priority",
            self.priority.map(f64::from),
            0.0,
            f64::from(limits::PRIORITY),
        );
        check.range("probability", self.probability.flatten(), 0.0, 100.0);
        if self.custom_fields.as_ref().is_some_and(too_large) {
            check.add(
                "custom_fields",
                format!("is larger than {} bytes as JSON", limits::CUSTOM_FIELDS),
            );
        }
        if check.violations.is_empty() {
            Ok(())
        } else {
            Err(Refusal::fields(check.violations))
        }
    }

    fn check_texts(&self, check: &mut Check) {
        let texts = [
            ("title", &self.title, limits::NAME),
            ("contact_name", &self.contact_name, limits::NAME),
            ("company_name", &self.company_name, limits::NAME),
            ("email", &self.email, limits::EMAIL),
            ("phone", &self.phone, limits::PHONE),
            ("job_title", &self.job_title, limits::NAME),
            ("website", &self.website, limits::LINE),
            ("street", &self.street, limits::LINE),
            ("street2", &self.street2, limits::LINE),
            ("city", &self.city, limits::NAME),
            ("state", &self.state, limits::NAME),
            ("postal_code", &self.postal_code, limits::POSTAL_CODE),
            ("description", &self.description, limits::TEXT),
            ("source", &self.source, limits::LABEL),
            ("medium", &self.medium, limits::LABEL),
            ("campaign", &self.campaign, limits::LABEL),
            ("referred_by", &self.referred_by, limits::LABEL),
            ("lost_reason", &self.lost_reason, limits::NAME),
            ("external_id", &self.external_id, limits::LABEL),
        ];
        for (field, value, max) in texts {
            check.text(field, value.as_ref(), max);
        }
    }

    /// Writes the plain fields that are given into `lead`. Type, stage, assignment and customer have rules of their
    /// own and are not written here.
    pub fn write_plain(&self, lead: &mut Lead) {
        put(&mut lead.title, &self.title);
        put(&mut lead.contact_name, &self.contact_name);
        put(&mut lead.company_name, &self.company_name);
        put(&mut lead.email, &self.email);
        put(&mut lead.phone, &self.phone);
        put(&mut lead.job_title, &self.job_title);
        put(&mut lead.website, &self.website);
        put(&mut lead.language, &self.language);
        put(&mut lead.address.street, &self.street);
        put(&mut lead.address.street2, &self.street2);
        put(&mut lead.address.city, &self.city);
        put(&mut lead.address.state, &self.state);
        put(&mut lead.address.postal_code, &self.postal_code);
        put(&mut lead.address.country, &self.country);
        put(&mut lead.description, &self.description);
        put(&mut lead.tags, &self.tags);
        put(&mut lead.priority, &self.priority);
        put(&mut lead.source, &self.source);
        put(&mut lead.medium, &self.medium);
        put(&mut lead.campaign, &self.campaign);
        put(&mut lead.referred_by, &self.referred_by);
        put(&mut lead.expected_revenue, &self.expected_revenue);
        put(&mut lead.probability, &self.probability);
        put(&mut lead.lost_reason, &self.lost_reason);
        put(&mut lead.custom_fields, &self.custom_fields);
        put(&mut lead.external_id, &self.external_id);
        put(&mut lead.expected_close_date, &self.expected_close_date);
    }
}

impl LeadPatch {
    /// What of this may be written into a record that absorbed the one it was meant for: the fields that are empty
    /// there, the address as one field. Assignment, stage, type and names of the caller's are the record's own.
    #[must_use]
    pub fn for_empty_fields_of(&self, lead: &Lead) -> Self {
        let text = |given: &Option<String>, own: &str| given.clone().filter(|_| own.trim().is_empty());
        let part = |given: &Option<String>| given.clone().filter(|_| lead.address.is_empty());
        Self {
            title: text(&self.title, &lead.title),
            contact_name: text(&self.contact_name, &lead.contact_name),
            company_name: text(&self.company_name, &lead.company_name),
            email: text(&self.email, &lead.email),
            phone: text(&self.phone, &lead.phone),
            job_title: text(&self.job_title, &lead.job_title),
            website: text(&self.website, &lead.website),
            language: text(&self.language, &lead.language),
            street: part(&self.street),
            street2: part(&self.street2),
            city: part(&self.city),
            state: part(&self.state),
            postal_code: part(&self.postal_code),
            country: part(&self.country),
            description: text(&self.description, &lead.description),
            tags: self.tags.clone().filter(|_| lead.tags.is_empty()),
            priority: self.priority.filter(|_| lead.priority == 0),
            source: text(&self.source, &lead.source),
            medium: text(&self.medium, &lead.medium),
            campaign: text(&self.campaign, &lead.campaign),
            referred_by: text(&self.referred_by, &lead.referred_by),
            expected_revenue: self
                .expected_revenue
                .clone()
                .filter(|_| lead.expected_revenue.is_none()),
            probability: self.probability.filter(|_| lead.probability.is_none()),
            customer_id: self.customer_id.filter(|_| lead.customer_id.is_none()),
            custom_fields: self
                .custom_fields
                .clone()
                .map(|given| missing_in(&lead.custom_fields, given)),
            expected_close_date: self.expected_close_date.filter(|_| lead.expected_close_date.is_none()),
            ..Self::default()
        }
    }
}

/// The tenant's own fields of a record, and of the given ones those that it lacks.
fn missing_in(own: &Map<String, Value>, given: Map<String, Value>) -> Map<String, Value> {
    let mut all = given;
    all.extend(own.iter().map(|(key, value)| (key.clone(), value.clone())));
    all
}

fn too_large(fields: &Map<String, Value>) -> bool {
    serde_json::to_vec(fields).map_or(true, |bytes| bytes.len() > limits::CUSTOM_FIELDS)
}
