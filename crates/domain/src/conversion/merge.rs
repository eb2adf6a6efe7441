//! Merging records (rules 7): who survives, which value each field ends with, and what is told about the rest. Pure.

mod description;
mod fields;
mod gathering;
mod note;
mod order;

pub(super) use note::note;

use super::SurvivorRule;
use super::plan::{FieldDecision, NotCarried};
use crate::lead::{Lead, LeadStatus, reopen};
use crate::tenant::TenantConfig;
use gathering::Gathering;

/// The outcome of a merge, before customer, type, assignment and stage are decided. Of a conversion that merges nothing
/// it is the record as it is.
#[derive(Debug, Clone)]
pub struct Merged {
    /// The survivor as it was.
    pub before: Lead,
    /// The survivor with the merged fields, open.
    pub lead: Lead,
    /// The others as they were, in the order of rules 7.2.
    pub absorbed: Vec<Lead>,
    /// Which value each field ends with, and from where.
    pub fields: Vec<FieldDecision>,
    /// What the survivor could not take over.
    pub not_carried: Vec<NotCarried>,
}

impl Merged {
    /// A record that is merged with nothing.
    pub(super) fn alone(lead: &Lead) -> Self {
        Self {
            before: lead.clone(),
            lead: lead.clone(),
            absorbed: Vec::new(),
            fields: Vec::new(),
            not_carried: Vec::new(),
        }
    }

    /// One of the records is an opportunity (rules 7.3).
    pub(super) fn has_opportunity(&self) -> bool {
        use crate::lead::LeadType::Opportunity;
        self.before.kind == Opportunity || self.absorbed.iter().any(|lead| lead.kind == Opportunity)
    }
}

/// Merges `others` with `lead`; with no others it is `lead` as it is.
pub(super) fn merge(config: &TenantConfig, lead: &Lead, others: &[&Lead], rule: SurvivorRule) -> Merged {
    if others.is_empty() {
        return Merged::alone(lead);
    }
    let mut records: Vec<&Lead> = std::iter::once(lead).chain(others.iter().copied()).collect();
    order::sort(config, &mut records, rule);
    let mut gathering = Gathering::of(&records);
    fields::gather(config, &mut gathering);
    let Gathering {
        lead: mut survivor,
        fields,
        not_carried,
        ..
    } = gathering;
    if matches!(survivor.status, LeadStatus::Lost | LeadStatus::Archived) {
        reopen(&mut survivor);
    }
    let absorbed: Vec<Lead> = records.iter().skip(1).map(|lead| (*lead).clone()).collect();
    for lead in &absorbed {
        remember(&mut survivor, lead);
    }
    Merged {
        before: records[0].clone(),
        lead: survivor,
        absorbed,
        fields,
        not_carried,
    }
}

/// An absorbed record as it stands from now on: readable, with all that it had (rules 7.7).
pub(super) fn tombstone(lead: &Lead, survivor: &Lead) -> Lead {
    Lead {
        status: LeadStatus::Merged,
        survivor_id: Some(survivor.id),
        ..lead.clone()
    }
}

/// The survivor knows every record that stands behind it, also those that an absorbed one had absorbed before: a revert
/// finds by them which entries of the timeline came with whom.
fn remember(survivor: &mut Lead, absorbed: &Lead) {
    for id in std::iter::once(absorbed.id).chain(absorbed.merged_lead_ids.iter().copied()) {
        if !survivor.merged_lead_ids.contains(&id) {
            survivor.merged_lead_ids.push(id);
        }
    }
}
