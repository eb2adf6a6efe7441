//! Which records a command means: the one to be converted, and the others that are merged with it (rules 4.1, 4.5, 7.1).

use super::{ConversionMode, ConvertCommand, DuplicatePolicy};
use crate::access::Caller;
use crate::batch;
use crate::ids::{BatchId, LeadId};
use crate::lead::{Lead, LeadStatus, must_be_no_tombstone};
use crate::limits;
use crate::refusal::{Reason, Refusal};
use crate::similar::{self, Match};
use crate::world::World;
use std::collections::BTreeSet;

/// How many tombstones in a row are followed to the survivor.
const CHAIN: usize = 32;
/// How many duplicates a refusal names.
const NAMED_DUPLICATES: usize = 5;

/// Leads that have to be loaded for a command, as far as the world knows: the named ones, each with its survivors.
pub fn named_leads(world: &World, command: &ConvertCommand) -> BTreeSet<LeadId> {
    let mut ids = BTreeSet::new();
    for named in std::iter::once(&command.lead_id).chain(merge_ids(command)) {
        let mut next = Some(*named);
        for _ in 0..=CHAIN {
            let Some(id) = next.filter(|id| ids.insert(*id)) else {
                break;
            };
            next = world.leads.get(&id).and_then(|lead| lead.survivor_id);
        }
    }
    ids
}

/// The record that stands for `named` now: itself, or the end of its chain of tombstones (rules 7.7).
pub fn survivor_of<'w>(world: &'w World, named: &'w Lead) -> &'w Lead {
    let mut lead = named;
    for _ in 0..CHAIN {
        match lead.survivor_id.and_then(|id| world.leads.get(&id)) {
            Some(next) => lead = next,
            None => break,
        }
    }
    lead
}

/// A record that is named, and the one that stands for it now.
///
/// # Errors
/// `LEAD_NOT_FOUND`, `PERMISSION_DENIED`.
pub(super) fn named<'w>(world: &'w World, id: LeadId, caller: &Caller) -> Result<(&'w Lead, &'w Lead), Refusal> {
    let named = world
        .leads
        .get(&id)
        .ok_or_else(|| Refusal::not_found(Reason::LeadNotFound, id))?;
    let lead = survivor_of(world, named);
    caller.must_see(lead)?;
    Ok((named, lead))
}

/// The others that a command merges with `lead`: those it names, or the duplicates found. None = nothing is merged. To an
/// item of `batch` its duplicates inside of the batch mean something else (rules 8.2).
///
/// # Errors
/// `LEAD_NOT_FOUND`, `PERMISSION_DENIED`, `LEAD_WON`, `NOTHING_TO_MERGE`, `TOO_MANY_MERGE_SOURCES`; `DUPLICATES_FOUND` by
/// the policy REJECT.
pub fn others<'w>(
    world: &'w World,
    lead: &Lead,
    command: &ConvertCommand,
    batch: Option<BatchId>,
) -> Result<Vec<&'w Lead>, Refusal> {
    if command.names_others() {
        return named_others(world, lead, command);
    }
    if !command.looks_for_duplicates() {
        return Ok(Vec::new());
    }
    let duplicates = similar::duplicates(world, lead, &command.caller);
    let duplicates = match batch {
        Some(batch) => batch::duplicates_within(world, batch, lead, command, duplicates),
        None => duplicates,
    };
    match (command.mode, command.on_duplicates) {
        (ConversionMode::Convert, DuplicatePolicy::Reject) if !duplicates.is_empty() => {
            return Err(duplicates_found(&duplicates));
        }
        (ConversionMode::Convert, _) => {}
        _ if duplicates.is_empty() => return Err(nothing_to_merge("no duplicates of the record were found")),
        _ => {}
    }
    let found: Vec<&Lead> = duplicates
        .iter()
        .filter_map(|found| world.leads.get(&found.lead_id))
        .collect();
    not_too_many(world, found.len() + 1)?;
    Ok(found)
}

/// The others that a command names: each once, tombstones by their survivors (rules 7.1).
///
/// # Errors
/// `LEAD_NOT_FOUND`, `PERMISSION_DENIED`, `LEAD_WON`, `LEAD_MERGED`, `NOTHING_TO_MERGE`.
pub(super) fn named_others<'w>(
    world: &'w World,
    lead: &Lead,
    command: &ConvertCommand,
) -> Result<Vec<&'w Lead>, Refusal> {
    let mut seen = BTreeSet::from([lead.id]);
    let mut others = Vec::new();
    for id in &command.merge_lead_ids {
        let (_, other) = named(world, *id, &command.caller)?;
        if !seen.insert(other.id) {
            continue;
        }
        must_be_mergeable(other)?;
        others.push(other);
    }
    if others.is_empty() {
        return Err(nothing_to_merge("fewer than two different records"));
    }
    Ok(others)
}

/// Refuses a list of more records than may be merged, before any of them is looked at (rules 7.1).
pub(super) fn must_be_within_limit(world: &World, command: &ConvertCommand) -> Result<(), Refusal> {
    not_too_many(world, distinct(command))
}

/// Won records are merged with nothing (rules 7.1), nor is a tombstone whose survivor is not there: it was absorbed already.
pub(super) fn must_be_mergeable(lead: &Lead) -> Result<(), Refusal> {
    must_be_no_tombstone(lead)?;
    if lead.status == LeadStatus::Won {
        return Err(Refusal::new(Reason::LeadWon, format!("record {} is won", lead.id)).with("lead_id", lead.id));
    }
    Ok(())
}

/// The others that are looked at; of a list that no tenant may merge, none is.
fn merge_ids(command: &ConvertCommand) -> &[LeadId] {
    if distinct(command) > usize::try_from(limits::MERGE).unwrap_or(usize::MAX) {
        &[]
    } else {
        &command.merge_lead_ids
    }
}

fn distinct(command: &ConvertCommand) -> usize {
    let ids: BTreeSet<&LeadId> = std::iter::once(&command.lead_id)
        .chain(&command.merge_lead_ids)
        .collect();
    ids.len()
}

fn not_too_many(world: &World, records: usize) -> Result<(), Refusal> {
    let limit = world.config.settings.merge_limit;
    if records <= usize::try_from(limit).unwrap_or(usize::MAX) {
        return Ok(());
    }
    Err(Refusal::new(
        Reason::TooManyMergeSources,
        format!("{records} records are more than the limit of {limit} in one merge"),
    )
    .with("limit", limit)
    .with("count", records))
}

fn nothing_to_merge(why: &str) -> Refusal {
    Refusal::new(Reason::NothingToMerge, format!("there is nothing to merge: {why}"))
}

fn duplicates_found(duplicates: &[Match]) -> Refusal {
    let best: Vec<String> = duplicates
        .iter()
        .take(NAMED_DUPLICATES)
        .map(|found| found.lead_id.to_string())
        .collect();
    Refusal::new(
        Reason::DuplicatesFound,
        format!(
            "{} records are probably the same: {}",
            duplicates.len(),
            best.join(", ")
        ),
    )
    .with("lead_ids", best.join(","))
    .with("count", duplicates.len())
}
