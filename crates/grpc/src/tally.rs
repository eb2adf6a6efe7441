//! Tells how each call ended, whichever way it ended: with an answer, an error, or because the caller went away.

use http::HeaderMap;
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use tonic::body::Body;
use tonic::{Code, Status};

/// Takes the end of each call.
pub trait CallMeter: Send + Sync {
    /// A call ended. `method` is `service/method` of the contract, or `other`; `code` is a number of `google.rpc.Code`;
    /// of a stream, `took` is the time to its end.
    fn called(&self, method: &str, code: i32, took: Duration);
}

impl CallMeter for () {
    fn called(&self, _: &str, _: i32, _: Duration) {}
}

/// One call that is under way; tells its end when it is dropped.
pub(crate) struct Tally {
    meter: Arc<dyn CallMeter>,
    span: tracing::Span,
    method: &'static str,
    started: Instant,
    code: Code,
}

impl Tally {
    /// A call begins; unless told otherwise it ends because the caller went away.
    pub fn begin(meter: Arc<dyn CallMeter>, span: tracing::Span, method: &'static str) -> Self {
        Self {
            meter,
            span,
            method,
            started: Instant::now(),
            code: Code::Cancelled,
        }
    }

    /// How it ends.
    pub fn ends(&mut self, code: Code) {
        self.code = code;
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        let code = i32::from(self.code);
        self.span.record("rpc.grpc.status_code", code);
        self.meter.called(self.method, code, self.started.elapsed());
    }
}

/// The body of an answer whose status comes behind it.
pub(crate) struct TalliedBody {
    body: Body,
    tally: Tally,
}

impl TalliedBody {
    pub fn new(body: Body, tally: Tally) -> Self {
        Self { body, tally }
    }
}

impl http_body::Body for TalliedBody {
    type Data = <Body as http_body::Body>::Data;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(trailers) = frame.trailers_ref() {
                    self.tally.ends(code_of(trailers));
                }
            }
            Some(Err(status)) => self.tally.ends(status.code()),
            None => {}
        }
        Poll::Ready(frame)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}

fn code_of(trailers: &HeaderMap) -> Code {
    Status::from_header_map(trailers).map_or(Code::Unknown, |status| status.code())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Default)]
    struct Kept(Mutex<Vec<(String, i32)>>);

    impl CallMeter for Kept {
        fn called(&self, method: &str, code: i32, _: Duration) {
            self.0.lock().unwrap().push((method.to_owned(), code));
        }
    }

    #[test]
    fn a_call_that_nobody_ended_was_left_by_its_caller() {
        let kept = Arc::new(Kept::default());
        drop(Tally::begin(kept.clone(), tracing::Span::none(), "a/b"));
        let mut ended = Tally::begin(kept.clone(), tracing::Span::none(), "a/c");
        ended.ends(Code::NotFound);
        drop(ended);
        assert_eq!(*kept.0.lock().unwrap(), [("a/b".to_owned(), 1), ("a/c".to_owned(), 5)]);
    }
}
