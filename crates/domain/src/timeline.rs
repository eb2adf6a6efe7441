//! Entries of a record's timeline (rules 7.5).

use crate::ids::{LeadId, TimelineEntryId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimelineKind {
    /// A note.
    Note,
    /// A message.
    Message,
    /// A call.
    Call,
    /// A planned activity.
    Activity,
    /// A meeting.
    Meeting,
    /// An attachment's metadata.
    Attachment,
}

/// Something that happened, or is planned, about a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// Id; stays when a merge moves the entry.
    pub id: TimelineEntryId,
    /// The record it stands at.
    pub lead_id: LeadId,
    /// The record it was written at.
    pub origin_lead_id: LeadId,
    /// What it is.
    pub kind: TimelineKind,
    /// Headline.
    pub subject: String,
    /// Text.
    pub body: String,
    /// Who wrote it.
    pub author: String,
    /// File name of an attachment.
    pub file_name: String,
    /// When it is due.
    pub due_time: Option<DateTime<Utc>>,
    /// When it was written.
    pub create_time: DateTime<Utc>,
}
