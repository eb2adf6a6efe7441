//! The world of one unit of work: what was loaded, and what decisions have changed in it so far.
//!
//! A micro-batch is many decisions over one world, each applied before the next one is taken, so that it ends as if
//! its jobs had run one after another (design, idea 1). The store writes [`World::changes`] afterwards, all or nothing.

mod changes;
mod hits;
mod key_change;
mod referrers;

pub use changes::{Changes, JobNote, TimelineReturn};
pub use hits::KeyHits;
pub use key_change::KeyChange;
pub use referrers::Referrers;

use crate::batch::{Batch, BatchPart, Item};
use crate::conversion::{Conversion, ConversionState};
use crate::customer::Customer;
use crate::event::{Event, EventBody};
use crate::ids::{BatchId, ConversionId, CustomerId, EventId, LeadId, NewIds, RequestId};
use crate::import::Import;
use crate::keys::{self, Key};
use crate::lead::{Lead, LeadStatus};
use crate::rekey::{Rekey, Scope};
use crate::request::SeenRequest;
use crate::similar::{Candidate, Form, Tie};
use crate::tenant::TenantConfig;
use crate::touched::BeforeImage;
use chrono::{DateTime, TimeDelta, Utc};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// A snapshot with the changes made to it.
#[derive(Debug, Clone)]
pub struct World {
    /// The database's transaction time: the only clock there is.
    pub now: DateTime<Utc>,
    /// The tenant's set-up.
    pub config: Arc<TenantConfig>,
    /// About how many leads the tenant has: the more, the more of them agree by chance (rules 3.4).
    pub records: u64,
    /// Loaded leads: those asked for, and those that policies look at.
    pub leads: BTreeMap<LeadId, Lead>,
    /// What was loaded of leads that are only to be compared.
    pub candidates: BTreeMap<LeadId, Candidate>,
    /// Loaded customers: those asked for, candidates, and their companies up to the top.
    pub customers: BTreeMap<CustomerId, Customer>,
    /// Loaded conversions.
    pub conversions: BTreeMap<ConversionId, Conversion>,
    /// The unfinished conversion of a lead, if it has one.
    pub live_conversions: BTreeMap<LeadId, ConversionId>,
    /// Leads by external id.
    pub external_ids: BTreeMap<String, LeadId>,
    /// Requests that were seen before.
    pub seen: BTreeMap<RequestId, SeenRequest>,
    /// Imports under way.
    pub imports: BTreeMap<RequestId, Import>,
    /// Batches.
    pub batches: BTreeMap<BatchId, Batch>,
    /// The next part of a batch.
    pub parts: BTreeMap<BatchId, BatchPart>,
    /// Items of batches by their records, as far as it was asked.
    pub items: BTreeMap<(BatchId, LeadId), Item>,
    /// Items that were picked for a step of an errand, each with the sequence of its end.
    pub picked: BTreeMap<ConversionId, Option<i64>>,
    /// Which leads have a key.
    pub lead_hits: KeyHits<LeadId>,
    /// Which customers have a key.
    pub customer_hits: KeyHits<CustomerId>,
    /// What conversions changed in records, as far as it was asked.
    pub images: BTreeMap<ConversionId, Vec<BeforeImage>>,
    /// Who refers to a customer, as far as it was asked.
    pub referrers: BTreeMap<CustomerId, Referrers>,
    /// Keys that are being made anew, as far as it was asked.
    pub rekeys: BTreeMap<Uuid, Rekey>,
    /// What has been decided so far.
    pub changes: Changes,
}

impl World {
    /// A world in which nothing is loaded yet.
    pub fn new(now: DateTime<Utc>, config: Arc<TenantConfig>) -> Self {
        Self {
            now,
            config,
            records: 0,
            leads: BTreeMap::new(),
            candidates: BTreeMap::new(),
            customers: BTreeMap::new(),
            conversions: BTreeMap::new(),
            live_conversions: BTreeMap::new(),
            external_ids: BTreeMap::new(),
            seen: BTreeMap::new(),
            imports: BTreeMap::new(),
            batches: BTreeMap::new(),
            parts: BTreeMap::new(),
            items: BTreeMap::new(),
            picked: BTreeMap::new(),
            lead_hits: KeyHits::default(),
            customer_hits: KeyHits::default(),
            images: BTreeMap::new(),
            referrers: BTreeMap::new(),
            rekeys: BTreeMap::new(),
            changes: Changes::default(),
        }
    }

