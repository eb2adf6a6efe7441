//! A batch: many conversions that were asked for together (rules 8). Each item is a conversion of its own.
//!
//! A batch is stored with its ids in parts, in one transaction; then it is accepted. The parts become items one after
//! another ([`expand`]), and only when all have is the first item let go: what is a duplicate inside of the batch
//! (rules 8.2) must not depend on how far it has come.

mod errands;
mod expand;
mod order;
mod within;

pub use errands::{cancel, cancel_picked, retry, retry_picked};
pub use expand::{Expanded, expand, item_command};
pub use order::{BatchOrder, Instruction, check_order};
pub use within::{Item, duplicates_within, item_keys, taken_along};

use crate::ids::{BatchId, LeadId, RequestId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most ids of a batch (rules 8.1).
pub const MOST_ITEMS: usize = 100_000;
/// Ids of a part: as many as become items in one transaction.
pub const PART: usize = 1_000;

/// A batch, as far as it has come.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Id.
    pub id: BatchId,
    /// The caller's idempotency key.
    pub request_id: Option<RequestId>,
    /// Who asked for what.
    pub order: BatchOrder,
    /// No more parts will come. Until then nothing of it is begun.
    pub closed: bool,
    /// It was cancelled: what has not begun does not begin.
    pub cancelled: bool,
    /// Items that have not begun are still being cancelled.
    pub cancelling: bool,
    /// Different ids that it has.
    pub total: i64,
    /// Ids that are no items yet.
    pub unexpanded: i64,
    /// Parts that there have been: the number of the next one.
    pub parts: i64,
    /// Records that were assigned from the pool: whose turn it is (rules 6.4).
    pub turn: i64,
    /// Which failed items are still to be tried again.
    pub retry: Option<RetryRange>,
    /// Counts, as the store keeps them.
    pub counts: Counts,
    /// Place of the item that ended last; 0 = none has.
    pub sequence: i64,
    /// When it was accepted.
    pub create_time: DateTime<Utc>,
    /// When its last item ended.
    pub end_time: Option<DateTime<Utc>>,
}

/// Failed items whose sequence is in `(after, until]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RetryRange {
    /// Up to this one it is done.
    pub after: i64,
    /// What fails later is not meant.
    pub until: i64,
}

/// How many items stand where. The store counts: it knows all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Wait for their turn to be sent.
    pub held: i64,
    /// Converted, by themselves or by another item.
    pub succeeded: i64,
    /// Failed.
    pub failed: i64,
    /// Cancelled.
    pub cancelled: i64,
}

/// Where a batch stands, as the contract has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchState {
    /// No item has ended.
    Queued,
    /// Some have.
    Running,
    /// All have.
    Finished,
    /// It was cancelled, and all items have ended.
    Cancelled,
}

/// Ids that have still to become items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchPart {
    /// Its place among the parts.
    pub number: i64,
    /// The records, in the order of the request.
    pub lead_ids: Vec<LeadId>,
    /// What holds for some of them instead of the instruction for all.
    pub overrides: Overrides,
}

/// Instructions for single records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Overrides(pub BTreeMap<LeadId, Instruction>);

impl Batch {
    /// A batch without ids.
    pub fn new(id: BatchId, request_id: Option<RequestId>, order: BatchOrder, now: DateTime<Utc>) -> Self {
        Self {
            id,
            request_id,
            order,
            closed: false,
            cancelled: false,
            cancelling: false,
            total: 0,
            unexpanded: 0,
            parts: 0,
            turn: 0,
            retry: None,
            counts: Counts::default(),
            sequence: 0,
            create_time: now,
            end_time: None,
        }
    }

    /// Takes ids in: the part that holds them.
    pub fn add_part(&mut self, lead_ids: Vec<LeadId>, overrides: Overrides) -> BatchPart {
        let count = i64::try_from(lead_ids.len()).unwrap_or(i64::MAX);
        self.total += count;
        self.unexpanded += count;
        self.parts += 1;
        BatchPart {
            number: self.parts - 1,
            lead_ids,
            overrides,
        }
    }

    /// Items that have ended.
    pub fn ended(&self) -> i64 {
        self.counts.succeeded + self.counts.failed + self.counts.cancelled
    }

    /// Every item has ended, none is to be tried again, and no more will come.
    pub fn is_over(&self) -> bool {
        self.closed && self.ended() == self.total && self.retry.is_none()
    }

    /// Something is left that is done in steps.
    pub fn has_errand(&self) -> bool {
        (self.closed && self.unexpanded > 0) || self.cancelling || self.retry.is_some()
    }

    /// Where it stands.
    pub fn state(&self) -> BatchState {
        match (self.is_over(), self.cancelled) {
            (true, true) => BatchState::Cancelled,
            (true, false) => BatchState::Finished,
            (false, _) if self.ended() == 0 => BatchState::Queued,
            (false, _) => BatchState::Running,
        }
    }
}
