//! Settling conversions: the worker's unit of work; and changing one by hand.

use super::command::{Asked, Locks, command_needs};
use crate::call::Call;
use crate::ids::IdSource;
use crate::ports::{Needs, Work};
use opportune_domain::batch::item_keys;
use opportune_domain::conversion::{Conversion, ConversionState, merged_within, named_leads, settle};
use opportune_domain::ids::{ConversionId, LeadId};
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::world::{JobNote, World};
use std::collections::BTreeSet;

/// Settles conversions one after another over one snapshot. Those that are settled already stay as they are.
pub struct Settle {
    conversions: Vec<ConversionId>,
    ids: IdSource,
    /// Conversions that were tried before are settled too.
    alone: bool,
    /// Conversions that were tried before, and therefore left out: they have to be tried alone.
    pub left_alone: Vec<ConversionId>,
    /// Conversions of records that a merge of this unit of work has changed: they have to see more than was loaded.
    pub again: Vec<ConversionId>,
    /// What was asked for each lead.
    asked: Asked,
}

impl Settle {
    /// Settles these, but for those that were tried before.
    pub fn together(conversions: Vec<ConversionId>, ids: IdSource) -> Self {
        Self {
            conversions,
            ids,
            alone: false,
            left_alone: Vec::new(),
            again: Vec::new(),
            asked: Asked::default(),
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
            self.asked = Asked::default();
        }
        let mut needs = Needs {
            conversions: self.conversions.iter().copied().collect(),
            ..Needs::default()
        };
        let locks = if self.conversions.len() == 1 {
            Locks::AtOnce
        } else {
            Locks::AfterALook
        };
        let Self { alone, asked, .. } = self;
        for conversion in world.conversions.values().filter(|one| is_due(one, *alone)) {
            let (command, batch) = (&conversion.command, conversion.batch_id);
            command_needs(world, command, batch, &mut needs, asked, locks);
            needs.items.extend(item_keys(world, conversion));
        }
        needs
    }

    fn decide(&mut self, world: &mut World) {
        self.left_alone.clear();
        self.again.clear();
        for id in &self.conversions {
            let Some(conversion) = world.conversions.get(id).filter(|one| one.state.is_live()) else {
                continue;
            };
            if !is_due(conversion, self.alone) {
                self.left_alone.push(*id);
            } else if was_outrun(world, conversion) {
                self.again.push(*id);
            } else {
                settle(world, *id, &mut self.ids);
            }
        }
    }
}

/// What this command is about has been changed in this unit of work so that other keys and customers matter for it now
/// than those that were loaded and locked. It goes into the next one, as if that had come after.
fn was_outrun(world: &World, conversion: &Conversion) -> bool {
    let command = &conversion.command;
    let changes = &world.changes;
    let took_part = |id: &LeadId| {
        let mut survivors = changes.timeline_moves.values();
        changes.timeline_moves.contains_key(id) || survivors.any(|survivor| survivor == id)
    };
    if named_leads(world, command).iter().any(took_part) {
        return true;
    }
    command.merges()
        && merged_within(world, command, conversion.batch_id).is_ok_and(|merged| {
            let mut others = merged.absorbed.iter().chain([&merged.before]);
            others.any(|lead| changes.leads.contains_key(&lead.id))
        })
}

/// Queued; or, when it is tried alone, queued or running.
fn is_due(conversion: &Conversion, alone: bool) -> bool {
    conversion.state == ConversionState::Queued || (alone && conversion.state.is_live())
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
