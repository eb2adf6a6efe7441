//! What exit codes mean.
//!
//! * 0: done;
//! * 1: it could not be done: server, broker, database or file cannot be reached, or something broke;
//! * 2: it was done, and the answer is no: refused, or some of many were;
//! * 64: the command line makes no sense.

use std::process::ExitCode;

use crate::client::Failure;
use serde_json::json;

const REFUSED: u8 = 2;
/// `EX_USAGE` of sysexits.h.
const USAGE: u8 = 64;

/// Of work on many: whether all of it went well.
pub fn all_well(all_well: bool) -> ExitCode {
    if all_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(REFUSED)
    }
}

/// Of a command line that cannot be read; help and version are answers.
pub fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        ExitCode::from(USAGE)
    } else {
        ExitCode::SUCCESS
    }
}

/// Of a command that ended with an error.
pub fn of(error: &anyhow::Error) -> ExitCode {
    match refusal(error) {
        Some(_) => ExitCode::from(REFUSED),
        None => ExitCode::FAILURE,
    }
}

/// The error for programs, in one line.
pub fn in_json(error: &anyhow::Error) -> String {
    let failure = error.downcast_ref::<Failure>();
    let reason = failure.map_or("", |failure| failure.reason.as_str());
    let code = failure.map_or_else(String::new, |failure| format!("{:?}", failure.code));
    json!({ "error": { "code": code, "reason": reason, "message": format!("{error:#}") } }).to_string()
}

/// What the server refused, if it was that: it answered, and will answer the same again.
fn refusal(error: &anyhow::Error) -> Option<&Failure> {
    let failure = error.downcast_ref::<Failure>()?;
    (!failure.reason.is_empty() && !failure.is_passing()).then_some(failure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;
    use tonic::Code;

    fn failed(code: Code, reason: &str) -> anyhow::Error {
        let failure = Failure {
            code,
            reason: reason.to_owned(),
            message: "no".to_owned(),
        };
        Err::<(), _>(failure).context("told in between").unwrap_err()
    }

    #[test]
    fn a_refusal_is_told_from_a_server_that_is_away() {
        let refused = ExitCode::from(REFUSED);
        assert_eq!(of(&failed(Code::FailedPrecondition, "LEAD_WON")), refused);
        assert_eq!(of(&failed(Code::Unavailable, "STORE_UNAVAILABLE")), ExitCode::FAILURE);
        assert_eq!(of(&failed(Code::Unknown, "")), ExitCode::FAILURE);
        assert_eq!(of(&anyhow::anyhow!("no such file")), ExitCode::FAILURE);
    }

    #[test]
    fn programs_read_code_reason_and_message() {
        let line = in_json(&failed(Code::NotFound, "LEAD_NOT_FOUND"));
        let told: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(told["error"]["code"], "NotFound");
        assert_eq!(told["error"]["reason"], "LEAD_NOT_FOUND");
        assert!(told["error"]["message"].as_str().unwrap().contains("told in between"));
    }
}
