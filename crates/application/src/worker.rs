//! The worker: takes deliveries in micro-batches, settles their conversions, acknowledges.
//!
//! A delivery is acknowledged when all of its conversions are settled or re-scheduled in committed rows. Dying at any
//! moment means that the broker delivers again, which is harmless: what is settled stays as it is.

mod intake;
mod settling;

use crate::dispatch::Dispatcher;
use crate::ids::IdSource;
use crate::ports::{Delivery, JobQueue, Meter, Notices, Publisher, QueueName, Store};
use crate::waiters::Waiters;
use intake::Intake;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How a worker works.
#[derive(Debug, Clone, Copy)]
pub struct WorkerOptions {
    /// Micro-batches at a time; half of them are kept for single calls.
    pub slots: usize,
    /// Most conversions in a micro-batch.
    pub max_batch: usize,
    /// How long a micro-batch waits for more, under load.
    pub wait: Duration,
    /// Job messages that a worker holds unacknowledged, for each queue.
    pub prefetch: u16,
}

/// What a worker works with.
#[derive(Clone)]
pub struct WorkerParts {
    /// Settles.
    pub store: Arc<dyn Store>,
    /// Delivers.
    pub queue: Arc<dyn JobQueue>,
    /// Takes what was given up.
    pub publisher: Arc<dyn Publisher>,
    /// Publishes what was committed.
    pub dispatcher: Dispatcher,
    /// Tells waiters of other processes.
    pub notices: Arc<dyn Notices>,
    /// Tells waiters of this process.
    pub waiters: Waiters,
    /// Counts.
    pub meter: Arc<dyn Meter>,
    /// New ids.
    pub ids: IdSource,
}

/// A worker.
pub struct Worker {
    parts: WorkerParts,
    options: WorkerOptions,
}

impl Worker {
    /// A worker that does not work yet.
    pub fn new(parts: WorkerParts, options: WorkerOptions) -> Self {
        Self { parts, options }
    }

    /// Works until `stop`, then finishes what it has begun.
    pub async fn run(self, stop: CancellationToken) {
        let worker = Arc::new(self);
        let single = worker.options.slots.div_ceil(2).max(1);
        let bulk = worker.options.slots.saturating_sub(single).max(1);
        let mut queues = JoinSet::new();
        for (queue, slots) in [(QueueName::Interactive, single), (QueueName::Bulk, bulk)] {
            queues.spawn(worker.clone().serve(queue, slots, stop.clone()));
        }
        while let Some(ended) = queues.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a queue of the worker broke");
            }
        }
    }

    async fn serve(self: Arc<Self>, queue: QueueName, slots: usize, stop: CancellationToken) {
        let intake = Arc::new(Intake::new(self.options));
        let pump = tokio::spawn(intake.clone().pump(self.parts.queue.clone(), queue, stop));
        let mut tasks = JoinSet::new();
        for _ in 0..slots {
            tasks.spawn(self.clone().slot(intake.clone()));
        }
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a slot of the worker broke; another takes its place");
                tasks.spawn(self.clone().slot(intake.clone()));
            }
        }
        // Only now may the subscription go: its deliveries have been acknowledged.
        intake.finished.cancel();
        if let Err(error) = pump.await {
            tracing::error!(%error, "the subscription broke");
        }
    }

    /// Takes micro-batches until there are no more. A batch that panics is delivered again, one conversion at a time.
    async fn slot(self: Arc<Self>, intake: Arc<Intake>) {
        while let Some(batch) = intake.batch().await {
            let work = tokio::spawn(self.clone().batch(batch));
            if let Err(error) = work.await {
                tracing::error!(%error, "a micro-batch broke; its jobs will be delivered again");
                intake.renew.notify_one();
            }
        }
    }

    async fn batch(self: Arc<Self>, batch: Vec<Box<dyn Delivery>>) {
        self.settle(&batch).await;
        for delivery in batch {
            delivery.ack().await;
        }
    }
}
