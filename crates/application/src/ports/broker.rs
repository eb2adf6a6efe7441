//! The broker: confirmed publishing, job deliveries, settled notices.

use super::OutboxRow;
use async_trait::async_trait;
use opportune_domain::ids::{ConversionId, TenantId};

/// Publishes outbox rows.
#[async_trait]
pub trait Publisher: Send + Sync {
    /// Publishes the rows in order, pipelined, and waits for the confirms. One result a row: `Ok` = the broker has it.
    /// A job that no queue takes is an error; an event that nobody subscribed to is fine.
    async fn publish(&self, rows: &[OutboxRow]) -> Vec<Result<(), PublishError>>;

    /// Puts a notice about a conversion that was given up into the dead-letter queue, where operators look. Confirmed.
    async fn dead_letter(&self, tenant: TenantId, conversion: ConversionId, reason: &str) -> Result<(), PublishError>;
}

/// A message that the broker does not have, or may not have.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The broker is away, or the confirm was lost: it may have it. Publish again.
    #[error("the broker is away: {0}")]
    Away(String),
    /// No queue takes it.
    #[error("no queue takes the message")]
    Unroutable,
    /// The broker refused it, for example because a queue is full.
    #[error("the broker refused the message")]
    Refused,
}

/// Tells waiters in other processes that conversions are settled: transient, best effort.
#[async_trait]
pub trait Notices: Send + Sync {
    /// Announces settled conversions.
    async fn announce(&self, tenant: TenantId, settled: &[ConversionId]);
}

/// Which job queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueName {
    /// Single calls.
    Interactive,
    /// Batches and imports.
    Bulk,
}

/// A job message: ids, never data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Whose.
    pub tenant: TenantId,
    /// Which conversions, 1 to 100.
    pub conversions: Vec<ConversionId>,
    /// The broker has delivered it before: whoever had it may have died of it.
    pub redelivered: bool,
    /// Trace of the call; empty = none.
    pub traceparent: String,
}

/// A job that was delivered and not yet acknowledged.
#[async_trait]
pub trait Delivery: Send + Sync {
    /// The job.
    fn job(&self) -> &Job;

    /// Its conversions are settled or re-scheduled in committed rows. An acknowledgement that is lost means that the
    /// job comes again, which is harmless.
    async fn ack(self: Box<Self>);
}

/// A stream of deliveries. What cannot be decoded has been dead-lettered already and does not appear.
#[async_trait]
pub trait Deliveries: Send {
    /// The next delivery; `None` when the subscription ended (broker gone, queue deleted): subscribe again or stop.
    async fn next(&mut self) -> Option<Box<dyn Delivery>>;
}

/// Where jobs come from.
#[async_trait]
pub trait JobQueue: Send + Sync {
    /// Subscribes to a queue with a bounded prefetch. Unacknowledged jobs go back when the deliveries are dropped.
    async fn subscribe(&self, queue: QueueName, prefetch: u16) -> Result<Box<dyn Deliveries>, PublishError>;
}
