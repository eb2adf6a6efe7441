//! W3C trace context in and out of `tracing` spans, as the `traceparent` text that calls, job messages and events carry.
//!
//! `tracestate` is not carried: nothing here adds to it, and an event lives longer than the vendor state of a call.

use std::collections::HashMap;

use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

const TRACEPARENT: &str = "traceparent";

/// The `traceparent` of the innermost span that is entered, to be sent along with a call, job or event.
///
/// `None` outside of any span of level INFO or above, and before [`crate::init`].
#[must_use]
pub fn current_traceparent() -> Option<String> {
    // The activated context, not `Span::current()`: the innermost tracing span may be one that only the log layer sees.
    let context = Context::current();
    format_traceparent(context.span().span_context())
}

/// The trace id (32 hex digits) of the innermost span that is entered, for error details and support.
#[must_use]
pub fn current_trace_id() -> Option<String> {
    let context = Context::current();
    let span = context.span();
    let span = span.span_context();
    span.is_valid().then(|| span.trace_id().to_string())
}

/// Makes `span` a child of the remote span in `traceparent`.
///
/// Call it before the span is entered or instrumented for the first time: then its own id is already given out.
/// A malformed `traceparent` is ignored, as the W3C recommendation asks: the span starts a trace of its own.
pub fn set_parent(span: &Span, traceparent: &str) {
    let Some(remote) = parse_traceparent(traceparent) else {
        return;
    };
    if let Err(error) = span.set_parent(Context::new().with_remote_span_context(remote)) {
        tracing::trace!(%error, "the trace of the caller is not continued");
    }
}

/// Links `span` to the remote span in `traceparent` without becoming its child: for one unit of work (a micro-batch)
/// that has many causes. A malformed `traceparent` is ignored.
pub fn link(span: &Span, traceparent: &str) {
    if let Some(remote) = parse_traceparent(traceparent) {
        span.add_link(remote);
    }
}

/// A `traceparent` that starts a new trace without any span behind it, for clients that record none themselves.
/// `sampled` asks the receiver to export the trace.
#[must_use]
pub fn new_root_traceparent(sampled: bool) -> String {
    let ids = RandomIdGenerator::default();
    format!(
        "00-{}-{}-{:02x}",
        ids.new_trace_id(),
        ids.new_span_id(),
        u8::from(sampled)
    )
}

/// Whether `traceparent` is well formed by W3C Trace Context.
#[must_use]
pub fn is_traceparent(traceparent: &str) -> bool {
    parse_traceparent(traceparent).is_some()
}

fn format_traceparent(span: &SpanContext) -> Option<String> {
    span.is_valid().then(|| {
        format!(
            "00-{}-{}-{:02x}",
            span.trace_id(),
            span.span_id(),
            u8::from(span.is_sampled())
        )
    })
}

fn parse_traceparent(traceparent: &str) -> Option<SpanContext> {
    let carrier = HashMap::from([(TRACEPARENT.to_owned(), traceparent.to_owned())]);
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier);
    let span = context.span().span_context().clone();
    span.is_valid().then_some(span)
}
