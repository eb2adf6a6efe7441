//! Won, lost, archived, restored (rules 9).

use super::{Lead, LeadStatus};
use crate::ids::StageId;
use crate::refusal::{Reason, Refusal};
use crate::tenant::TenantConfig;
use chrono::{DateTime, Utc};
use std::cmp::Reverse;

/// Marks a record won: nearest won stage, probability 100, closed now (rules 9.1).
///
/// # Errors
/// `LEAD_WON`, `LEAD_ARCHIVED`, `LEAD_MERGED`.
pub fn win(config: &TenantConfig, lead: &Lead, now: DateTime<Utc>) -> Result<Lead, Refusal> {
    must_be_no_tombstone(lead)?;
    match lead.status {
        LeadStatus::Won => return Err(refused(lead, Reason::LeadWon, "is won already")),
        LeadStatus::Archived => return Err(refused(lead, Reason::LeadArchived, "is archived: restore it first")),
        _ => {}
    }
    let mut after = lead.clone();
    after.stage_id = nearest_won_stage(config, lead).or(lead.stage_id);
    win_in_place(&mut after, now);
    Ok(after)
}

/// Marks a record lost (rules 9.1). The comment, if any, becomes a note of its own.
///
/// # Errors
/// `LEAD_WON`, `LEAD_LOST`, `LEAD_ARCHIVED`, `LEAD_MERGED`.
pub fn lose(lead: &Lead, reason: &str, now: DateTime<Utc>) -> Result<Lead, Refusal> {
    must_be_no_tombstone(lead)?;
    match lead.status {
        LeadStatus::Won => return Err(refused(lead, Reason::LeadWon, "is won: change its stage first")),
        LeadStatus::Lost => return Err(refused(lead, Reason::LeadLost, "is lost already")),
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

/// Puts a record away.
///
/// # Errors
/// `LEAD_ARCHIVED`, `LEAD_MERGED`.
pub fn archive(lead: &Lead) -> Result<Lead, Refusal> {
    must_be_no_tombstone(lead)?;
    if lead.status == LeadStatus::Archived {
        return Err(refused(lead, Reason::LeadArchived, "is archived already"));
    }
    let mut after = lead.clone();
    if lead.is_open() {
        after.earlier_probability = lead.probability;
    }
    after.status = LeadStatus::Archived;
    Ok(after)
}

/// Reopens a lost or archived record, with its earlier probability (rules 9.1).
///
/// # Errors
/// `LEAD_WON`, `LEAD_MERGED`, `LEAD_STATUS_INVALID` when it is open.
pub fn restore(lead: &Lead) -> Result<Lead, Refusal> {
    must_be_no_tombstone(lead)?;
    match lead.status {
        LeadStatus::Won => return Err(refused(lead, Reason::LeadWon, "is won: change its stage to reopen it")),
        LeadStatus::Open => return Err(refused(lead, Reason::LeadStatusInvalid, "is open")),
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

/// Open again, as it was before it was closed.
pub(crate) fn reopen(lead: &mut Lead) {
    lead.status = LeadStatus::Open;
    lead.lost_reason.clear();
    lead.probability = lead.earlier_probability.take();
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