    /// The country of a lead's customer, if both are known.
    pub fn customer_country(&self, lead: &Lead) -> Option<&str> {
        let customer = self.customers.get(&lead.customer_id?)?;
        Some(customer.address.country.as_str())
    }

    /// What matching looks at of a loaded record. A lead that is there as a whole may have been changed in this world: it
    /// comes first.
    pub fn candidate(&self, id: LeadId) -> Option<Cow<'_, Candidate>> {
        match self.leads.get(&id) {
            Some(lead) => Some(Cow::Owned(Candidate::of_lead(self, lead))),
            None => self.candidates.get(&id).map(Cow::Borrowed),
        }
    }

    /// How a record is linked to its customer, who should be loaded with the companies above.
    pub fn tie(&self, customer: Option<CustomerId>) -> Option<Tie> {
        let customer = customer?;
        Some(Tie {
            customer,
            is_person: self.customers.get(&customer).is_some_and(|one| !one.is_company),
            entity: self.commercial_entity(customer),
        })
    }

    /// The topmost company of a customer's hierarchy (rules 3.2); itself if it belongs to none.
    pub fn commercial_entity(&self, id: CustomerId) -> CustomerId {
        let mut top = id;
        // A hierarchy is a tree; the bound keeps a damaged one from looping.
        for _ in 0..16 {
            match self.customers.get(&top).and_then(|customer| customer.parent_id) {
                Some(parent) => top = parent,
                None => break,
            }
        }
        top
    }

    /// Writes a lead: a new one, or the next version of one that is there. The version, the update time and the keys
    /// are set here, and nowhere else. Its customer has to be loaded: that one's country reads the phone number.
    pub fn put_lead(&mut self, mut lead: Lead) -> &Lead {
        let id = lead.id;
        let before = self.leads.get(&id);
        lead.version = before.map_or(1, |before| before.version + 1);
        lead.update_time = self.later_than(before.map(|before| before.update_time));
        self.changes.note_lead(id, before);
        let (old, new, form) = self.rekeyed_lead(before, &lead);
        self.changes.lead_forms.extend(form.map(|form| (id, form)));
        self.changes.lead_keys.entry(id).or_default().then(&old, &new);
        self.lead_hits.move_to(id, &old, new);
        if !lead.external_id.is_empty() {
            self.external_ids.insert(lead.external_id.clone(), id);
        }
        self.leads.entry(id).insert_entry(lead).into_mut()
    }

    /// Writes a lead that a conversion changes, and keeps how it found and left it (rules 10).
    pub fn touch_lead(&mut self, conversion: ConversionId, lead: Lead) -> &Lead {
        if let Some(before) = self.leads.get(&lead.id) {
            let image = BeforeImage::of(conversion, before, &lead);
            self.changes.images.push(image);
        }
        self.put_lead(lead)
    }

    /// Takes a customer away.
    pub fn remove_customer(&mut self, id: CustomerId) {
        if let Some(customer) = self.customers.remove(&id) {
            let reading = self.config.settings.reading();
            let (keys, none) = (keys::stored_of_customer(&customer, reading), BTreeSet::new());
            self.changes.customer_keys.entry(id).or_default().then(&keys, &none);
            self.customer_hits.move_to(id, &keys, none);
            self.changes.customers.remove(&id);
            self.changes.removed_customers.insert(id);
        }
    }

    /// Now, or just after the last change of a record: a transaction that had to wait for its lock began before that
    /// change, and time must not run backwards against the version.
    fn later_than(&self, last: Option<DateTime<Utc>>) -> DateTime<Utc> {
        last.map_or(self.now, |last| self.now.max(last + TimeDelta::microseconds(1)))
    }

    /// The keys by which a lead was found before this change and is found after it: the next decision in this world
    /// sees what a world loaded after the commit would show it, and the store writes the difference. What cannot have
    /// changed is in neither set: normal forms are slow to make. With them comes the form, if it may have changed.
    fn rekeyed_lead(
        &self,
        before: Option<&Lead>,
        after: &Lead,
    ) -> (BTreeSet<Key>, BTreeSet<Key>, Option<Option<Form>>) {
        let is_found = |lead: &&Lead| lead.status != LeadStatus::Merged;
        let customer = |lead: &Lead| lead.customer_id.map(Key::of_customer);
        let mut old: BTreeSet<Key> = before.filter(is_found).and_then(customer).into_iter().collect();
        let mut new: BTreeSet<Key> = Some(after).filter(is_found).and_then(customer).into_iter().collect();
        let customer_read_the_phone = !after.phone.is_empty() && after.address.country.is_empty() && old != new;
        let differs = |before: &Lead| before.contact_differs(after) || is_found(&before) != is_found(&after);
        if !customer_read_the_phone && !before.is_none_or(differs) {
            return (old, new, None);
        }
        let reading = self.config.settings.reading();
        let stored = |lead: &Lead| keys::stored_of_lead(lead, self.customer_country(lead), reading);
        old.extend(before.map(stored).into_iter().flat_map(|stored| stored.keys));
        let now = stored(after);
        new.extend(now.keys);
        (old, new, Some(now.form))
    }

    /// Writes a customer: a new one, or the next version of one that is there.
    pub fn put_customer(&mut self, mut customer: Customer) -> &Customer {
        let id = customer.id;
        let before = self.customers.get(&id);
        customer.version = before.map_or(1, |before| before.version + 1);
        customer.update_time = self.later_than(before.map(|before| before.update_time));
        self.changes.note_customer(id, before);
        // Its leads' phone numbers are read by its country (rules 2.4).
        if before.is_some_and(|before| before.address.country != customer.address.country) {
            self.changes.rekeys.insert(Scope::OfCustomer(id));
        }
        if before.is_none_or(|before| before.contact_differs(&customer)) {
            let reading = self.config.settings.reading();
            let old = before.map_or_else(BTreeSet::new, |before| keys::stored_of_customer(before, reading));
            let new = keys::stored_of_customer(&customer, reading);
            self.changes.customer_keys.entry(id).or_default().then(&old, &new);
            self.customer_hits.move_to(id, &old, new);
        }
        self.customers.entry(id).insert_entry(customer).into_mut()
    }

    /// Writes a batch: what is decided about it. Its counts are the store's.
    pub fn put_batch(&mut self, batch: Batch) {
        self.changes.note_batch(batch.id, self.batches.contains_key(&batch.id));
        self.batches.insert(batch.id, batch);
    }

    /// Writes a conversion.
    pub fn put_conversion(&mut self, conversion: Conversion) {
        self.note_item(&conversion);
        if conversion.state.is_live() {
            self.live_conversions.insert(conversion.lead_id, conversion.id);
        } else {
            // Another one of the same lead may be under way meanwhile.
            self.live_conversions.retain(|_, live| *live != conversion.id);
        }
        self.changes
            .note_conversion(conversion.id, self.conversions.contains_key(&conversion.id));
        self.conversions.insert(conversion.id, conversion);
    }

    /// Other items of its batch see what became of it, and the store counts it.
    fn note_item(&mut self, conversion: &Conversion) {
        let Some(batch) = conversion.batch_id else { return };
        let opportunity = match &conversion.state {
            ConversionState::Succeeded { outcome, .. } => Some(outcome.opportunity_id),
            _ => None,
        };
        let item = Item {
            conversion: conversion.id,
            opportunity,
        };
        self.items.insert((batch, conversion.lead_id), item);
        let before = self.conversions.get(&conversion.id).map(|before| before.state.name());
        self.changes.items_before.entry(conversion.id).or_insert(before);
    }

    /// Adds an event about a record; `sequence` is the record's change counter.
    pub fn emit(&mut self, ids: &mut dyn NewIds, sequence: i64, body: EventBody, traceparent: &str) -> EventId {
        let id = EventId(ids.next());
        self.changes.events.push(Event {
            id,
            sequence,
            occurred_at: body.record_time().map_or(self.now, |time| time.max(self.now)),
            traceparent: traceparent.to_owned(),
            body,
        });
        id
    }
}
