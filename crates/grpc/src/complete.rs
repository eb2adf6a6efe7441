//! Statuses that come from below the services, before a service saw the request: they get an `ErrorInfo` as well.

use crate::status::{bare, refused};
use opportune_domain::refusal::{Reason, Refusal};
use tonic::{Code, Status};

/// How the decoder begins its message when a request is not what its rpc takes.
const UNDECODABLE: &str = "failed to decode Protobuf message";

/// The status to answer instead; `None` = it is complete already.
pub(crate) fn complete(status: &Status) -> Option<Status> {
    if !status.details().is_empty() || status.code() == Code::Ok {
        return None;
    }
    // No service of ours answers these two codes without details: they are the decoder's, about a size.
    let replaced = match status.code() {
        Code::OutOfRange | Code::ResourceExhausted => refused(&Refusal::new(
            Reason::MessageTooLarge,
            "the message is larger than 4 MiB",
        )),
        Code::Internal if status.message().starts_with(UNDECODABLE) => refused(&Refusal::new(
            Reason::FieldInvalid,
            "the request is not a message of this rpc",
        )),
        Code::Unimplemented => {
            let message = if status.message().is_empty() {
                "there is no such rpc"
            } else {
                status.message()
            };
            refused(&Refusal::new(Reason::NotImplemented, message))
        }
        code => bare(code, &reason(code), status.message()),
    };
    Some(replaced)
}

/// The name of a code as a reason, for example `DEADLINE_EXCEEDED`.
fn reason(code: Code) -> String {
    let mut reason = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_ascii_uppercase() && !reason.is_empty() {
            reason.push('_');
        }
        reason.push(letter.to_ascii_uppercase());
    }
    reason
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic_types::StatusExt;

    fn completed(status: Status) -> (Code, String) {
        let completed = complete(&status).unwrap();
        (
            completed.code(),
            completed.get_error_details().error_info().unwrap().reason.clone(),
        )
    }

    #[test]
    fn a_message_that_is_too_large_exhausts_a_resource() {
        let status = Status::out_of_range("Error, decoded message length too large: found 5 bytes");
        assert_eq!(completed(status), (Code::ResourceExhausted, "MESSAGE_TOO_LARGE".into()));
        let status = Status::resource_exhausted("Error decompressing: size limit");
        assert_eq!(completed(status), (Code::ResourceExhausted, "MESSAGE_TOO_LARGE".into()));
    }

    #[test]
    fn bytes_that_are_no_message_are_the_callers_fault() {
        let status = Status::internal("failed to decode Protobuf message: invalid wire type value: 7");
        assert_eq!(completed(status), (Code::InvalidArgument, "FIELD_INVALID".into()));
    }

    #[test]
    fn an_unknown_rpc_and_other_codes_get_a_reason() {
        assert_eq!(
            completed(Status::unimplemented("")),
            (Code::Unimplemented, "NOT_IMPLEMENTED".into())
        );
        let late = Status::deadline_exceeded("too late");
        assert_eq!(completed(late), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED".into()));
    }

    #[test]
    fn what_has_details_stays_as_it_is() {
        assert!(complete(&refused(&Refusal::field("email", "is bad"))).is_none());
        assert!(complete(&Status::ok("")).is_none());
    }
}
