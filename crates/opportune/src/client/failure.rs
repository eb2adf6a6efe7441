//! A refused or failed call, for people.

use std::fmt;

use tonic::{Code, Status};
use tonic_types::StatusExt;

/// What a server answered instead of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The gRPC code.
    pub code: Code,
    /// The reason of the ErrorInfo, such as LEAD_NOT_FOUND; empty when the failure is not the server's.
    pub reason: String,
    /// In words, wrong fields included.
    pub message: String,
}

impl From<&Status> for Failure {
    fn from(status: &Status) -> Self {
        let details = status.get_error_details();
        let reason = details
            .error_info()
            .map_or_else(String::new, |info| info.reason.clone());
        let mut message = status.message().to_owned();
        for violation in details
            .bad_request()
            .into_iter()
            .flat_map(|request| &request.field_violations)
        {
            message.push_str(&format!("; {} {}", violation.field, violation.description));
        }
        Self {
            code: status.code(),
            reason,
            message,
        }
    }
}

impl Failure {
    /// Whether the same call may succeed later: the server or the connection was away.
    pub fn is_passing(&self) -> bool {
        let by_transport =
            self.reason.is_empty() && matches!(self.code, Code::Unknown | Code::Internal | Code::Cancelled);
        by_transport || matches!(self.code, Code::Unavailable | Code::DeadlineExceeded)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason.as_str() {
            "" => write!(out, "{:?}: {}", self.code, self.message),
            reason => write!(out, "{reason}: {}", self.message),
        }
    }
}

impl std::error::Error for Failure {}

/// The failure of a call as an error.
pub fn explain(status: Status) -> anyhow::Error {
    Failure::from(&status).into()
}
