//! Settling conversions: the worker's unit of work; and changing one by hand.

use super::similar::duplicate_keys;
use crate::call::Call;
use crate::ids::IdSource;
use crate::ports::{Needs, Work};
use opportune_domain::conversion::{
    Conversion, ConversionState, ConvertCommand, DuplicatePolicy, customer_needs, named_leads, settle,
};
use opportune_domain::ids::{ConversionId, LeadId};
use opportune_domain::keys::Key;
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::world::{JobNote, World};
use std::collections::{BTreeMap, BTreeSet};

/// Settles conversions one after another over one snapshot. Those that are settled already stay as they are.
pub struct Settle {
    conversions: Vec<ConversionId>,
    ids: IdSource,
    /// Conversions that were tried before are settled too.
    alone: bool,
    /// Conversions that were tried before, and therefore left out: they have to be tried alone.
    pub left_alone: Vec<ConversionId>,
    /// Normal forms are slow to make: what was asked for a lead once is kept.
    asked: BTreeMap<LeadId, BTreeSet<Key>>,
}

impl Settle {
    /// Settles these, but for those that were tried before.
    pub fn together(conversions: Vec<ConversionId>, ids: IdSource) -> Self {
        Self {
            conversions,
            ids,
            alone: false,
            left_alone: Vec::new(),
            asked: BTreeMap::new(),
        }
    }

    /// Settles this one, whatever happened to it before.
    pub fn alone(conversion: ConversionId, ids: IdSource) -> Self {
        Self {
            alone: true,
            ..Self::together(vec![conversion], ids)
        }
    }
}

impl Work for Settle {
    fn needs(&mut self, world: &World) -> Needs {
        // Every try begins with an empty world: the leads may have changed since the last one.
        if world.conversions.is_empty() {
            self.asked.clear();
        }
        let mut needs = Needs {
            conversions: self.conversions.iter().copied().collect(),
            ..Needs::default()
        };
        let Self { alone, asked, .. } = self;
        for conversion in world.conversions.values().filter(|one| is_due(one, *alone)) {
            command_needs(world, &conversion.command, &mut needs, asked, true);
        }
        needs
    }

    fn decide(&mut self, world: &mut World) {
        self.left_alone.clear();
        for id in &self.conversions {
            if world
                .conversions
                .get(id)
                .is_some_and(|conversion| is_due(conversion, self.alone))
            {
                settle(world, *id, &mut self.ids);
            } else if world
                .conversions
                .get(id)
                .is_some_and(|conversion| conversion.state.is_live())
            {
                self.left_alone.push(*id);
            }
        }
    }
}

/// Queued; or, when it is tried alone, queued or running.
fn is_due(conversion: &Conversion, alone: bool) -> bool {
    conversion.state == ConversionState::Queued || (alone && conversion.state.is_live())
}

/// What deciding a command needs to see. With `lock`, what it may change is locked.
pub(super) fn command_needs(
    world: &World,
    command: &ConvertCommand,
    needs: &mut Needs,
    asked: &mut BTreeMap<LeadId, BTreeSet<Key>>,
    lock: bool,
) {
    let leads = named_leads(world, command);
    let Some(lead) = leads.last().and_then(|id| world.leads.get(id)) else {
        if lock {
            needs.leads.extend(leads)
        } else {
            needs.peek_leads.extend(leads)
        }
        return;
    };
    if lock {
        needs.leads.extend(leads)
    } else {
        needs.peek_leads.extend(leads)
    }
    let customer = customer_needs(lead, command);
    needs.customers.extend(customer.ids);
    if lock {
        needs.customer_keys_locked.extend(customer.keys);
    } else {
        needs.customer_keys.extend(customer.keys);
    }
    let customer_known = lead.customer_id.is_none_or(|id| world.customers.contains_key(&id));
    if command.on_duplicates != DuplicatePolicy::Ignore && customer_known {
        let keys = asked.entry(lead.id).or_insert_with(|| duplicate_keys(world, lead));
        needs.open_lead_keys.extend(keys.iter());
    }
}

/// How to change a conversion by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConversionChange {
    /// Takes back what has not started.
    Cancel,
    /// Tries a failed one again.
    Retry,
}

/// Changes one conversion by hand.
pub struct ChangeConversion {
    /// Who calls.
    pub call: Call,
    /// Which.
    pub id: ConversionId,
    /// How.
    pub change: ConversionChange,
    /// The conversion afterwards, or why not.
    pub result: Option<Result<Conversion, Refusal>>,
}

impl Work for ChangeConversion {
    fn needs(&mut self, world: &World) -> Needs {
        let lead = world.conversions.get(&self.id).map(|conversion| conversion.lead_id);
        Needs {
            conversions: BTreeSet::from([self.id]),
            peek_leads: lead.into_iter().collect(),
            live_of: lead.into_iter().collect(),
            ..Needs::default()
        }
    }

    fn decide(&mut self, world: &mut World) {
        self.result = Some(self.change(world));
    }
}

impl ChangeConversion {
    fn change(&self, world: &mut World) -> Result<Conversion, Refusal> {
        let known = world.conversions.get(&self.id);
        let mut conversion = known
            .cloned()
            .ok_or_else(|| Refusal::not_found(Reason::ConversionNotFound, self.id))?;
        if let Some(lead) = world.leads.get(&conversion.lead_id) {
            self.call.caller.must_see(lead)?;
        }
        match (self.change, &conversion.state) {
            (ConversionChange::Cancel, ConversionState::Queued) => {
                conversion.state = ConversionState::Cancelled;
                conversion.end_time = Some(world.now);
            }
            (ConversionChange::Retry, ConversionState::Failed { .. }) => {
                if let Some(live) = world.live_conversions.get(&conversion.lead_id) {
                    return Err(
                        Refusal::new(Reason::ConversionInProgress, "a conversion of this lead is under way")
                            .with("conversion_id", live),
                    );
                }
                conversion.state = ConversionState::Queued;
                conversion.end_time = None;
                world.changes.jobs.push(JobNote {
                    conversion: conversion.id,
                    bulk: conversion.batch_id.is_some(),
                    not_before: None,
                    traceparent: self.call.traceparent.clone(),
                });
            }
            (change, state) => return Err(wrong_state(change, state.name())),
        }
        world.put_conversion(conversion.clone());
        Ok(conversion)
    }
}

/// Rules 10.2.
fn wrong_state(change: ConversionChange, state: &str) -> Refusal {
    let rule = match change {
        ConversionChange::Cancel => "only an unfinished conversion that no worker has taken can be cancelled",
        ConversionChange::Retry => "only a failed conversion can be tried again",
    };
    Refusal::new(Reason::ConversionStateInvalid, format!("{rule}; this one is {state}")).with("state", state)
}
