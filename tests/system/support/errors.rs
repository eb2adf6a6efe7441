//! What a refused call says.

use std::fmt::Debug;
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// Code and reason of a refusal; it must be one, and of our domain.
pub fn refusal<T: Debug>(answer: Result<T, Status>) -> (Code, String) {
    let status = answer.expect_err("a refusal");
    let details = status.get_error_details();
    let info = details
        .error_info()
        .unwrap_or_else(|| panic!("no ErrorInfo in {status:?}"));
    assert_eq!(info.domain, "opportune");
    (status.code(), info.reason.clone())
}

/// The code and the reason that are expected.
pub fn expected(code: Code, reason: &str) -> (Code, String) {
    (code, reason.to_owned())
}

/// A piece of the ErrorInfo's metadata; empty when it is not there.
pub fn metadata(status: &Status, key: &str) -> String {
    let details = status.get_error_details();
    details
        .error_info()
        .and_then(|info| info.metadata.get(key))
        .cloned()
        .unwrap_or_default()
}

/// The fields that a BadRequest names.
pub fn fields(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let violations = details.bad_request().map(|request| request.field_violations.clone());
    violations
        .unwrap_or_default()
        .into_iter()
        .map(|violation| violation.field)
        .collect()
}
