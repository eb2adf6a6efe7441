//! Deliveries of one queue on their way into micro-batches.

use super::WorkerOptions;
use crate::ports::{Deliveries, Delivery, JobQueue, QueueName};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, Notify, mpsc};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

/// Pause before subscribing again.
const AGAIN: Duration = Duration::from_millis(500);

/// Subscribes, and groups what comes.
pub(super) struct Intake {
    options: WorkerOptions,
    /// Taken away when the worker stops: slots then see the end.
    sender: Mutex<Option<mpsc::Sender<Box<dyn Delivery>>>>,
    receiver: Mutex<mpsc::Receiver<Box<dyn Delivery>>>,
    /// The last batch had more than one delivery: waiting a moment for more is worth it.
    busy: AtomicBool,
    /// Give everything back to the broker and subscribe anew.
    pub renew: Notify,
    /// The slots are done.
    pub finished: CancellationToken,
}

/// Why a subscription was left.
enum Left {
    Stop,
    Again,
}

impl Intake {
    pub fn new(options: WorkerOptions) -> Self {
        let (sender, receiver) = mpsc::channel(usize::from(options.prefetch).max(1));
        Self {
            options,
            sender: Mutex::new(Some(sender)),
            receiver: Mutex::new(receiver),
            busy: AtomicBool::new(false),
            renew: Notify::new(),
            finished: CancellationToken::new(),
        }
    }

    /// Keeps a subscription alive and hands its deliveries on, until `stop`.
    pub async fn pump(self: Arc<Self>, jobs: Arc<dyn JobQueue>, queue: QueueName, stop: CancellationToken) {
        let mut complained = false;
        while !stop.is_cancelled() {
            match jobs.subscribe(queue, self.options.prefetch).await {
                Ok(deliveries) => {
                    complained = false;
                    if matches!(self.hand_on(deliveries, &stop).await, Left::Stop) {
                        break;
                    }
                }
                Err(error) if !complained => {
                    tracing::warn!(?queue, %error, "cannot subscribe to the jobs; trying again until it works");
                    complained = true;
                }
                Err(_) => {}
            }
            tokio::select! {
                () = sleep(AGAIN) => {}
                () = stop.cancelled() => {}
            }
        }
        self.sender.lock().await.take();
    }

    async fn hand_on(&self, mut deliveries: Box<dyn Deliveries>, stop: &CancellationToken) -> Left {
        let Some(sender) = self.sender.lock().await.clone() else {
            return Left::Stop;
        };
        loop {
            let delivery = tokio::select! {
                delivery = deliveries.next() => delivery,
                () = self.renew.notified() => return Left::Again,
                () = stop.cancelled() => {
                    // Slots see the end when no sender is left; the subscription must outlive their acknowledgements.
                    drop(sender);
                    self.sender.lock().await.take();
                    self.finished.cancelled().await;
                    return Left::Stop;
                }
            };
            match delivery {
                Some(delivery) => {
                    if sender.send(delivery).await.is_err() {
                        return Left::Stop;
                    }
                }
                None => return Left::Again,
            }
        }
    }

    /// The next micro-batch; `None` when there will be no more.
    pub async fn batch(&self) -> Option<Vec<Box<dyn Delivery>>> {
        // One slot collects at a time: batches are as large as they can be.
        let mut receiver = self.receiver.lock().await;
        let first = receiver.recv().await?;
        let mut size = first.job().conversions.len();
        let mut batch = vec![first];
        // A timer is no way to wait for nothing: it ends at the next millisecond.
        let busy = self.busy.load(Ordering::Relaxed);
        let until = busy.then(|| Instant::now() + self.options.wait);
        while size < self.options.max_batch {
            let next = match (receiver.try_recv(), until) {
                (Ok(delivery), _) => Some(delivery),
                (Err(_), Some(until)) => timeout_at(until, receiver.recv()).await.ok().flatten(),
                (Err(_), None) => None,
            };
            let Some(delivery) = next else { break };
            size += delivery.job().conversions.len();
            batch.push(delivery);
        }
        self.busy.store(batch.len() > 1, Ordering::Relaxed);
        Some(batch)
    }
}
