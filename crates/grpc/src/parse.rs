//! Parts of requests that several rpcs have in common.

use opportune_application::page::PageRequest;
use opportune_application::ports::{ConversionFilter, LeadFilter, LeadOrder, SortKey};
use opportune_contract::v1;
use opportune_domain::access::Caller;
use opportune_domain::limits::{self, Check};
use opportune_domain::normal;
use opportune_domain::refusal::Refusal;
use opportune_wire::enums::{parse_conversion_state, parse_lead_status, parse_lead_type};
use opportune_wire::fields::Fields;
use opportune_wire::ids::parse_id;
use opportune_wire::time::{parse_duration, parse_timestamp};
use std::time::Duration;

/// The longest time that a call is held for an outcome.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Empty text = not given.
pub(crate) fn given(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// A message that a request must have.
pub(crate) fn required<T>(field: &str, message: Option<T>) -> Result<T, Refusal> {
    message.ok_or_else(|| Refusal::field(field, "must be given"))
}

/// The paths of a field mask; absent = empty.
pub(crate) fn paths(mask: Option<prost_types::FieldMask>) -> Vec<String> {
    mask.map(|mask| mask.paths).unwrap_or_default()
}

/// Which page is asked for; size and token are checked where the list is known.
pub(crate) fn page(size: i32, token: String) -> PageRequest {
    PageRequest { size, token }
}

/// How long to hold a call for the outcome; absent = not at all.
pub(crate) fn wait(wait: Option<&prost_types::Duration>) -> Result<Duration, Refusal> {
    let wait = wait
        .map(|wait| parse_duration("wait", wait))
        .transpose()?
        .unwrap_or_default();
    if wait > LONGEST_WAIT {
        Err(Refusal::field("wait", "is longer than 60 s"))
    } else {
        Ok(wait)
    }
}

/// A share, 0 to 1.
pub(crate) fn share(field: &str, value: f64) -> Result<f64, Refusal> {
    let mut check = Check::default();
    check.range(field, Some(value), 0.0, 1.0);
    if check.violations.is_empty() {
        Ok(value)
    } else {
        Err(Refusal::fields(check.violations))
    }
}

/// A text to search for, of a length that makes sense.
pub(crate) fn search_text(field: &str, text: String) -> Result<String, Refusal> {
    let mut check = Check::default();
    check.text(field, Some(&text), limits::NAME);
    if check.violations.is_empty() {
        Ok(text)
    } else {
        Err(Refusal::fields(check.violations))
    }
}

/// An external id to look for; empty = not given.
fn external_id(text: String) -> Result<Option<String>, Refusal> {
    let mut check = Check::default();
    check.text("filter.external_id", Some(&text), limits::LABEL);
    if check.violations.is_empty() {
        Ok(given(text))
    } else {
        Err(Refusal::fields(check.violations))
    }
}

/// How to sort leads: a key, and `desc` or `asc` behind it.
pub(crate) fn order_by(text: &str) -> Result<LeadOrder, Refusal> {
    let mut words = text.split_ascii_whitespace();
    let by = match words.next() {
        None => {
            return Ok(LeadOrder {
                by: SortKey::CreateTime,
                descending: true,
            });
        }
        Some("create_time") => Some(SortKey::CreateTime),
        Some("update_time") => Some(SortKey::UpdateTime),
        Some("expected_revenue") => Some(SortKey::ExpectedRevenue),
        Some("priority") => Some(SortKey::Priority),
        Some(_) => None,
    };
    let descending = match words.next() {
        None | Some("asc") => Some(false),
        Some("desc") => Some(true),
        Some(_) => None,
    };
    match (by, descending, words.next()) {
        (Some(by), Some(descending), None) => Ok(LeadOrder { by, descending }),
        _ => Err(Refusal::field(
            "order_by",
            "is not create_time, update_time, expected_revenue or priority, with or without desc",
        )),
    }
}

/// Which leads to list; absent = all.
pub(crate) fn lead_filter(filter: Option<v1::LeadFilter>) -> Result<LeadFilter, Refusal> {
    let filter = filter.unwrap_or_default();
    let mut fields = Fields::new(None, &[]);
    let text = fields
        .parse("text", || search_text("filter.text", filter.text))
        .unwrap_or_default();
    let parsed = LeadFilter {
        kind: fields
            .parse("type", || parse_lead_type("filter.type", filter.r#type))
            .flatten(),
        status: fields
            .parse("status", || parse_lead_status("filter.status", filter.status))
            .flatten(),
        salesperson_id: fields
            .parse("salesperson_id", || {
                parse_id("filter.salesperson_id", &filter.salesperson_id)
            })
            .flatten(),
        unassigned: filter.unassigned,
        team_id: fields
            .parse("team_id", || parse_id("filter.team_id", &filter.team_id))
            .flatten(),
        stage_id: fields
            .parse("stage_id", || parse_id("filter.stage_id", &filter.stage_id))
            .flatten(),
        customer_id: fields
            .parse("customer_id", || parse_id("filter.customer_id", &filter.customer_id))
            .flatten(),
        words: normal::words(std::iter::once(text.as_str())),
        external_id: fields
            .parse("external_id", || external_id(filter.external_id))
            .flatten(),
        updated_after: fields
            .parse("updated_after", || {
                filter
                    .updated_after
                    .map(|time| parse_timestamp("filter.updated_after", &time))
                    .transpose()
            })
            .flatten(),
        caller: Caller::default(),
    };
    let parsed = fields.finish(parsed)?;
    if parsed.unassigned && parsed.salesperson_id.is_some() {
        return Err(Refusal::field("filter.unassigned", "contradicts salesperson_id"));
    }
    Ok(parsed)
}

/// Which conversions to list.
pub(crate) fn conversion_filter(request: &v1::ListConversionsRequest) -> Result<ConversionFilter, Refusal> {
    let mut fields = Fields::new(None, &[]);
    let parsed = ConversionFilter {
        lead_id: fields
            .parse("lead_id", || parse_id("lead_id", &request.lead_id))
            .flatten(),
        batch_id: fields
            .parse("batch_id", || parse_id("batch_id", &request.batch_id))
            .flatten(),
        state: fields
            .parse("state", || parse_conversion_state("state", request.state))
            .flatten()
            .map(str::to_owned),
        ..ConversionFilter::default()
    };
    fields.finish(parsed)
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
