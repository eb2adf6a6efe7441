//! What is measured. Names follow the OpenTelemetry semantic conventions where one exists; everything else is
//! `opportune.*`. In the Prometheus text dots turn into underscores, and units and `_total` are appended.
//!
//! Every label has a small, closed set of values: never put an id, an address or free text into one.

mod instruments;
mod labels;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;

use instruments::Instruments;
use labels::grpc_code_name;
pub use labels::{MessageKind, NoticeDirection, OutboxKind, PublishResult, SettledOutcome};

/// The recorders of one process. A clone is a pointer; every call is cheap enough for the hot path.
#[derive(Clone)]
pub struct Metrics(Arc<Instruments>);

impl fmt::Debug for Metrics {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Metrics")
    }
}

impl Metrics {
    /// Makes all instruments on `meter`.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self(Arc::new(Instruments::new(meter)))
    }

    /// Recorders that record nothing, for tests and short-lived subcommands.
    #[must_use]
    pub fn disabled() -> Self {
        Self::new(&opentelemetry::global::meter("disabled"))
    }

    /// A gRPC call was answered: `rpc.server.call.duration`. `method` is the full name without a leading slash
    /// (`opportune.v1.LeadService/GetLead`); pass only names that the server knows. `code` is the numeric gRPC status.
    pub fn grpc_call(&self, method: &str, code: i32, elapsed: Duration) {
        let attributes = [
            KeyValue::new("rpc.system.name", "grpc"),
            KeyValue::new("rpc.method", method.to_owned()),
            KeyValue::new("rpc.response.status_code", grpc_code_name(code)),
        ];
        self.0.grpc_call.record(elapsed.as_secs_f64(), &attributes);
    }

    /// A conversion came to its end: `opportune.conversions.settled`. `reason` is the `ErrorInfo` reason of a
    /// conversion that did not succeed, empty otherwise.
    pub fn conversion_settled(&self, outcome: SettledOutcome, reason: &str) {
        let attributes = [
            KeyValue::new("outcome", outcome.as_str()),
            KeyValue::new("reason", reason.to_owned()),
        ];
        self.0.conversions_settled.add(1, &attributes);
    }

    /// A worker committed (or gave up) one micro-batch of `size` conversions:
    /// `opportune.microbatch.size` and `opportune.microbatch.duration`.
    pub fn micro_batch(&self, size: usize, elapsed: Duration) {
        self.0.micro_batch_size.record(size as u64, &[]);
        self.0.micro_batch_duration.record(elapsed.as_secs_f64(), &[]);
    }

    /// `size` accepted calls shared one commit: `opportune.accept.batch.size`.
    pub fn accept_batch(&self, size: usize) {
        self.0.accept_batch_size.record(size as u64, &[]);
    }

    /// Age of the oldest outbox row that is due, zero when there is none: `opportune.outbox.lag`.
    pub fn outbox_lag(&self, age: Duration) {
        self.0.outbox_lag.record(age.as_secs_f64(), &[]);
    }

    /// Rows that wait in the outbox: `opportune.outbox.rows`.
    pub fn outbox_rows(&self, kind: OutboxKind, rows: u64) {
        self.0.outbox_rows.record(rows, &[KeyValue::new("kind", kind.as_str())]);
    }

    /// Messages ready in `queue`: `opportune.queue.depth`.
    pub fn queue_depth(&self, queue: &str, messages: u64) {
        self.0
            .queue_depth
            .record(messages, &[KeyValue::new("queue", queue.to_owned())]);
    }

    /// `count` publishes ended as `result`: `messaging.client.sent.messages`.
    pub fn messages_published(&self, kind: MessageKind, result: PublishResult, count: u64) {
        let attributes = [
            KeyValue::new("messaging.system", "rabbitmq"),
            KeyValue::new("kind", kind.as_str()),
            KeyValue::new("result", result.as_str()),
        ];
        self.0.messages_published.add(count, &attributes);
    }

    /// `count` job messages came with the redelivered flag: `opportune.jobs.redelivered`.
    pub fn redeliveries(&self, count: u64) {
        self.0.redeliveries.add(count, &[]);
    }

    /// `count` acks came too late, on a connection that was gone: `opportune.jobs.stale_acks`. The messages come again.
    pub fn stale_acks(&self, count: u64) {
        self.0.stale_acks.add(count, &[]);
    }

    /// The sweeper sent `count` overdue conversions again: `opportune.sweeper.resent`.
    pub fn sweeper_resent(&self, count: u64) {
        self.0.sweeper_resent.add(count, &[]);
    }

    /// So many times keys are still to be made anew: `opportune.rekeys.waiting`.
    pub fn rekeys_waiting(&self, count: u64) {
        self.0.rekeys_waiting.record(count, &[]);
    }

    /// A unit of work started over: `opportune.store.retries`. `cause` is `order` or `conflict`.
    pub fn store_retry(&self, cause: &'static str) {
        self.0.store_retries.add(1, &[KeyValue::new("cause", cause)]);
    }

    /// Whether the connection to RabbitMQ stands, 1 or 0: `opportune.broker.connected`.
    pub fn broker_connected(&self, connected: bool) {
        self.0.broker_connected.record(u64::from(connected), &[]);
    }

    /// Other processes were told, or this one heard, that `count` conversions ended: `opportune.settled.notices`.
    pub fn settled_notices(&self, direction: NoticeDirection, count: u64) {
        self.0
            .settled_notices
            .add(count, &[KeyValue::new("direction", direction.as_str())]);
    }
}

#[cfg(test)]
mod tests;
