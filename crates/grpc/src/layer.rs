//! What happens around every call: its span, its time limit, its end in the metrics; no panic gets out, and no error
//! without an `ErrorInfo`.

use crate::call::{TRACEPARENT, TraceHook, is_traceparent};
use crate::complete::complete;
use crate::rpcs::{self, Rpc};
use crate::status::bare;
use crate::tally::{CallMeter, TalliedBody, Tally};
use crate::whole_body::{self, whole};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Request, Response};
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{Layer, Service};
use tracing::{Instrument, Span};

/// Name of calls that are none of ours: health, reflection, and whatever strangers try.
const OTHER: &str = "other";

/// Wraps a service in all of it.
#[derive(Clone)]
pub struct CallLayer {
    /// How long a call may take that neither waits nor streams.
    pub timeout: Duration,
    /// Continues the caller's trace.
    pub trace: Arc<dyn TraceHook>,
    /// Hears the end of each call.
    pub meter: Arc<dyn CallMeter>,
}

impl<S> Layer<S> for CallLayer {
    type Service = CallService<S>;

    fn layer(&self, inner: S) -> CallService<S> {
        CallService {
            inner,
            layer: self.clone(),
        }
    }
}

/// See [`CallLayer`].
#[derive(Clone)]
pub struct CallService<S> {
    inner: S,
    layer: CallLayer,
}

impl<S> Service<Request<Body>> for CallService<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<Body>, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let rpc = rpcs::at(request.uri().path());
        let ours = rpc.is_some() || request.uri().path().starts_with("/opportune.");
        let span = self.layer.span(rpc, request.headers());
        let tally = Tally::begin(self.layer.meter.clone(), span.clone(), name(rpc));
        let limit = rpc.and_then(|rpc| rpc.limit(self.layer.timeout));
        // The clone takes its turn next time; the one that is ready takes this call.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let request = request.map(whole);
        let answer = async move {
            let answer = answer(
                AssertUnwindSafe(async move { inner.call(request).await }).catch_unwind(),
                limit,
            )
            .await?;
            Ok(finish(answer, ours, tally))
        };
        answer.instrument(span).boxed()
    }
}

impl CallLayer {
    fn span(&self, rpc: Option<&'static Rpc>, headers: &HeaderMap) -> Span {
        let span = tracing::info_span!(
            "rpc",
            otel.name = name(rpc),
            otel.kind = "server",
            rpc.system = "grpc",
            rpc.method = name(rpc),
            rpc.grpc.status_code = tracing::field::Empty,
        );
        let given = headers.get(TRACEPARENT).and_then(|value| value.to_str().ok());
        if let Some(traceparent) = given.filter(|given| is_traceparent(given)) {
            self.trace.adopt(&span, traceparent);
        }
        span
    }
}

fn name(rpc: Option<&'static Rpc>) -> &'static str {
    rpc.map_or(OTHER, |rpc| rpc.name.as_str())
}

/// The answer, or one for a panic or a time limit that ran out.
async fn answer<E>(
    call: impl Future<Output = Result<Result<Response<Body>, E>, Box<dyn Any + Send>>>,
    limit: Option<Duration>,
) -> Result<Response<Body>, E> {
    let outcome = match limit {
        Some(limit) => match tokio::time::timeout(limit, call).await {
            Ok(outcome) => outcome,
            Err(_) => {
                let message = format!("the call took longer than {} s and was given up", limit.as_secs());
                return Ok(bare(Code::DeadlineExceeded, "DEADLINE_EXCEEDED", &message).into_http());
            }
        },
        None => call.await,
    };
    outcome.unwrap_or_else(|_| {
        // The panic hook has told where; the payload may hold data of the request.
        tracing::error!("a call panicked");
        Ok(bare(Code::Internal, "INTERNAL", "internal error").into_http())
    })
}

/// Completes an error that stands in the head of the answer; of everything else the end is awaited.
fn finish(answer: Response<Body>, ours: bool, mut tally: Tally) -> Response<Body> {
    match Status::from_header_map(answer.headers()) {
        Some(status) => {
            let status = if ours {
                complete(&status).unwrap_or(status)
            } else {
                status
            };
            tally.ends(whole_body::code_of(&status));
            if ours { status.into_http() } else { answer }
        }
        None => answer.map(|body| Body::new(TalliedBody::new(body, tally))),
    }
}

#[cfg(test)]
#[path = "layer_tests.rs"]
mod tests;
