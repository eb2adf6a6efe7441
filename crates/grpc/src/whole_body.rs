//! A request's body that ends only where its caller ended it.
//!
//! A caller that cancels its call resets the stream. tonic reads that as the end of the request, like an end that was meant:
//! half of an import would be taken for the whole.

use http_body_util::BodyExt;
use tonic::body::Body;
use tonic::{Code, Status};

/// What the body of a cancelled call ends with, under a code that tonic does not take for an end.
const CUT: &str = "the call was cancelled before its request was whole";

/// How a call really ended that was answered with this.
pub(crate) fn code_of(answer: &Status) -> Code {
    if answer.message() == CUT {
        Code::Cancelled
    } else {
        answer.code()
    }
}

/// The body of a request, which fails where it was cut.
pub(crate) fn whole(body: Body) -> Body {
    Body::new(body.map_err(|status| match status.code() {
        Code::Cancelled => Status::aborted(CUT),
        _ => status,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;
    use http_body_util::StreamBody;
    use tonic::Streaming;
    use tonic::codec::{DecodeBuf, Decoder};

    /// Reads messages of no content.
    struct Nothing;

    impl Decoder for Nothing {
        type Item = ();
        type Error = Status;

        fn decode(&mut self, _: &mut DecodeBuf<'_>) -> Result<Option<()>, Status> {
            Ok(Some(()))
        }
    }

    /// What a service is told at the end of a request that fails in this way.
    async fn end_of(failure: Status) -> Status {
        let failing = StreamBody::new(stream::iter([Err(failure)]));
        Streaming::new_request(Nothing, whole(Body::new(failing)), None, None)
            .message()
            .await
            .unwrap_err()
    }

    #[tokio::test]
    async fn a_cancelled_request_is_no_whole_one_and_is_known_as_cancelled() {
        let cut = end_of(Status::cancelled("")).await;
        assert_eq!((cut.code(), code_of(&cut)), (Code::Aborted, Code::Cancelled));
        let other = end_of(Status::unknown("broken pipe")).await;
        assert_eq!((other.code(), code_of(&other)), (Code::Unknown, Code::Unknown));
    }
}
