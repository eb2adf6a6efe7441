//! How errors leave: a tonic status that holds a `google.rpc.Status` with its details.

use opportune_application::AppError;
use opportune_contract::google::rpc::{self, ErrorInfo};
use opportune_domain::refusal::{Reason, Refusal};
use opportune_wire::refusal::{DOMAIN, any};
use prost::Message;
use std::collections::BTreeMap;
use std::error::Error;
use tonic::{Code, Status};

/// The status of an error of a use case. A fault of ours is logged here, once, and not told to the caller.
pub fn status(error: impl Into<AppError>) -> Status {
    match error.into() {
        AppError::Refused(refusal) => refused(&refusal),
        AppError::Unavailable(cause) => {
            tracing::debug!(error = chain(&cause), "the store is unavailable");
            let message = "the store is unavailable; try again, with the same request_id where there is one";
            refused(&Refusal::new(Reason::StoreUnavailable, message))
        }
        AppError::Internal(cause) => {
            tracing::error!(error = chain(&cause), "a call failed");
            bare(Code::Internal, "INTERNAL", "internal error")
        }
    }
}

/// The status of a refusal.
pub fn refused(refusal: &Refusal) -> Status {
    with_details(opportune_wire::refusal::status(refusal))
}

/// A status that no refusal stands for, with an `ErrorInfo` all the same.
pub fn bare(code: Code, reason: &str, message: &str) -> Status {
    let info = ErrorInfo {
        reason: reason.to_owned(),
        domain: DOMAIN.to_owned(),
        metadata: BTreeMap::new(),
    };
    with_details(rpc::Status {
        code: code.into(),
        message: message.to_owned(),
        details: vec![any(&info)],
    })
}

fn with_details(status: rpc::Status) -> Status {
    let details = status.encode_to_vec();
    Status::with_details(Code::from(status.code), status.message, details.into())
}

/// An error and its causes in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use opportune_application::ports::StoreError;
    use tonic_types::StatusExt;

    #[test]
    fn a_client_library_reads_reason_and_fields() {
        let status = refused(&Refusal::field("email", "is longer than 1000 characters"));
        let details = status.get_error_details();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(details.error_info().unwrap().reason, "FIELD_INVALID");
        assert_eq!(details.error_info().unwrap().domain, "opportune");
        assert_eq!(details.bad_request().unwrap().field_violations[0].field, "email");
    }

    #[test]
    fn a_store_that_is_away_asks_to_try_again_in_a_second() {
        let status = status(AppError::from(StoreError::Contended));
        let details = status.get_error_details();
        assert_eq!(status.code(), Code::Unavailable);
        assert_eq!(details.error_info().unwrap().reason, "STORE_UNAVAILABLE");
        assert_eq!(details.retry_info().unwrap().retry_delay.unwrap().as_secs(), 1);
    }

    #[test]
    fn a_fault_of_ours_tells_the_caller_nothing_about_it() {
        let status = status(AppError::from(StoreError::Failed("column secret is missing".into())));
        assert_eq!(status.code(), Code::Internal);
        assert_eq!(status.message(), "internal error");
        assert_eq!(status.get_error_details().error_info().unwrap().reason, "INTERNAL");
    }

    #[test]
    fn the_causes_of_an_error_are_told_in_one_line() {
        let error = AppError::Internal(StoreError::Failed("broken".into()));
        assert!(chain(&error).starts_with("internal error: "));
        assert!(chain(&error).ends_with("broken"));
    }
}
