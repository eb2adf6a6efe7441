//! What matching looks at of leads, as columns.

use crate::rows::{form, names};
use chrono::{DateTime, Utc};
use opportune_domain::ids::LeadId;
use opportune_domain::lead::Lead;
use opportune_domain::similar::Form;
use opportune_domain::world::World;
use uuid::Uuid;

/// New forms with what stands beside them; what changed beside forms that stay; and leads that have none any more.
#[derive(Debug, Default)]
pub(super) struct FormColumns<'a> {
    pub made: Beside<'a>,
    pub forms: Vec<Vec<u8>>,
    pub kept: Beside<'a>,
    pub gone: Vec<Uuid>,
}

/// What a search looks at beside the form.
#[derive(Debug, Default)]
pub(super) struct Beside<'a> {
    pub ids: Vec<Uuid>,
    pub statuses: Vec<&'a str>,
    pub create_times: Vec<DateTime<Utc>>,
    pub salespeople: Vec<Option<Uuid>>,
    pub customers: Vec<Option<Uuid>>,
}

impl<'a> FormColumns<'a> {
    /// Of leads that `world` changes.
    pub fn of_changed(world: &World, leads: &[&Lead]) -> Self {
        let mut columns = Self::default();
        for lead in leads {
            let before = world.changes.leads.get(&lead.id).and_then(Option::as_ref);
            match world.changes.lead_forms.get(&lead.id) {
                Some(form) => columns.put(lead, form.as_ref()),
                None if before.is_none_or(|before| shows_otherwise(before, lead)) => columns.kept.push(lead),
                None => {}
            }
        }
        columns
    }

    /// Of leads whose forms are made anew.
    pub fn of_rekeyed<'f>(world: &World, forms: impl Iterator<Item = (LeadId, &'f Option<Form>)>) -> Self {
        let mut columns = Self::default();
        for (id, form) in forms {
            match world.leads.get(&id) {
                Some(lead) => columns.put(lead, form.as_ref()),
                None => columns.gone.push(id.0),
            }
        }
        columns
    }

    /// `None` = a tombstone has none.
    fn put(&mut self, lead: &Lead, form: Option<&Form>) {
        match form.and_then(form::encode) {
            Some(bytes) => {
                self.made.push(lead);
                self.forms.push(bytes);
            }
            None => self.gone.push(lead.id.0),
        }
    }
}

impl Beside<'_> {
    fn push(&mut self, lead: &Lead) {
        self.ids.push(lead.id.0);
        self.statuses.push(names::lead_status(lead.status));
        self.create_times.push(lead.create_time);
        self.salespeople.push(lead.salesperson_id.map(Uuid::from));
        self.customers.push(lead.customer_id.map(Uuid::from));
    }
}

fn shows_otherwise(before: &Lead, after: &Lead) -> bool {
    let shown = |lead: &Lead| (lead.status, lead.salesperson_id, lead.customer_id);
    shown(before) != shown(after)
}
