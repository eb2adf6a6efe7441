//! Taking a conversion back, completely or not at all (rules 10).

use super::{Conversion, ConversionState, Outcome, Plan};
use crate::access::Caller;
use crate::event::EventBody;
use crate::ids::{ConversionId, CustomerId, LeadId, NewIds};
use crate::lead::{Lead, LeadStatus, LeadType};
use crate::refusal::{Reason, Refusal};
use crate::touched::{BeforeImage, fields};
use crate::world::{TimelineReturn, World};
use std::collections::{BTreeMap, BTreeSet};

/// What a revert does, or did.
#[derive(Debug, Clone, PartialEq)]
pub struct Undoing {
    /// The records as they shall be again.
    leads: BTreeMap<LeadId, Lead>,
    /// Customers that the conversion had created and that go.
    pub removed: Vec<CustomerId>,
    /// Customers that it had created and that stay, because something else refers to them.
    pub kept: Vec<CustomerId>,
}

/// Checks whether `caller` can take a conversion back, and says what that would do. Of one that was taken back already
/// it says what was done.
///
/// # Errors
/// `CONVERSION_NOT_FOUND`, `PERMISSION_DENIED`, `CONVERSION_STATE_INVALID`, `REVERT_WINDOW_CLOSED`, `REVERT_CONFLICT`.
pub fn undo(world: &World, id: ConversionId, caller: &Caller) -> Result<Undoing, Refusal> {
    let conversion = world
        .conversions
        .get(&id)
        .ok_or_else(|| Refusal::not_found(Reason::ConversionNotFound, id))?;
    caller.must_revert(conversion)?;
    if let Some(lead) = world.leads.get(&conversion.lead_id) {
        caller.must_see(lead)?;
    }
    let outcome = match &conversion.state {
        ConversionState::Succeeded { outcome, .. } => outcome,
        ConversionState::Reverted { outcome, .. } => {
            return Ok(Undoing {
                leads: BTreeMap::new(),
                removed: outcome.removed_customer_ids.clone(),
                kept: outcome.kept_customer_ids.clone(),
            });
        }
        other => return Err(wrong_state(other.name())),
    };
    must_be_in_time(world, conversion)?;
    let leads = restored(world, id)?;
    let (removed, kept) = sort_customers(world, &outcome.created_customer_ids, &leads);
    Ok(Undoing { leads, removed, kept })
}

/// Takes a conversion back in the world: records, timelines, customers, events, state.
///
/// # Errors
/// Those of [`undo`]; nothing is changed then.
pub fn revert(world: &mut World, id: ConversionId, caller: &Caller, ids: &mut dyn NewIds) -> Result<Undoing, Refusal> {
    let undoing = undo(world, id, caller)?;
    let Some(mut conversion) = world.conversions.get(&id).cloned() else {
        return Ok(undoing);
    };
    let ConversionState::Succeeded { plan, mut outcome } = conversion.state else {
        return Ok(undoing);
    };
    let trace = conversion.traceparent.clone();
    return_timelines(world, &outcome, &undoing);
    // The survivor first: what it gives back, such as an external id, is the others' again.
    let mut leads = undoing.leads.clone();
    let survivor = leads.remove(&outcome.opportunity_id);
    let back: Vec<LeadId> = leads.keys().copied().collect();
    if let Some(survivor) = survivor {
        let survivor = world.put_lead(survivor).clone();
        let sequence = survivor.version;
        world.emit(ids, sequence, told(&plan, survivor, id, &back, &undoing), &trace);
    }
    for lead in leads.into_values() {
        let lead = world.put_lead(lead).clone();
        let sequence = lead.version;
        let body = EventBody::LeadUnmerged {
            lead: Box::new(lead),
            survivor_id: outcome.opportunity_id,
            conversion_id: id,
        };
        world.emit(ids, sequence, body, &trace);
    }
    for customer_id in &undoing.removed {
        let version = world.customers.get(customer_id).map_or(1, |customer| customer.version);
        world.remove_customer(*customer_id);
        let body = EventBody::CustomerRemoved {
            customer_id: *customer_id,
            conversion_id: id,
        };
        world.emit(ids, version + 1, body, &trace);
    }
    let body = EventBody::ConversionReverted {
        conversion_id: id,
        lead_id: conversion.lead_id,
    };
    world.emit(ids, i64::from(conversion.attempt) + 1, body, &trace);
    outcome.removed_customer_ids.clone_from(&undoing.removed);
    outcome.kept_customer_ids.clone_from(&undoing.kept);
    conversion.state = ConversionState::Reverted { plan, outcome };
    world.put_conversion(conversion);
    Ok(undoing)
}

