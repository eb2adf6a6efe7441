//! A broker in memory: what was published, and a job queue that takes back what was not acknowledged.

use async_trait::async_trait;
use opportune_application::ports::{
    Deliveries, Delivery, Job, JobQueue, Notices, Outbox, OutboxLag, OutboxRow, PublishError, Publisher, QueueName,
    StoreError,
};
use opportune_domain::ids::{BatchId, ConversionId, TenantId};
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::Notify;
use uuid::Uuid;

/// Remembers what was published; refuses the rows named, and tells when something came.
#[derive(Default)]
pub struct Board {
    inside: Mutex<OnBoard>,
    pub changed: Notify,
}

#[derive(Default)]
pub struct OnBoard {
    /// Row ids of each publishing, in order.
    pub waves: Vec<Vec<i64>>,
    pub refused: BTreeSet<i64>,
    pub deleted: Vec<i64>,
    pub released: Vec<i64>,
    pub leasable: VecDeque<OutboxRow>,
    pub dead: Vec<ConversionId>,
    pub announced: Vec<ConversionId>,
}

impl Board {
    pub fn inside(&self) -> MutexGuard<'_, OnBoard> {
        self.inside.lock().expect("no test panics while it holds the board")
    }
}

#[async_trait]
impl Publisher for Board {
    async fn publish(&self, rows: &[OutboxRow]) -> Vec<Result<(), PublishError>> {
        let mut inside = self.inside();
        inside.waves.push(rows.iter().map(|row| row.id).collect());
        let result = |row: &OutboxRow| match inside.refused.contains(&row.id) {
            true => Err(PublishError::Refused),
            false => Ok(()),
        };
        let results = rows.iter().map(result).collect();
        self.changed.notify_one();
        results
    }

    async fn dead_letter(&self, _: TenantId, conversion: ConversionId, _: &str) -> Result<(), PublishError> {
        self.inside().dead.push(conversion);
        Ok(())
    }
}

#[async_trait]
impl Notices for Board {
    async fn announce(&self, _: TenantId, settled: &[ConversionId]) {
        self.inside().announced.extend(settled);
    }
}

#[async_trait]
impl Outbox for Board {
    async fn lease(&self, limit: i64) -> Result<Vec<OutboxRow>, StoreError> {
        let mut inside = self.inside();
        let count = inside.leasable.len().min(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(inside.leasable.drain(..count).collect())
    }

    async fn sent(&self, ids: &[i64]) -> Result<(), StoreError> {
        self.inside().deleted.extend(ids);
        Ok(())
    }

    async fn release(&self, ids: &[i64], _: chrono::TimeDelta) -> Result<(), StoreError> {
        self.inside().released.extend(ids);
        Ok(())
    }

    async fn lag(&self) -> Result<OutboxLag, StoreError> {
        Ok(OutboxLag::default())
    }

    async fn sweep(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn left_batches(&self) -> Result<Vec<(TenantId, BatchId)>, StoreError> {
        Ok(Vec::new())
    }

    async fn rekeys(&self) -> Result<Vec<(TenantId, Uuid)>, StoreError> {
        Ok(Vec::new())
    }

    async fn wait_for_writers(&self, _: TenantId) -> Result<(), StoreError> {
        Ok(())
    }

    async fn housekeeping(&self, _: chrono::TimeDelta) -> Result<u64, StoreError> {
        Ok(0)
    }
}

/// The interactive queue; the bulk queue is empty for ever.
#[derive(Default)]
pub struct FakeQueue {
    inside: Mutex<InQueue>,
    arrived: Notify,
    pub acked: Notify,
}

#[derive(Default)]
pub struct InQueue {
    pub ready: VecDeque<Job>,
    /// Delivered and not acknowledged: delivery number and job.
    pub unacked: Vec<(u64, Job)>,
    pub acknowledged: Vec<Job>,
    /// Subscriptions to the interactive queue so far.
    pub subscriptions: u64,
    /// The next subscriptions fail.
    pub refusals: u32,
    delivered: u64,
}

impl FakeQueue {
    pub fn inside(&self) -> MutexGuard<'_, InQueue> {
        self.inside.lock().expect("no test panics while it holds the queue")
    }

    pub fn put(&self, jobs: impl IntoIterator<Item = Job>) {
        self.inside().ready.extend(jobs);
        self.arrived.notify_one();
    }

    /// Returns when so many jobs have been acknowledged.
    pub async fn acknowledged(&self, count: usize) -> Vec<Job> {
        loop {
            let done = self.inside().acknowledged.clone();
            if done.len() >= count {
                return done;
            }
            self.acked.notified().await;
        }
    }
}

/// The jobs of one subscription; dropping it gives back what was not acknowledged.
struct Subscription {
    queue: Arc<FakeQueue>,
    name: QueueName,
}

struct Delivered {
    queue: Arc<FakeQueue>,
    number: u64,
    job: Job,
}

/// The queue as the worker has it.
pub struct Jobs(pub Arc<FakeQueue>);

#[async_trait]
impl JobQueue for Jobs {
    async fn subscribe(&self, name: QueueName, _: u16) -> Result<Box<dyn Deliveries>, PublishError> {
        if name == QueueName::Interactive {
            let mut inside = self.0.inside();
            inside.subscriptions += 1;
            if inside.refusals > 0 {
                inside.refusals -= 1;
                return Err(PublishError::Away("not yet".to_owned()));
            }
        }
        Ok(Box::new(Subscription {
            queue: self.0.clone(),
            name,
        }))
    }
}

#[async_trait]
impl Deliveries for Subscription {
    async fn next(&mut self) -> Option<Box<dyn Delivery>> {
        if self.name == QueueName::Bulk {
            return std::future::pending().await;
        }
        loop {
            {
                let mut inside = self.queue.inside();
                if let Some(job) = inside.ready.pop_front() {
                    inside.delivered += 1;
                    let number = inside.delivered;
                    inside.unacked.push((number, job.clone()));
                    let queue = self.queue.clone();
                    return Some(Box::new(Delivered { queue, number, job }));
                }
            }
            self.queue.arrived.notified().await;
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if self.name == QueueName::Bulk {
            return;
        }
        let mut inside = self.queue.inside();
        let back = std::mem::take(&mut inside.unacked);
        inside.ready.extend(back.into_iter().map(|(_, job)| Job {
            redelivered: true,
            ..job
        }));
    }
}

#[async_trait]
impl Delivery for Delivered {
    fn job(&self) -> &Job {
        &self.job
    }

    async fn ack(self: Box<Self>) {
        let mut inside = self.queue.inside();
        let before = inside.unacked.len();
        inside.unacked.retain(|(number, _)| *number != self.number);
        // An acknowledgement on a subscription that is gone is lost.
        if inside.unacked.len() < before {
            inside.acknowledged.push(self.job);
        }
        drop(inside);
        self.queue.acked.notify_one();
    }
}
