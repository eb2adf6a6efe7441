//! `events`.

use super::{Corrupt, json};
use chrono::{DateTime, Utc};
use opportune_application::ports::StoredEvent;
use opportune_domain::event::Event;
use opportune_domain::ids::{EventId, TenantId};
use uuid::Uuid;

/// A row of `events`.
#[derive(Debug)]
pub(crate) struct EventRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub sequence: i64,
    pub occurred_at: DateTime<Utc>,
    pub traceparent: String,
    pub body: String,
}

impl TryFrom<EventRow> for StoredEvent {
    type Error = Corrupt;

    fn try_from(row: EventRow) -> Result<Self, Corrupt> {
        Ok(Self {
            tenant: TenantId(row.tenant_id),
            event: Event {
                id: EventId(row.id),
                sequence: row.sequence,
                occurred_at: row.occurred_at,
                traceparent: row.traceparent,
                body: json("events", "body", row.id, &row.body)?,
            },
        })
    }
}
