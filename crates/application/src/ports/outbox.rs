//! The outbox: messages written in the transaction of what they talk about, kept until the broker has them.

use super::StoreError;
use async_trait::async_trait;
use chrono::TimeDelta;
use opportune_domain::event::Event;
use opportune_domain::ids::{BatchId, ConversionId, TenantId};
use uuid::Uuid;

/// A message that has to be published.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxRow {
    /// Place in the outbox.
    pub id: i64,
    /// Whose.
    pub tenant: TenantId,
    /// What.
    pub message: Outbound,
}

/// What is published.
#[derive(Debug, Clone, PartialEq)]
pub enum Outbound {
    /// Conversions to be settled by a worker, 1 to 100.
    Jobs {
        /// Through the bulk queue.
        bulk: bool,
        /// Which.
        conversions: Vec<ConversionId>,
        /// Trace of the call; empty = none.
        traceparent: String,
    },
    /// A fact for downstream systems.
    Event(Box<Event>),
}

/// How far behind publishing is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct OutboxLag {
    /// Job rows that are due.
    pub jobs: i64,
    /// Event rows.
    pub events: i64,
    /// Age of the oldest row that is due, in seconds.
    pub oldest_seconds: f64,
}

/// The relay's view of the store: all tenants, but only outbox, events and conversion ids.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Leases up to `limit` rows that are due and that nobody holds. Of one record's events only the first unsent one
    /// is given out: there are never two of them on the way (their order holds).
    async fn lease(&self, limit: i64) -> Result<Vec<OutboxRow>, StoreError>;

    /// The broker has these: they are deleted.
    async fn sent(&self, ids: &[i64]) -> Result<(), StoreError>;

    /// These could not be published: their lease ends, to be tried again after `delay`.
    async fn release(&self, ids: &[i64], delay: TimeDelta) -> Result<(), StoreError>;

    /// How far behind publishing is.
    async fn lag(&self) -> Result<OutboxLag, StoreError>;

    /// Writes new job rows for unfinished conversions that were last sent longer ago than the larger of 60 s and twice
    /// the queueing delay, doubling per conversion, at most 1,000 a turn. Returns how many.
    async fn sweep(&self) -> Result<u64, StoreError>;

    /// Batches that somebody left in the middle of something, at least 30 s ago: to be taken up again.
    async fn left_batches(&self) -> Result<Vec<(TenantId, BatchId)>, StoreError>;

    /// Keys that are to be made anew, the oldest first, at most 1,000; tenants whose keys are of an older version among
    /// them.
    async fn rekeys(&self) -> Result<Vec<(TenantId, Uuid)>, StoreError>;

    /// Returns when every transaction has ended that writes for the tenant and began before this call.
    async fn wait_for_writers(&self, tenant: TenantId) -> Result<(), StoreError>;

    /// Makes partitions of the event table for the days to come and drops those older than `keep`; deletes requests
    /// older than 30 days. Returns the number of dropped partitions.
    async fn housekeeping(&self, keep: TimeDelta) -> Result<u64, StoreError>;
}
