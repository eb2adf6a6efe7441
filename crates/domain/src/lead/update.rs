//! A change of a record by hand (rules 5.6, 6.5, 9.2).

use super::{Lead, LeadPatch, LeadStatus, assign, close, fill_from_customer, first_stage, keep_or_first_stage};
use crate::conversion::survivor_of;
use crate::ids::{LeadId, StageId};
use crate::lead::references::check_references;
use crate::refusal::{Reason, Refusal};
use crate::world::World;

/// The record after `given`; nothing is written. `etag`, if any, must be the record's.
///
/// # Errors
/// `FIELD_INVALID`, `ETAG_MISMATCH`, `LEAD_MERGED`, `EXTERNAL_ID_TAKEN`, or a referenced record that is not there.
pub fn update_lead(world: &World, lead: &Lead, given: &LeadPatch, etag: Option<&str>) -> Result<Lead, Refusal> {
    given.check()?;
    check_references(world, given)?;
    close::must_be_no_tombstone(lead)?;
    must_match(lead, etag)?;
    if given.kind.is_some_and(|kind| kind != lead.kind) {
        return Err(Refusal::field("type", "changes by conversion only"));
    }
    external_id_is_free(world, lead, given)?;
    let mut after = lead.clone();
    given.write_plain(&mut after);
    reassign(world, lead, given, &mut after);
    if let Some(customer) = given.customer_id {
        link(world, &mut after, customer.and_then(|id| world.customers.get(&id)));
    }
    move_to_stage(world, given, lead, &mut after);
    Ok(after)
}

/// Refuses when an etag is given that is not the record's.
pub fn must_match(lead: &Lead, etag: Option<&str>) -> Result<(), Refusal> {
    match etag {
        Some(etag) if !etag.is_empty() && etag != lead.etag() => Err(Refusal::new(
            Reason::EtagMismatch,
            "the record was changed since it was read",
        )
        .with("etag", lead.etag())),
        _ => Ok(()),
    }
}

fn external_id_is_free(world: &World, lead: &Lead, given: &LeadPatch) -> Result<(), Refusal> {
    match given.external_id.as_ref().and_then(|id| world.external_ids.get(id)) {
        // An alias of the record itself is its own.
        Some(taken) if !stands_for(world, *taken, lead) => {
            Err(Refusal::new(Reason::ExternalIdTaken, "another record has this external_id").with("lead_id", taken))
        }
        _ => Ok(()),
    }
}

fn stands_for(world: &World, named: LeadId, lead: &Lead) -> bool {
    let named = world.leads.get(&named).map(|named| survivor_of(world, named).id);
    named.is_some_and(|id| id == lead.id)
}

/// Team follows salesperson (rules 6.2, 6.5); clearing either is done as asked.
fn reassign(world: &World, before: &Lead, given: &LeadPatch, after: &mut Lead) {
    if given.salesperson_id.is_none() && given.team_id.is_none() {
        return;
    }
    match (given.salesperson_id, given.team_id) {
        (Some(None), team) => {
            after.salesperson_id = None;
            after.team_id = team.unwrap_or(before.team_id);
        }
        (person, Some(None)) => {
            after.salesperson_id = person.flatten().or(before.salesperson_id);
            after.team_id = None;
        }
        (person, team) => {
            let wish = assign(&world.config, before, person.flatten(), team.flatten(), before.kind);
            after.salesperson_id = wish.salesperson_id;
            after.team_id = wish.team_id;
        }
    }
    if after.salesperson_id != before.salesperson_id {
        after.assign_time = after.salesperson_id.map(|_| world.now);
    }
}

fn link(world: &World, lead: &mut Lead, customer: Option<&crate::customer::Customer>) {
    lead.customer_id = customer.map(|customer| customer.id);
    if let Some(customer) = customer {
        let company = customer.parent_id.and_then(|id| world.customers.get(&id));
        fill_from_customer(lead, customer, company);
    }
}

/// The stage as given, or a valid one for a new team; a won stage wins, leaving one reopens (rules 4.4, 9.2).
/// A change of anything else leaves the stage alone, even one that its team has lost meanwhile.
fn move_to_stage(world: &World, given: &LeadPatch, before: &Lead, lead: &mut Lead) {
    let target: Option<StageId> = match given.stage_id {
        Some(None) => first_stage(&world.config, lead.team_id),
        Some(wish) => keep_or_first_stage(&world.config, wish, lead.team_id),
        None if lead.team_id == before.team_id => return,
        None => keep_or_first_stage(&world.config, lead.stage_id, lead.team_id),
    };
    let moved = target != lead.stage_id;
    lead.stage_id = target;
    let won_stage = target
        .and_then(|id| world.config.stage(id))
        .is_some_and(|stage| stage.won);
    match (moved, won_stage, lead.status) {
        (true, true, LeadStatus::Open | LeadStatus::Lost) => close::win_in_place(lead, world.now),
        (true, false, LeadStatus::Won) => {
            close::reopen(lead);
            lead.probability = given.probability.unwrap_or(lead.probability);
        }
        _ => {}
    }
}
