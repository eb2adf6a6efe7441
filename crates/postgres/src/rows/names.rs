//! Texts that stand for an enum, in both directions.

use opportune_domain::lead::{LeadStatus, LeadType};
use opportune_domain::timeline::TimelineKind;

/// `leads.type`.
pub(crate) fn lead_type(kind: LeadType) -> &'static str {
    match kind {
        LeadType::Lead => "lead",
        LeadType::Opportunity => "opportunity",
    }
}

/// Reads `leads.type`.
pub(crate) fn parse_lead_type(name: &str) -> Option<LeadType> {
    [LeadType::Lead, LeadType::Opportunity]
        .into_iter()
        .find(|kind| lead_type(*kind) == name)
}

/// `leads.status`.
pub(crate) fn lead_status(status: LeadStatus) -> &'static str {
    match status {
        LeadStatus::Open => "open",
        LeadStatus::Won => "won",
        LeadStatus::Lost => "lost",
        LeadStatus::Archived => "archived",
        LeadStatus::Merged => "merged",
    }
}

/// Reads `leads.status`.
pub(crate) fn parse_lead_status(name: &str) -> Option<LeadStatus> {
    [
        LeadStatus::Open,
        LeadStatus::Won,
        LeadStatus::Lost,
        LeadStatus::Archived,
        LeadStatus::Merged,
    ]
    .into_iter()
    .find(|status| lead_status(*status) == name)
}

/// `timeline_entries.kind`.
pub(crate) fn timeline_kind(kind: TimelineKind) -> &'static str {
    match kind {
        TimelineKind::Note => "note",
        TimelineKind::Message => "message",
        TimelineKind::Call => "call",
        TimelineKind::Activity => "activity",
        TimelineKind::Meeting => "meeting",
        TimelineKind::Attachment => "attachment",
    }
}

/// Reads `timeline_entries.kind`.
pub(crate) fn parse_timeline_kind(name: &str) -> Option<TimelineKind> {
    [
        TimelineKind::Note,
        TimelineKind::Message,
        TimelineKind::Call,
        TimelineKind::Activity,
        TimelineKind::Meeting,
        TimelineKind::Attachment,
    ]
    .into_iter()
    .find(|kind| timeline_kind(*kind) == name)
}
