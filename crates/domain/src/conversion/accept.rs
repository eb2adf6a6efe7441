//! What can be known about a conversion before it is decided; asked at the call, and again by the worker.

use super::{ConversionMode, ConvertCommand, CustomerChoice};
use crate::ids::LeadId;
use crate::lead::references::{customer_exists, salesperson_works, team_exists};
use crate::lead::{Lead, LeadStatus, LeadType, must_match};
use crate::refusal::{Reason, Refusal};
use crate::world::World;

/// How many tombstones in a row are followed to the survivor.
const CHAIN: usize = 32;

/// Refuses what cannot become a conversion, and what is being converted already.
///
/// # Errors
/// Every reason of [`target`], and `CONVERSION_IN_PROGRESS`.
pub fn accept(world: &World, command: &ConvertCommand) -> Result<(), Refusal> {
    let lead = target(world, command)?;
    let live = [lead.id, command.lead_id]
        .iter()
        .find_map(|id| world.live_conversions.get(id));
    match live {
        Some(conversion) => Err(
            Refusal::new(Reason::ConversionInProgress, "a conversion of this lead is under way")
                .with("conversion_id", conversion),
        ),
        None => Ok(()),
    }
}

/// The record that a command means, if it can be converted (rules 4.1): the named one, or a tombstone's survivor.
///
/// # Errors
/// `FIELD_INVALID`, `LEAD_NOT_FOUND`, `PERMISSION_DENIED`, `LEAD_ALREADY_CONVERTED`, `LEAD_WON`, `LEAD_LOST`,
/// `LEAD_ARCHIVED`, `LEAD_MERGED`, `ETAG_MISMATCH`, or a referenced record that is not there.
pub fn target<'w>(world: &'w World, command: &ConvertCommand) -> Result<&'w Lead, Refusal> {
    command.caller.must_handle_records()?;
    check_mode(command)?;
    let named = world
        .leads
        .get(&command.lead_id)
        .ok_or_else(|| Refusal::not_found(Reason::LeadNotFound, command.lead_id))?;
    let lead = survivor(world, named);
    command.caller.must_see(lead)?;
    must_be_convertible(named, lead)?;
    must_match(named, command.etag.as_deref())?;
    command
        .salesperson_id
        .map_or(Ok(()), |id| salesperson_works(world, id))?;
    command.team_id.map_or(Ok(()), |id| team_exists(world, id))?;
    if let CustomerChoice::Link(id) = command.customer {
        customer_exists(world, id)?;
    }
    Ok(lead)
}

/// Leads that have to be loaded for a command, as far as the world knows: the named one and its survivors.
pub fn named_leads(world: &World, command: &ConvertCommand) -> Vec<LeadId> {
    let mut ids = vec![command.lead_id];
    while let Some(next) = ids
        .last()
        .and_then(|id| world.leads.get(id))
        .and_then(|lead| lead.survivor_id)
    {
        if ids.len() > CHAIN || ids.contains(&next) {
            break;
        }
        ids.push(next);
    }
    ids
}

fn check_mode(command: &ConvertCommand) -> Result<(), Refusal> {
    match command.mode {
        ConversionMode::Convert if !command.merge_lead_ids.is_empty() => Err(Refusal::field(
            "merge_lead_ids",
            "must be empty in CONVERSION_MODE_CONVERT",
        )),
        ConversionMode::Convert => Ok(()),
        ConversionMode::Merge => Err(Refusal::new(Reason::NotImplemented, "merging is not available yet")),
    }
}

fn survivor<'w>(world: &'w World, named: &'w Lead) -> &'w Lead {
    let mut lead = named;
    for _ in 0..CHAIN {
        match lead.survivor_id.and_then(|id| world.leads.get(&id)) {
            Some(next) => lead = next,
            None => break,
        }
    }
    lead
}

fn must_be_convertible(named: &Lead, lead: &Lead) -> Result<(), Refusal> {
    let refused =
        |reason, what: &str| Err(Refusal::new(reason, format!("record {} {what}", lead.id)).with("lead_id", lead.id));
    let open_lead = lead.is_open() && lead.kind == LeadType::Lead;
    if named.status == LeadStatus::Merged && !open_lead {
        return Err(Refusal::new(
            Reason::LeadMerged,
            "the lead was merged into a record that cannot be converted",
        )
        .with("survivor_id", lead.id));
    }
    match (lead.status, lead.kind) {
        (LeadStatus::Won, _) => refused(Reason::LeadWon, "is won"),
        (LeadStatus::Lost, _) => refused(Reason::LeadLost, "is lost"),
        (LeadStatus::Archived, _) => refused(Reason::LeadArchived, "is archived"),
        (LeadStatus::Merged, _) => refused(Reason::LeadMerged, "was merged into another record"),
        (LeadStatus::Open, LeadType::Opportunity) => Err(Refusal::new(
            Reason::LeadAlreadyConverted,
            format!("record {} is an opportunity already", lead.id),
        )
        .with("opportunity_id", lead.id)),
        (LeadStatus::Open, LeadType::Lead) => Ok(()),
    }
}
