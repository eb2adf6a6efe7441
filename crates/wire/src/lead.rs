//! Leads and opportunities.

use crate::custom::{parse_structure, structure};
use crate::enums::{lead_status, lead_type, parse_lead_type};
use crate::fields::Fields;
use crate::ids::{parse_id, text, texts};
use crate::money::{money, parse_money};
use crate::time::{date, parse_date, timestamp};
use opportune_contract::v1;
use opportune_domain::lead::{Lead, LeadPatch};
use opportune_domain::refusal::Refusal;

/// The paths that the field mask of a change may name: what is neither output only nor settable on creation alone.
const CHANGEABLE: [&str; 31] = [
    "title",
    "contact_name",
    "company_name",
    "email",
    "phone",
    "job_title",
    "website",
    "language",
    "street",
    "street2",
    "city",
    "state",
    "postal_code",
    "country",
    "description",
    "tags",
    "priority",
    "source",
    "medium",
    "campaign",
    "referred_by",
    "expected_revenue",
    "probability",
    "stage_id",
    "salesperson_id",
    "team_id",
    "customer_id",
    "lost_reason",
    "custom_fields",
    "external_id",
    "expected_close_date",
];

/// A record as a message. `similar_count` is left at 0.
pub fn lead(lead: &Lead) -> v1::Lead {
    v1::Lead {
        id: lead.id.to_string(),
        r#type: lead_type(lead.kind).into(),
        status: lead_status(lead.status).into(),
        title: lead.title.clone(),
        contact_name: lead.contact_name.clone(),
        company_name: lead.company_name.clone(),
        email: lead.email.clone(),
        phone: lead.phone.clone(),
        job_title: lead.job_title.clone(),
        website: lead.website.clone(),
        language: lead.language.clone(),
        street: lead.address.street.clone(),
        street2: lead.address.street2.clone(),
        city: lead.address.city.clone(),
        state: lead.address.state.clone(),
        postal_code: lead.address.postal_code.clone(),
        country: lead.address.country.clone(),
        description: lead.description.clone(),
        tags: lead.tags.clone(),
        priority: lead.priority,
        source: lead.source.clone(),
        medium: lead.medium.clone(),
        campaign: lead.campaign.clone(),
        referred_by: lead.referred_by.clone(),
        expected_revenue: lead.expected_revenue.as_ref().map(money),
        probability: lead.probability,
        stage_id: text(lead.stage_id),
        salesperson_id: text(lead.salesperson_id),
        team_id: text(lead.team_id),
        customer_id: text(lead.customer_id),
        lost_reason: lead.lost_reason.clone(),
        custom_fields: (!lead.custom_fields.is_empty()).then(|| structure(&lead.custom_fields)),
        external_id: lead.external_id.clone(),
        merged_lead_ids: texts(&lead.merged_lead_ids),
        etag: lead.etag(),
        create_time: Some(timestamp(lead.create_time)),
        update_time: Some(timestamp(lead.update_time)),
        convert_time: lead.convert_time.map(timestamp),
        assign_time: lead.assign_time.map(timestamp),
        close_time: lead.close_time.map(timestamp),
        expected_close_date: lead.expected_close_date.map(date),
        similar_count: 0,
        survivor_id: text(lead.survivor_id),
    }
}

/// What a caller gives about a record. `paths` is the field mask of a change, `None` on creation: then everything that
/// is not empty is given, as with an empty mask. Lengths are checked by `LeadPatch::check`.
///
/// # Errors
/// `FIELD_INVALID` naming every field that cannot be read, and `update_mask` when it names what cannot be changed.
pub fn lead_patch(lead: v1::Lead, paths: Option<&[String]>) -> Result<LeadPatch, Refusal> {
    let mut fields = Fields::new(paths, &CHANGEABLE);
    let patch = LeadPatch {
        kind: fields.parse("type", || parse_lead_type("type", lead.r#type)).flatten(),
        title: fields.take("title", lead.title),
        contact_name: fields.take("contact_name", lead.contact_name),
        company_name: fields.take("company_name", lead.company_name),
        email: fields.take("email", lead.email),
        phone: fields.take("phone", lead.phone),
        job_title: fields.take("job_title", lead.job_title),
        website: fields.take("website", lead.website),
        language: fields.take("language", lead.language),
        street: fields.take("street", lead.street),
        street2: fields.take("street2", lead.street2),
        city: fields.take("city", lead.city),
        state: fields.take("state", lead.state),
        postal_code: fields.take("postal_code", lead.postal_code),
        country: fields.take("country", lead.country),
        description: fields.take("description", lead.description),
        tags: fields.take("tags", lead.tags),
        priority: fields.take("priority", lead.priority),
        source: fields.take("source", lead.source),
        medium: fields.take("medium", lead.medium),
        campaign: fields.take("campaign", lead.campaign),
        referred_by: fields.take("referred_by", lead.referred_by),
        expected_revenue: fields.parse("expected_revenue", || {
            lead.expected_revenue
                .as_ref()
                .map(|money| parse_money("expected_revenue", money))
                .transpose()
        }),
        probability: fields.take("probability", lead.probability),
        stage_id: fields.parse("stage_id", || parse_id("stage_id", &lead.stage_id)),
        salesperson_id: fields.parse("salesperson_id", || parse_id("salesperson_id", &lead.salesperson_id)),
        team_id: fields.parse("team_id", || parse_id("team_id", &lead.team_id)),
        customer_id: fields.parse("customer_id", || parse_id("customer_id", &lead.customer_id)),
        lost_reason: fields.take("lost_reason", lead.lost_reason),
        custom_fields: fields.parse("custom_fields", || {
            parse_structure("custom_fields", lead.custom_fields.unwrap_or_default())
        }),
        external_id: fields.take("external_id", lead.external_id),
        expected_close_date: fields.parse("expected_close_date", || {
            lead.expected_close_date
                .as_ref()
                .map(|day| parse_date("expected_close_date", day))
                .transpose()
        }),
    };
    fields.finish(patch)
}

#[cfg(test)]
#[path = "lead_tests.rs"]
mod tests;
