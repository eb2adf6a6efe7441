//! A request's body that ends only where its caller ended it.
//!
//! A caller that cancels its call resets the stream. tonic reads that as the end of the request, like an end that was meant:
//! half of an import would be taken for the whole.

use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
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

/// See the module.
pub(crate) struct WholeBody(Body);

impl WholeBody {
    pub fn new(body: Body) -> Self {
        Self(body)
    }
}

impl http_body::Body for WholeBody {
    type Data = <Body as http_body::Body>::Data;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.0).poll_frame(context));
        Poll::Ready(frame.map(|frame| {
            frame.map_err(|status| match status.code() {
                Code::Cancelled => Status::aborted(CUT),
                _ => status,
            })
        }))
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic::Streaming;
    use tonic::codec::{DecodeBuf, Decoder};

    /// The body of a request that fails in this way.
    struct Failing(Status);

    impl http_body::Body for Failing {
        type Data = <Body as http_body::Body>::Data;
        type Error = Status;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
            Poll::Ready(Some(Err(self.0.clone())))
        }
    }

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
        let body = WholeBody::new(Body::new(Failing(failure)));
        Streaming::new_request(Nothing, body, None, None)
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
