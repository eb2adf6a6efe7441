//! What can be known about a conversion before it is decided; asked at the call, and again by the worker.

use super::records::{must_be_mergeable, must_be_within_limit, named, named_others};
use super::{ConversionMode, ConvertCommand, CustomerChoice};
use crate::lead::references::{customer_exists, salesperson_works, team_exists};
use crate::lead::{Lead, LeadStatus, LeadType, must_match};
use crate::refusal::{Reason, Refusal};
use crate::world::World;

/// Refuses what cannot become a conversion, and what is being converted already.
///
/// # Errors
/// Every reason of [`target`]; of the others that are named `LEAD_NOT_FOUND`, `PERMISSION_DENIED`, `LEAD_WON`,
/// `NOTHING_TO_MERGE`; `CONVERSION_IN_PROGRESS`.
pub fn accept(world: &World, command: &ConvertCommand) -> Result<(), Refusal> {
    let lead = target(world, command)?;
    if command.names_others() {
        named_others(world, lead, command)?;
    }
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

/// The record that a command means, if it can be converted or merged (rules 4.1, 7.1): the named one, or a tombstone's
/// survivor.
///
/// # Errors
/// `FIELD_INVALID`, `TOO_MANY_MERGE_SOURCES`, `LEAD_NOT_FOUND`, `PERMISSION_DENIED`, `LEAD_ALREADY_CONVERTED`, `LEAD_WON`, `LEAD_LOST`,
/// `LEAD_ARCHIVED`, `LEAD_MERGED`, `ETAG_MISMATCH`, or a referenced record that is not there.
pub fn target<'w>(world: &'w World, command: &ConvertCommand) -> Result<&'w Lead, Refusal> {
    command.caller.must_handle_records()?;
    if command.mode == ConversionMode::Convert && !command.merge_lead_ids.is_empty() {
        return Err(Refusal::field(
            "merge_lead_ids",
            "must be empty in CONVERSION_MODE_CONVERT",
        ));
    }
    must_be_within_limit(world, command)?;
    let (named, lead) = named(world, command.lead_id, &command.caller)?;
    match command.mode {
        ConversionMode::MergeOnly => must_be_mergeable(lead)?,
        mode => must_be_convertible(named, lead, mode)?,
    }
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

/// Rules 4.1: an open lead; in mode MERGE an open opportunity too.
fn must_be_convertible(named: &Lead, lead: &Lead, mode: ConversionMode) -> Result<(), Refusal> {
    let refused =
        |reason, what: &str| Err(Refusal::new(reason, format!("record {} {what}", lead.id)).with("lead_id", lead.id));
    let fits = lead.is_open() && (lead.kind == LeadType::Lead || mode == ConversionMode::Merge);
    if fits {
        return Ok(());
    }
    if named.status == LeadStatus::Merged {
        return Err(Refusal::new(
            Reason::LeadMerged,
            format!("the lead was merged into record {}, which cannot be converted", lead.id),
        )
        .with("survivor_id", lead.id));
    }
    match lead.status {
        LeadStatus::Won => refused(Reason::LeadWon, "is won"),
        LeadStatus::Lost => refused(Reason::LeadLost, "is lost"),
        LeadStatus::Archived => refused(Reason::LeadArchived, "is archived"),
        LeadStatus::Merged => refused(Reason::LeadMerged, "was merged into another record"),
        LeadStatus::Open => Err(Refusal::new(
            Reason::LeadAlreadyConverted,
            format!("record {} is an opportunity already", lead.id),
        )
        .with("opportunity_id", lead.id)),
    }
}
