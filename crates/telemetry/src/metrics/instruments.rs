//! The OpenTelemetry instruments behind [`super::Metrics`].

use opentelemetry::metrics::{Counter, Gauge, Histogram, Meter};

/// Seconds. Finer below 5 ms than the conventions advise: most calls here end there.
const DURATION_BOUNDS: [f64; 16] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];
const SIZE_BOUNDS: [f64; 11] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0];

pub(super) struct Instruments {
    pub(super) grpc_call: Histogram<f64>,
    pub(super) conversions_settled: Counter<u64>,
    pub(super) micro_batch_size: Histogram<u64>,
    pub(super) micro_batch_duration: Histogram<f64>,
    pub(super) accept_batch_size: Histogram<u64>,
    pub(super) outbox_lag: Gauge<f64>,
    pub(super) outbox_rows: Gauge<u64>,
    pub(super) queue_depth: Gauge<u64>,
    pub(super) messages_published: Counter<u64>,
    pub(super) redeliveries: Counter<u64>,
    pub(super) stale_acks: Counter<u64>,
    pub(super) sweeper_resent: Counter<u64>,
    pub(super) rekeys_waiting: Gauge<u64>,
    pub(super) store_retries: Counter<u64>,
    pub(super) broker_connected: Gauge<u64>,
    pub(super) settled_notices: Counter<u64>,
}

impl Instruments {
    pub(super) fn new(meter: &Meter) -> Self {
        Self {
            grpc_call: duration(meter, "rpc.server.call.duration", "Time from a gRPC call to its answer"),
            conversions_settled: counter(
                meter,
                "opportune.conversions.settled",
                "{conversion}",
                "Conversions that came to their end",
            ),
            micro_batch_size: size(meter, "opportune.microbatch.size", "Conversions per micro-batch"),
            micro_batch_duration: duration(
                meter,
                "opportune.microbatch.duration",
                "Time from taking a micro-batch to its commit",
            ),
            accept_batch_size: size(
                meter,
                "opportune.accept.batch.size",
                "Accepted calls that shared one commit",
            ),
            outbox_lag: meter
                .f64_gauge("opportune.outbox.lag")
                .with_unit("s")
                .with_description("Age of the oldest outbox row that is due")
                .build(),
            outbox_rows: gauge(meter, "opportune.outbox.rows", "{row}", "Rows that wait in the outbox"),
            queue_depth: gauge(meter, "opportune.queue.depth", "{message}", "Messages ready in a queue"),
            messages_published: counter(
                meter,
                "messaging.client.sent.messages",
                "{message}",
                "Messages handed to the broker, by how it went",
            ),
            redeliveries: counter(
                meter,
                "opportune.jobs.redelivered",
                "{message}",
                "Job messages that came again",
            ),
            stale_acks: counter(
                meter,
                "opportune.jobs.stale_acks",
                "{ack}",
                "Acks that came after their connection was gone",
            ),
            rekeys_waiting: gauge(
                meter,
                "opportune.rekeys.waiting",
                "{rekey}",
                "Slices of records whose keys are still to be made anew",
            ),
            sweeper_resent: counter(
                meter,
                "opportune.sweeper.resent",
                "{conversion}",
                "Overdue conversions that the sweeper sent again",
            ),
            store_retries: counter(
                meter,
                "opportune.store.retries",
                "{transaction}",
                "Units of work that started over",
            ),
            broker_connected: gauge(
                meter,
                "opportune.broker.connected",
                "{connection}",
                "1 while the connection to the broker stands",
            ),
            settled_notices: counter(
                meter,
                "opportune.settled.notices",
                "{conversion}",
                "Ended conversions that other processes were told of, and that this one heard of",
            ),
        }
    }
}

fn counter(meter: &Meter, name: &'static str, unit: &'static str, description: &'static str) -> Counter<u64> {
    meter
        .u64_counter(name)
        .with_unit(unit)
        .with_description(description)
        .build()
}

fn gauge(meter: &Meter, name: &'static str, unit: &'static str, description: &'static str) -> Gauge<u64> {
    meter
        .u64_gauge(name)
        .with_unit(unit)
        .with_description(description)
        .build()
}

fn duration(meter: &Meter, name: &'static str, description: &'static str) -> Histogram<f64> {
    meter
        .f64_histogram(name)
        .with_unit("s")
        .with_description(description)
        .with_boundaries(DURATION_BOUNDS.to_vec())
        .build()
}

fn size(meter: &Meter, name: &'static str, description: &'static str) -> Histogram<u64> {
    meter
        .u64_histogram(name)
        .with_unit("{item}")
        .with_description(description)
        .with_boundaries(SIZE_BOUNDS.to_vec())
        .build()
}
