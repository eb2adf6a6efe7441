//! Entries of a record's timeline (rules 7.5).

mod add;
mod file;

pub use add::{EntryDraft, add_entry};

use crate::access::Caller;
use crate::ids::{LeadId, SalespersonId, TimelineEntryId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimelineKind {
    /// A note.
    #[default]
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

impl TimelineKind {
    /// It happens at a time, by somebody: an activity or a meeting.
    pub fn is_planned(self) -> bool {
        matches!(self, Self::Activity | Self::Meeting)
    }
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
    /// Media type of an attachment; empty = not known.
    #[serde(default)]
    pub media_type: String,
    /// Bytes of an attachment; 0 = none, or not known.
    #[serde(default)]
    pub size_bytes: i64,
    /// Where an attachment is; empty = not known.
    #[serde(default)]
    pub uri: String,
    /// When an activity or a meeting is due.
    pub due_time: Option<DateTime<Utc>>,
    /// Who has to do it.
    #[serde(default)]
    pub owner_id: Option<SalespersonId>,
    /// When it was written.
    pub create_time: DateTime<Utc>,
}

impl TimelineEntry {
    /// A note that is written at a record now.
    pub fn note(
        id: TimelineEntryId,
        lead: LeadId,
        subject: String,
        body: String,
        caller: &Caller,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            subject,
            body,
            author: caller.actor.map(|actor| actor.to_string()).unwrap_or_default(),
            ..Self::empty(id, lead, TimelineKind::Note, now)
        }
    }

    /// An entry written at a record now, with nothing in it.
    pub fn empty(id: TimelineEntryId, lead: LeadId, kind: TimelineKind, now: DateTime<Utc>) -> Self {
        Self {
            id,
            lead_id: lead,
            origin_lead_id: lead,
            kind,
            subject: String::new(),
            body: String::new(),
            author: String::new(),
            file_name: String::new(),
            media_type: String::new(),
            size_bytes: 0,
            uri: String::new(),
            due_time: None,
            owner_id: None,
            create_time: now,
        }
    }
}
