//! The body of a published event: one message of `opportune.events.v1`, as JSON or in binary.

use crate::customer::customer;
use crate::ids::{text, texts};
use crate::lead::lead;
use crate::refusal::status;
use opportune_contract::events;
use opportune_contract::json::{JsonError, to_json_bytes};
use opportune_domain::event::{Event, EventBody};
use prost::{Message, Name};

/// How event bodies are written, a setting of the installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EventFormat {
    /// Canonical proto JSON.
    #[default]
    Json,
    /// Binary proto.
    Protobuf,
}

impl EventFormat {
    /// The content type of a body in this format.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Protobuf => "application/protobuf",
        }
    }
}

/// An event that could not be written. Trying again does not help.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// A value that JSON cannot say.
    #[error("the event cannot be written as JSON")]
    Json(#[from] JsonError),
}

/// The body of an event and its content type.
///
/// # Errors
/// [`WireError`] when the record holds a value that JSON cannot say, which parsing keeps out.
pub fn event_bytes(event: &Event, format: EventFormat) -> Result<(Vec<u8>, &'static str), WireError> {
    let body = match &event.body {
        EventBody::LeadCreated { lead: record } => write(
            &events::LeadCreated {
                lead: Some(lead(record)),
            },
            format,
        ),
        EventBody::LeadUpdated { lead: record } => write(
            &events::LeadUpdated {
                lead: Some(lead(record)),
                changed_fields: Vec::new(),
            },
            format,
        ),
        EventBody::LeadLost { lead: record } => write(
            &events::LeadLost {
                lead: Some(lead(record)),
            },
            format,
        ),
        EventBody::LeadRestored { lead: record } => write(
            &events::LeadRestored {
                lead: Some(lead(record)),
            },
            format,
        ),
        EventBody::OpportunityWon { lead: record } => write(
            &events::OpportunityWon {
                opportunity: Some(lead(record)),
            },
            format,
        ),
        EventBody::OpportunityCreated {
            opportunity,
            customer: linked,
            source_lead_id,
            merged_lead_ids,
            conversion_id,
        } => {
            let message = events::OpportunityCreated {
                opportunity: Some(lead(opportunity)),
                customer: linked.as_deref().map(customer),
                source_lead_id: source_lead_id.to_string(),
                merged_lead_ids: texts(merged_lead_ids),
                conversion_id: conversion_id.to_string(),
            };
            write(&message, format)
        }
        EventBody::OpportunityMerged {
            opportunity,
            customer: linked,
            merged_lead_ids,
            conversion_id,
        } => {
            let message = events::OpportunityMerged {
                opportunity: Some(lead(opportunity)),
                customer: linked.as_deref().map(customer),
                merged_lead_ids: texts(merged_lead_ids),
                conversion_id: conversion_id.to_string(),
            };
            write(&message, format)
        }
        EventBody::LeadMerged {
            lead_id,
            survivor_id,
            conversion_id,
        } => write(
            &events::LeadMerged {
                lead_id: lead_id.to_string(),
                survivor_id: survivor_id.to_string(),
                conversion_id: conversion_id.to_string(),
            },
            format,
        ),
        EventBody::LeadUnmerged {
            lead: record,
            survivor_id,
            conversion_id,
        } => write(
            &events::LeadUnmerged {
                lead: Some(lead(record)),
                survivor_id: survivor_id.to_string(),
                conversion_id: conversion_id.to_string(),
            },
            format,
        ),
        EventBody::OpportunityReverted {
            lead: record,
            conversion_id,
            unmerged_lead_ids,
            removed_customer_ids,
            kept_customer_ids,
        } => {
            let message = events::OpportunityReverted {
                lead: Some(lead(record)),
                conversion_id: conversion_id.to_string(),
                unmerged_lead_ids: texts(unmerged_lead_ids),
                removed_customer_ids: texts(removed_customer_ids),
                kept_customer_ids: texts(kept_customer_ids),
            };
            write(&message, format)
        }
        EventBody::ConversionReverted { conversion_id, lead_id } => write(
            &events::ConversionReverted {
                conversion_id: conversion_id.to_string(),
                lead_id: lead_id.to_string(),
            },
            format,
        ),
        EventBody::CustomerRemoved {
            customer_id,
            conversion_id,
        } => write(
            &events::CustomerRemoved {
                customer_id: customer_id.to_string(),
                conversion_id: conversion_id.to_string(),
            },
            format,
        ),
        EventBody::CustomerCreated {
            customer: record,
            conversion_id,
        } => {
            let message = events::CustomerCreated {
                customer: Some(customer(record)),
                conversion_id: text(*conversion_id),
            };
            write(&message, format)
        }
        EventBody::ConversionFailed {
            conversion_id,
            lead_id,
            error,
            attempt,
            batch_id,
        } => {
            let message = events::ConversionFailed {
                conversion_id: conversion_id.to_string(),
                lead_id: lead_id.to_string(),
                error: Some(status(error)),
                attempt: *attempt,
                batch_id: text(*batch_id),
            };
            write(&message, format)
        }
    }?;
    Ok((body, format.content_type()))
}

fn write<M: Message + Name>(message: &M, format: EventFormat) -> Result<Vec<u8>, WireError> {
    match format {
        EventFormat::Json => Ok(to_json_bytes(message)?),
        EventFormat::Protobuf => Ok(message.encode_to_vec()),
    }
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
