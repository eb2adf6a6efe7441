//! Won, lost, archived, restored (rules 9). What a record is already it stays, so that a call may be repeated.

use super::{Lead, LeadStatus};
use crate::ids::StageId;
use crate::refusal::{Reason, Refusal};
use crate::tenant::TenantConfig;
use chrono::{DateTime, Utc};
use std::cmp::Reverse;

/// Marks a record won: nearest won stage, probability 100, closed now (rules 9.1). A won one stays as it is.
///
/// # Errors
/// `LEAD_ARCHIVED`, `LEAD_MERGED`.
pub fn win(config: &TenantConfig, lead: &Lead, now: DateTime<Utc>) -> Result<Lead, Refusal> {
    must_be_no_tombstone(lead)?;
    match lead.status {
        LeadStatus::Won => return Ok(lead.clone()),
        LeadStatus::Archived => return Err(refused(lead, Reason::LeadArchived, "is archived: restore it first")),
        _ => {}
    }
    let mut after = lead.clone();
    after.stage_id = nearest_won_stage(config, lead).or(lead.stage_id);
    win_in_place(&mut after, now);
    Ok(after)
}

/// Marks a record lost (rules 9.1). The comment, if any, becomes a note of its own. One that is lost for this reason, or
/// for whatever reason when none is given, stays as it is.
///
/// # Errors
/// `LEAD_WON`, `LEAD_LOST` for another reason, `LEAD_ARCHIVED`, `LEAD_MERGED`.
pub fn lose(lead: &Lead, reason: &str, now: DateTime<Utc>) -> Result<Lead, Refusal> {
    must_be_no_tombstone(lead)?;
    match lead.status {
        LeadStatus::Won => return Err(refused(lead, Reason::LeadWon, "is won: change its stage first")),
        LeadStatus::Lost if reason.is_empty() || reason == lead.lost_reason => return Ok(lead.clone()),
        LeadStatus::Lost => {
            return Err(refused(
                lead,
                Reason::LeadLost,
                "is lost for another reason: change that",
            ));
        }
        LeadStatus::Archived => return Err(refused(lead, Reason::LeadArchived, "is archived: restore it first")),
        _ => {}
    }
    let mut after = lead.clone();
    after.earlier_probability = lead.probability;
    after.probability = Some(0.0);
    after.status = LeadStatus::Lost;
    reason.clone_into(&mut after.lost_reason);
    after.close_time = Some(now);
    Ok(after)
}

/// Puts an open record away, with the probability that it has. An archived one stays as it is.
///
/// # Errors
/// `LEAD_WON`, `LEAD_LOST`, `LEAD_MERGED`.
pub fn archive(lead: &Lead) -> Result<Lead, Refusal> {
    must_be_no_tombstone(lead)?;
    match lead.status {
        LeadStatus::Won => return Err(refused(lead, Reason::LeadWon, "is won: change its stage first")),
        LeadStatus::Lost => return Err(refused(lead, Reason::LeadLost, "is lost: restore it first")),
        _ => {}
    }
    Ok(Lead {
        status: LeadStatus::Archived,
        ..lead.clone()
    })
}

/// Reopens a lost or archived record, with its earlier probability (rules 9.1). An open one stays as it is.
///
/// # Errors
/// `LEAD_WON`, `LEAD_MERGED`.
pub fn restore(lead: &Lead) -> Result<Lead, Refusal> {
    must_be_no_tombstone(lead)?;
    match lead.status {
        LeadStatus::Won => return Err(refused(lead, Reason::LeadWon, "is won: change its stage to reopen it")),
        LeadStatus::Open => return Ok(lead.clone()),
        _ => {}
    }
    let mut after = lead.clone();
    reopen(&mut after);
    Ok(after)
}

/// Won, in the stage where it stands.
pub(super) fn win_in_place(lead: &mut Lead, now: DateTime<Utc>) {
    if lead.is_open() {
        lead.earlier_probability = lead.probability;
    }
    lead.status = LeadStatus::Won;
    lead.lost_reason.clear();
    lead.probability = Some(100.0);
    lead.close_time = Some(now);
}

/// Open again, with the probability from before it was won or lost; being archived does not change it.
pub(crate) fn reopen(lead: &mut Lead) {
    if matches!(lead.status, LeadStatus::Won | LeadStatus::Lost) {
        lead.probability = lead.earlier_probability.take();
    }
    lead.status = LeadStatus::Open;
    lead.lost_reason.clear();
    lead.close_time = None;
}

/// Refuses a tombstone, naming the record that absorbed it.
pub(crate) fn must_be_no_tombstone(lead: &Lead) -> Result<(), Refusal> {
    match lead.status {
        LeadStatus::Merged => {
            let survivor = lead.survivor_id.map(|id| id.to_string()).unwrap_or_default();
            Err(refused(lead, Reason::LeadMerged, "was merged into another record").with("survivor_id", survivor))
        }
        _ => Ok(()),
    }
}

/// At or after the current stage by sequence, else the nearest before it (rules 9.1).
fn nearest_won_stage(config: &TenantConfig, lead: &Lead) -> Option<StageId> {
    let here = lead
        .stage_id
        .and_then(|id| config.stage(id))
        .map_or(i32::MIN, |stage| stage.sequence);
    let won = || {
        config
            .stages
            .iter()
            .filter(|stage| stage.won && stage.serves(lead.team_id))
    };
    let after = won()
        .filter(|stage| stage.sequence >= here)
        .min_by_key(|stage| (stage.sequence, stage.id));
    after
        .or_else(|| won().min_by_key(|stage| (Reverse(stage.sequence), stage.id)))
        .map(|stage| stage.id)
}

fn refused(lead: &Lead, reason: Reason, what: &str) -> Refusal {
    Refusal::new(reason, format!("record {} {what}", lead.id)).with("lead_id", lead.id)
}
