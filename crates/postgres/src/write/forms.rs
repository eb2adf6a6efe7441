//! What matching keeps of leads beside their keys, as columns: forms, and which keys there are.

use super::text;
use crate::rows::{form, names};
use chrono::{DateTime, Utc};
use opportune_domain::ids::LeadId;
use opportune_domain::keys::{Key, Stored};
use opportune_domain::lead::Lead;
use opportune_domain::similar::Form;
use opportune_domain::world::World;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Rows of `lead_forms`, or what changes in them.
#[derive(Debug, Default)]
pub(super) struct FormColumns<'a> {
    pub ids: Vec<Uuid>,
    /// Whether the form is another one.
    pub made: Vec<bool>,
    /// A tombstone has none.
    pub forms: Vec<Option<Vec<u8>>>,
    /// Keys that come; of a new row all.
    pub added: Vec<String>,
    /// Keys that go.
    pub gone: Vec<String>,
    pub statuses: Vec<&'a str>,
    pub create_times: Vec<DateTime<Utc>>,
    pub salespeople: Vec<Option<Uuid>>,
    pub customers: Vec<Option<Uuid>>,
}

impl FormColumns<'_> {
    /// Of leads that `world` changes: those of which anything here is another.
    pub fn of_changed(world: &World, leads: &[&Lead]) -> Self {
        let mut columns = Self::default();
        let none = BTreeSet::new();
        for lead in leads {
            let before = world.changes.leads.get(&lead.id).and_then(Option::as_ref);
            let form = world.changes.lead_forms.get(&lead.id);
            let keys = world.changes.lead_keys.get(&lead.id);
            let (added, gone) = keys.map_or((&none, &none), |keys| (&keys.added, &keys.gone));
            let other_keys = !(added.is_empty() && gone.is_empty());
            if form.is_some() || other_keys || before.is_none_or(|before| shows_otherwise(before, lead)) {
                columns.put(lead, form.map(Option::as_ref), added, gone);
            }
        }
        columns
    }

    /// Of leads whose keys and forms are made anew.
    pub fn of_rekeyed<'s>(world: &World, leads: impl Iterator<Item = (LeadId, &'s Stored)>) -> Self {
        let mut columns = Self::default();
        for (id, stored) in leads {
            if let Some(lead) = world.leads.get(&id) {
                columns.put(lead, Some(stored.form.as_ref()), &stored.keys, &BTreeSet::new());
            }
        }
        columns
    }

    /// Outer `None` = the form stays as it is.
    fn put(&mut self, lead: &Lead, form: Option<Option<&Form>>, added: &BTreeSet<Key>, gone: &BTreeSet<Key>) {
        self.ids.push(lead.id.0);
        self.made.push(form.is_some());
        self.forms.push(form.flatten().and_then(form::encode));
        self.added.push(hashes(added));
        self.gone.push(hashes(gone));
        self.statuses.push(names::lead_status(lead.status));
        self.create_times.push(lead.create_time);
        self.salespeople.push(lead.salesperson_id.map(Uuid::from));
        self.customers.push(lead.customer_id.map(Uuid::from));
    }
}

/// Sorted, so that what a lead has is written in one way.
fn hashes(keys: &BTreeSet<Key>) -> String {
    let mut hashes: Vec<i64> = keys.iter().map(|key| key.hash).collect();
    hashes.sort_unstable();
    text::plain(&hashes)
}

fn shows_otherwise(before: &Lead, after: &Lead) -> bool {
    let shown = |lead: &Lead| (lead.status, lead.salesperson_id, lead.customer_id);
    shown(before) != shown(after)
}
