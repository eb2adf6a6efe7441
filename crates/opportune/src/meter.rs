//! What the use cases and calls count, as metrics.

use std::time::Duration;

use opportune_application::ports::Meter;
use opportune_grpc::{CallMeter, TraceHook};
use opportune_telemetry::metrics::{MessageKind, Metrics, NoticeDirection, OutboxKind, PublishResult, SettledOutcome};
use opportune_telemetry::trace;

/// Turns what happens into metrics.
#[derive(Debug, Clone)]
pub struct MetricsMeter(pub Metrics);

impl Meter for MetricsMeter {
    fn settled(&self, outcome: &'static str, reason: &str) {
        let outcome = match outcome {
            "dead" => SettledOutcome::Dead,
            "failed" if reason == "INTERNAL" => SettledOutcome::Failed,
            "failed" => SettledOutcome::Refused,
            outcome if outcome.eq_ignore_ascii_case("succeeded") => SettledOutcome::Succeeded,
            _ => return,
        };
        self.0.conversion_settled(outcome, reason);
    }

    fn micro_batch(&self, size: usize, took: Duration) {
        self.0.micro_batch(size, took);
    }

    fn accepted(&self, size: usize) {
        self.0.accept_batch(size);
    }

    fn published(&self, kind: &'static str, ok: bool, count: usize) {
        if count > 0 {
            let kind = if kind == "job" {
                MessageKind::Job
            } else {
                MessageKind::Event
            };
            let result = if ok {
                PublishResult::Confirmed
            } else {
                PublishResult::Lost
            };
            self.0.messages_published(kind, result, count as u64);
        }
    }

    fn redelivered(&self, count: usize) {
        self.0.redeliveries(count as u64);
    }

    fn outbox(&self, jobs: i64, events: i64, oldest_seconds: f64) {
        self.0
            .outbox_rows(OutboxKind::Job, u64::try_from(jobs).unwrap_or_default());
        self.0
            .outbox_rows(OutboxKind::Event, u64::try_from(events).unwrap_or_default());
        self.0
            .outbox_lag(Duration::try_from_secs_f64(oldest_seconds).unwrap_or_default());
    }

    fn swept(&self, count: u64) {
        self.0.sweeper_resent(count);
    }

    fn started_over(&self, cause: &'static str) {
        self.0.store_retry(cause);
    }

    fn rekeys(&self, waiting: usize) {
        self.0.rekeys_waiting(waiting as u64);
    }

    fn announced(&self, count: usize) {
        self.0.settled_notices(NoticeDirection::Sent, count as u64);
    }
}

impl CallMeter for MetricsMeter {
    fn called(&self, method: &str, code: i32, took: Duration) {
        self.0.grpc_call(method, code, took);
    }
}

/// Lets traces go on through calls.
#[derive(Debug, Clone, Copy)]
pub struct Traces;

impl TraceHook for Traces {
    fn traceparent(&self) -> Option<String> {
        trace::current_traceparent()
    }

    fn adopt(&self, span: &tracing::Span, traceparent: &str) {
        trace::set_parent(span, traceparent);
    }
}
