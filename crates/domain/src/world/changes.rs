//! What decisions changed: enough for the store to write rows, and no more.

use super::KeyChange;
use crate::batch::BatchPart;
use crate::conversion::Conversion;
use crate::customer::Customer;
use crate::event::Event;
use crate::ids::{
    BatchId, ConversionId, CustomerId, LeadId, RequestId, SalespersonId, StageId, TeamId, TimelineEntryId,
};
use crate::import::ImportReject;
use crate::lead::Lead;
use crate::rekey::{Rekey, Rekeyed, Scope};
use crate::request::RequestClaim;
use crate::similar::Form;
use crate::timeline::TimelineEntry;
use crate::touched::BeforeImage;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// A conversion job that has to be sent to the workers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobNote {
    /// Which conversion.
    pub conversion: ConversionId,
    /// It belongs to a batch or an import: sent through the bulk queue.
    pub bulk: bool,
    /// Not before this time (a retry); `None` = at once.
    pub not_before: Option<DateTime<Utc>>,
    /// Trace of the call that accepted it.
    pub traceparent: String,
}

/// Entries that a merge had moved and that go back (rules 10.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineReturn {
    /// Where they stand.
    pub from: LeadId,
    /// Where they go.
    pub to: LeadId,
    /// The records that they were written at.
    pub origins: BTreeSet<LeadId>,
}

/// Everything that a unit of work writes.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Changed leads, with their state before (`None` = new).
    pub leads: BTreeMap<LeadId, Option<Lead>>,
    /// Changed customers, with their state before (`None` = new).
    pub customers: BTreeMap<CustomerId, Option<Customer>>,
    /// Keys that changed leads got and lost; those whose keys stayed may be missing.
    pub lead_keys: BTreeMap<LeadId, KeyChange>,
    /// Normal forms of changed leads; `None` = a tombstone has none. Those whose forms stayed may be missing.
    pub lead_forms: BTreeMap<LeadId, Option<Form>>,
    /// Keys that changed customers got and lost; those whose keys stayed may be missing.
    pub customer_keys: BTreeMap<CustomerId, KeyChange>,
    /// Conversions to insert.
    pub new_conversions: BTreeSet<ConversionId>,
    /// Conversions to update.
    pub updated_conversions: BTreeSet<ConversionId>,
    /// What each conversion changed in each record.
    pub images: Vec<BeforeImage>,
    /// New timeline entries.
    pub timeline: Vec<TimelineEntry>,
    /// Timelines that move, from one record to another.
    pub timeline_moves: BTreeMap<LeadId, LeadId>,
    /// Entries that go back to a record: those that stand at another one now and came with it.
    pub timeline_returns: Vec<TimelineReturn>,
    /// Entries that are taken away.
    pub removed_entries: BTreeSet<TimelineEntryId>,
    /// Customers that are taken away.
    pub removed_customers: BTreeSet<CustomerId>,
    /// Events, in order.
    pub events: Vec<Event>,
    /// Jobs to send.
    pub jobs: Vec<JobNote>,
    /// Changed or new imports.
    pub imports: BTreeSet<RequestId>,
    /// Batches to insert.
    pub new_batches: BTreeSet<BatchId>,
    /// Batches to update.
    pub updated_batches: BTreeSet<BatchId>,
    /// New parts of batches.
    pub parts: Vec<(BatchId, Arc<BatchPart>)>,
    /// Parts that have become items, by their numbers.
    pub expanded_parts: Vec<(BatchId, i64)>,
    /// Items of batches that are new or changed, with the name of their state before (`None` = new).
    pub items_before: BTreeMap<ConversionId, Option<&'static str>>,
    /// Rows that an import rejected.
    pub rejects: Vec<(RequestId, ImportReject)>,
    /// Requests that took effect, with the record they made or changed.
    pub requests: Vec<(RequestClaim, Uuid)>,
    /// Keys to be made anew from now on, in the background.
    pub rekeys: BTreeSet<Scope>,
    /// Steps of that, with how far each is afterwards (`None` = it is done).
    pub rekey_steps: BTreeMap<Uuid, Option<Rekey>>,
    /// All keys of the records of those steps.
    pub rekeyed: Rekeyed,
    /// The settings were changed.
    pub settings: bool,
    /// Changed or new stages.
    pub stages: BTreeSet<StageId>,
    /// Changed or new teams.
    pub teams: BTreeSet<TeamId>,
    /// Changed or new salespeople.
    pub salespeople: BTreeSet<SalespersonId>,
}

impl Changes {
    /// Remembers the first state of a lead that is being changed.
    pub(super) fn note_lead(&mut self, id: LeadId, before: Option<&Lead>) {
        self.leads.entry(id).or_insert_with(|| before.cloned());
    }

    /// Remembers the first state of a customer that is being changed.
    pub(super) fn note_customer(&mut self, id: CustomerId, before: Option<&Customer>) {
        self.customers.entry(id).or_insert_with(|| before.cloned());
    }

    /// The timeline of `from` moves to `to` (rules 7.5), also what came or comes to `from` in this unit of work.
    pub fn move_timeline(&mut self, from: LeadId, to: LeadId) {
        for stands_at in self.timeline_moves.values_mut().filter(|stands_at| **stands_at == from) {
            *stands_at = to;
        }
        self.timeline_moves.insert(from, to);
        for entry in self.timeline.iter_mut().filter(|entry| entry.lead_id == from) {
            entry.lead_id = to;
        }
    }

    /// Remembers that a conversion is new, or changed.
    pub(super) fn note_conversion(&mut self, id: ConversionId, known: bool) {
        if !known {
            self.new_conversions.insert(id);
        } else if !self.new_conversions.contains(&id) {
            self.updated_conversions.insert(id);
        }
    }

    /// Remembers that a batch is new, or changed.
    pub(super) fn note_batch(&mut self, id: BatchId, known: bool) {
        if !known {
            self.new_batches.insert(id);
        } else if !self.new_batches.contains(&id) {
            self.updated_batches.insert(id);
        }
    }

    /// Anything of the tenant's set-up was changed.
    pub fn touches_config(&self) -> bool {
        self.settings || !self.stages.is_empty() || !self.teams.is_empty() || !self.salespeople.is_empty()
    }

    /// Conversions that ended in this unit of work.
    pub fn settled<'a>(
        &'a self,
        conversions: &'a BTreeMap<ConversionId, Conversion>,
    ) -> impl Iterator<Item = &'a Conversion> {
        self.updated_conversions
            .iter()
            .filter_map(|id| conversions.get(id))
            .filter(|one| !one.state.is_live())
    }
}
