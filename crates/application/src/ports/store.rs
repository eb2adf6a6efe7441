//! The store: runs a unit of work in one transaction. A transaction never crosses this port; a decision does.

use super::OutboxRow;
use async_trait::async_trait;
use opportune_domain::batch::RetryRange;
use opportune_domain::conversion::Conversion;
use opportune_domain::ids::{BatchId, ConversionId, CustomerId, LeadId, RequestId, TenantId};
use opportune_domain::keys::{Key, Sought};
use opportune_domain::refusal::Refusal;
use opportune_domain::world::World;
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// What a unit of work has to be shown. Each set names everything that is wanted; what is loaded already is not loaded
/// again. Sets are loaded, and locked where it says so, in the order of the fields: that order keeps units of work from
/// waiting for each other in a circle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// The set-up of the tenant will be changed: locked.
    pub config: bool,
    /// Requests seen before, by their key.
    pub requests: BTreeSet<RequestId>,
    /// Keys that are being made anew, locked, with the records that come next.
    pub rekeys: BTreeSet<Uuid>,
    /// Imports, locked.
    pub imports: BTreeSet<RequestId>,
    /// Batches, locked.
    pub batches: BTreeSet<BatchId>,
    /// The next part of these batches, locked.
    pub parts_of: BTreeSet<BatchId>,
    /// Items for a step of an errand, locked; those that somebody else holds are passed over.
    pub picks: BTreeSet<Pick>,
    /// Conversions, locked.
    pub conversions: BTreeSet<ConversionId>,
    /// What these conversions changed in records, for taking them back.
    pub images: BTreeSet<ConversionId>,
    /// Leads by external id, locked (they are about to be changed), with their customers; of an alias the tombstone that
    /// has it.
    pub external_ids: BTreeSet<String>,
    /// Leads, locked, with their customers: a customer's country reads its leads' local phone numbers.
    pub leads: BTreeSet<LeadId>,
    /// Leads, read only.
    pub peek_leads: BTreeSet<LeadId>,
    /// Unfinished conversions of these leads.
    pub live_of: BTreeSet<LeadId>,
    /// Items of batches by their records, read only.
    pub items: BTreeSet<(BatchId, LeadId)>,
    /// Customer keys: locked against every other unit of work that needs them, then all customers that have them
    /// (the 100 oldest of each key) are loaded.
    pub customer_keys_locked: BTreeSet<Key>,
    /// Who refers to these customers, which are locked too.
    pub referrers: BTreeSet<CustomerId>,
    /// Customers, locked.
    pub customers_locked: BTreeSet<CustomerId>,
    /// Customers, read only, each with its companies up to the top.
    pub customers: BTreeSet<CustomerId>,
    /// Customers that have these keys (the 100 oldest of each), read only.
    pub customer_keys: BTreeSet<Key>,
    /// All customers of the commercial entities of these customers (at most 1,000), read only.
    pub families: BTreeSet<CustomerId>,
    /// Open leads that have these keys, the 100 earliest of each (for policies, rules 3.5), with their customers.
    pub open_lead_keys: BTreeSet<Key>,
    /// Of all leads but tombstones that have these keys, what is compared; with their customers where `families` asks for
    /// the subject's. A key of more hits than it may have finds nobody and, if it is evidence, is marked (for people, rules
    /// 3.5).
    pub lead_keys: BTreeSet<Sought>,
}

/// Which items of a batch to pick, as many as make one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pick {
    /// Those that no worker has taken, the first ones first.
    Queued(BatchId),
    /// Those that failed in a range of their ends, in that order.
    Failed(BatchId, RetryRange),
}

/// A unit of work: says what it needs to see, then decides.
pub trait Work: Send {
    /// What it needs, given what it has been shown. Asked again until nothing new is asked for.
    fn needs(&mut self, world: &World) -> Needs;

    /// Decides, and changes the world. May be called again with another world when the transaction has to start over,
    /// so it keeps no result of an earlier call.
    fn decide(&mut self, world: &mut World);
}

/// What was committed.
#[derive(Debug, Clone, Default)]
pub struct Committed {
    /// Outbox rows that the committing process may publish at once; it holds their lease.
    pub outbox: Vec<OutboxRow>,
    /// Conversions that ended.
    pub settled: Vec<Arc<Conversion>>,
}

/// Runs units of work.
#[async_trait]
pub trait Store: Send + Sync {
    /// Runs `work` in one transaction: load, lock, decide, write, commit; or nothing at all. Starts over, a bounded
    /// number of times, when others were in the way.
    async fn work(&self, tenant: TenantId, work: &mut dyn Work) -> Result<Committed, StoreError>;

    /// Shows `work` what it needs, without locks, lets it decide, and writes nothing: for previews and searches.
    async fn peek(&self, tenant: TenantId, work: &mut dyn Work) -> Result<(), StoreError>;

    /// The store answers.
    async fn ping(&self) -> Result<(), StoreError>;
}

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It is away, shutting down, or out of connections. Nothing was written (or, if the connection broke during the
    /// commit, everything was: idempotency keys tell). Trying again later makes sense.
    #[error("unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Others were in the way too often. Trying again makes sense.
    #[error("gave way to other work too often")]
    Contended,
    /// A rule that only the store can check says no. An answer, not a fault.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It answered, and the answer is a fault. Trying again will not help.
    #[error("failed: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}