fn told(plan: &Plan, survivor: Lead, id: ConversionId, back: &[LeadId], undoing: &Undoing) -> EventBody {
    let lead = Box::new(survivor);
    if plan.resulting_type == LeadType::Lead {
        return EventBody::LeadUpdated { lead };
    }
    EventBody::OpportunityReverted {
        lead,
        conversion_id: id,
        unmerged_lead_ids: back.to_vec(),
        removed_customer_ids: undoing.removed.clone(),
        kept_customer_ids: undoing.kept.clone(),
    }
}

fn must_be_in_time(world: &World, conversion: &Conversion) -> Result<(), Refusal> {
    match conversion.revert_deadline {
        Some(deadline) if world.now <= deadline => Ok(()),
        deadline => {
            let deadline = deadline.map(|time| time.to_rfc3339()).unwrap_or_default();
            Err(Refusal::new(
                Reason::RevertWindowClosed,
                "the time in which the conversion could be reverted is over",
            )
            .with("revert_deadline", deadline))
        }
    }
}

/// The records as they were before, if nothing has happened to them that would be lost (rules 10.2).
fn restored(world: &World, id: ConversionId) -> Result<BTreeMap<LeadId, Lead>, Refusal> {
    let images = world.images.get(&id).map(Vec::as_slice).unwrap_or_default();
    images
        .iter()
        .map(|image| {
            let lead = world
                .leads
                .get(&image.lead_id)
                .ok_or_else(|| Refusal::not_found(Reason::LeadNotFound, image.lead_id))?;
            Ok((lead.id, restore(image, lead)?))
        })
        .collect()
}

fn restore(image: &BeforeImage, lead: &Lead) -> Result<Lead, Refusal> {
    let mut now = fields(lead);
    let mut moved: Vec<&str> = Vec::new();
    for (name, change) in &image.fields {
        let as_left = now.get(name) == Some(&change.after);
        // A record that was put away, and was not reopened by the conversion, may stay so.
        let put_away = name == "status" && !change.touched() && lead.status == LeadStatus::Archived;
        if !as_left && !put_away {
            moved.push(name);
        } else if change.touched() {
            now.insert(name.clone(), change.before.clone());
        }
    }
    if !moved.is_empty() {
        return Err(conflict(lead, &moved));
    }
    // What was written by this very type is read by it.
    serde_json::from_value(now.into()).map_err(|_| conflict(lead, &["the record"]))
}

fn conflict(lead: &Lead, moved: &[&str]) -> Refusal {
    let names = moved.join(", ");
    Refusal::new(
        Reason::RevertConflict,
        format!("record {}: {names} is not as the conversion left it any more", lead.id),
    )
    .with("lead_id", lead.id)
    .with("fields", moved.join(","))
}

/// Customers that the conversion created: those that go, and those that something else refers to (rules 10.1).
fn sort_customers(
    world: &World,
    created: &[CustomerId],
    restored: &BTreeMap<LeadId, Lead>,
) -> (Vec<CustomerId>, Vec<CustomerId>) {
    let there = created.iter().filter(|id| world.customers.contains_key(id));
    let mut gone: BTreeSet<CustomerId> = there.copied().collect();
    // A person that stays keeps the company above.
    loop {
        let held = |id: &CustomerId| {
            let Some(referrers) = world.referrers.get(id) else {
                return false;
            };
            let by_lead = referrers.leads.iter().any(|lead| {
                let after = restored.get(lead);
                after.is_none_or(|lead| lead.customer_id == Some(*id))
            });
            by_lead || referrers.customers.iter().any(|below| !gone.contains(below))
        };
        let Some(stays) = gone.iter().copied().find(held) else {
            break;
        };
        gone.remove(&stays);
    }
    created.iter().partition(|id| gone.contains(id))
}

/// Entries that came with an absorbed record go back with it; the merge's own note goes (rules 10.2). Which came with
/// whom tells the record that they were written at.
fn return_timelines(world: &mut World, outcome: &Outcome, undoing: &Undoing) {
    for lead in undoing.leads.values().filter(|lead| lead.id != outcome.opportunity_id) {
        let origins = std::iter::once(lead.id).chain(lead.merged_lead_ids.iter().copied());
        world.changes.timeline_returns.push(TimelineReturn {
            from: outcome.opportunity_id,
            to: lead.id,
            origins: origins.collect(),
        });
    }
    world.changes.removed_entries.extend(outcome.note_id);
}

fn wrong_state(state: &str) -> Refusal {
    Refusal::new(
        Reason::ConversionStateInvalid,
        format!("only a conversion that has succeeded can be reverted; this one is {state}"),
    )
    .with("state", state)
}
