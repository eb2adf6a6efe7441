//! The error model: `google.rpc.Status` with an `ErrorInfo` always, and more details where they fit.

use crate::time::duration;
use opportune_contract::google::rpc::{
    BadRequest, ErrorInfo, PreconditionFailure, ResourceInfo, RetryInfo, Status, bad_request, precondition_failure,
};
use opportune_domain::refusal::{Reason, Refusal};
use prost::{Message, Name};
use prost_types::Any;
use std::time::Duration;

/// `ErrorInfo.domain` of every error.
pub const DOMAIN: &str = "opportune";

/// Statuses travel in headers, which clients bound at 8 to 16 KiB: so many fields are named, and so many characters of
/// the message kept.
const MOST_VIOLATIONS: usize = 20;
const LONGEST_MESSAGE: usize = 1_000;

/// The codes of `google.rpc.Code` that are answered, with their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
#[expect(missing_docs, reason = "the names are those of google.rpc.Code")]
pub enum Code {
    InvalidArgument = 3,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    Unimplemented = 12,
    Unavailable = 14,
    Unauthenticated = 16,
}

/// The code of a reason.
pub fn code(reason: Reason) -> Code {
    match reason {
        Reason::FieldInvalid | Reason::RequestIdReused | Reason::NothingToMerge | Reason::TooManyMergeSources => {
            Code::InvalidArgument
        }
        Reason::Unauthenticated => Code::Unauthenticated,
        Reason::PermissionDenied => Code::PermissionDenied,
        Reason::LeadNotFound
        | Reason::CustomerNotFound
        | Reason::SalespersonNotFound
        | Reason::TeamNotFound
        | Reason::StageNotFound
        | Reason::ConversionNotFound
        | Reason::BatchNotFound
        | Reason::ImportNotFound => Code::NotFound,
        Reason::LeadAlreadyConverted
        | Reason::LeadWon
        | Reason::LeadLost
        | Reason::LeadArchived
        | Reason::LeadMerged
        | Reason::LeadsDisabled
        | Reason::RevertWindowClosed
        | Reason::RevertConflict
        | Reason::ConversionStateInvalid => Code::FailedPrecondition,
        Reason::DuplicatesFound | Reason::ExternalIdTaken => Code::AlreadyExists,
        // A job that was given up can be run again by its caller, which is what ABORTED invites to.
        Reason::EtagMismatch | Reason::PlanChanged | Reason::ConversionInProgress | Reason::JobDeadLettered => {
            Code::Aborted
        }
        Reason::PageTooLarge | Reason::MessageTooLarge | Reason::TenantQuota => Code::ResourceExhausted,
        Reason::StoreUnavailable => Code::Unavailable,
        Reason::NotImplemented => Code::Unimplemented,
    }
}

/// A refusal as `google.rpc.Status`: what a call answers, and what stands on a conversion that failed.
pub fn status(refusal: &Refusal) -> Status {
    let code = code(refusal.reason);
    let mut details = vec![any(&ErrorInfo {
        reason: refusal.reason.as_str(),
        domain: DOMAIN.to_owned(),
        metadata: refusal.metadata.clone(),
    })];
    match code {
        Code::InvalidArgument if !refusal.violations.is_empty() => details.push(any(&bad_request(refusal))),
        Code::FailedPrecondition => details.push(any(&precondition(refusal))),
        Code::NotFound => details.push(any(&resource(refusal))),
        Code::Unavailable => details.push(any(&RetryInfo {
            retry_delay: Some(duration(Duration::from_secs(1))),
        })),
        _ => {}
    }
    Status {
        code: code as i32,
        message: refusal.message.chars().take(LONGEST_MESSAGE).collect(),
        details,
    }
}

/// A detail with the type URL that every client library looks for.
pub fn any<M: Message + Name>(message: &M) -> Any {
    Any {
        type_url: format!("type.googleapis.com/{}", M::full_name()),
        value: message.encode_to_vec(),
    }
}

fn bad_request(refusal: &Refusal) -> BadRequest {
    let reason = refusal.reason.as_str();
    let field_violations =
        refusal
            .violations
            .iter()
            .take(MOST_VIOLATIONS)
            .map(|violation| bad_request::FieldViolation {
                field: violation.field.clone(),
                description: violation.description.clone(),
                reason: reason.clone(),
                localized_message: None,
            });
    BadRequest {
        field_violations: field_violations.collect(),
    }
}

fn precondition(refusal: &Refusal) -> PreconditionFailure {
    let subject = ["lead_id", "opportunity_id", "survivor_id", "conversion_id", "id"]
        .into_iter()
        .find_map(|key| refusal.metadata.get(key));
    PreconditionFailure {
        violations: vec![precondition_failure::Violation {
            r#type: refusal.reason.as_str(),
            subject: subject.cloned().unwrap_or_default(),
            description: refusal.message.clone(),
        }],
    }
}

fn resource(refusal: &Refusal) -> ResourceInfo {
    ResourceInfo {
        resource_type: resource_type(refusal.reason).to_owned(),
        resource_name: refusal.metadata.get("id").cloned().unwrap_or_default(),
        owner: String::new(),
        description: refusal.message.clone(),
    }
}

fn resource_type(reason: Reason) -> &'static str {
    match reason {
        Reason::LeadNotFound => "opportune.v1.Lead",
        Reason::CustomerNotFound => "opportune.v1.Customer",
        Reason::SalespersonNotFound => "opportune.v1.Salesperson",
        Reason::TeamNotFound => "opportune.v1.Team",
        Reason::StageNotFound => "opportune.v1.Stage",
        Reason::ConversionNotFound => "opportune.v1.Conversion",
        Reason::BatchNotFound => "opportune.v1.Batch",
        Reason::ImportNotFound => "opportune.v1.Import",
        _ => "",
    }
}

#[cfg(test)]
#[path = "refusal_tests.rs"]
mod tests;
