//! `timeline_entries`.

use super::{Corrupt, names};
use chrono::{DateTime, Utc};
use opportune_domain::ids::{LeadId, SalespersonId, TimelineEntryId};
use opportune_domain::timeline::TimelineEntry;
use uuid::Uuid;

/// A row of `timeline_entries`.
#[derive(Debug)]
pub(crate) struct EntryRow {
    pub id: Uuid,
    pub lead_id: Uuid,
    pub origin_lead_id: Uuid,
    pub kind: String,
    pub subject: String,
    pub body: String,
    pub author: String,
    pub file_name: String,
    pub media_type: String,
    pub size_bytes: i64,
    pub uri: String,
    pub due_time: Option<DateTime<Utc>>,
    pub owner_id: Option<Uuid>,
    pub create_time: DateTime<Utc>,
}

impl TryFrom<EntryRow> for TimelineEntry {
    type Error = Corrupt;

    fn try_from(row: EntryRow) -> Result<Self, Corrupt> {
        let kind = names::parse_timeline_kind(&row.kind).ok_or(Corrupt {
            table: "timeline_entries",
            column: "kind",
            id: row.id,
        })?;
        Ok(Self {
            id: TimelineEntryId(row.id),
            lead_id: LeadId(row.lead_id),
            origin_lead_id: LeadId(row.origin_lead_id),
            kind,
            subject: row.subject,
            body: row.body,
            author: row.author,
            file_name: row.file_name,
            media_type: row.media_type,
            size_bytes: row.size_bytes,
            uri: row.uri,
            due_time: row.due_time,
            owner_id: row.owner_id.map(SalespersonId),
            create_time: row.create_time,
        })
    }
}
