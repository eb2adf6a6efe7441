//! Leasing rows that are due.

use crate::error::DbError;
use crate::rows::event::EventRow;
use chrono::{DateTime, Utc};
use opportune_application::ports::{Outbound, OutboxRow, StoredEvent};
use opportune_domain::ids::{ConversionId, TenantId};
use sqlx::PgPool;
use uuid::Uuid;

/// What was leased.
#[derive(Debug, Default)]
pub(super) struct Leased {
    /// To be published, in order.
    pub rows: Vec<OutboxRow>,
    /// Rows of events that are no longer there: nothing can be published.
    pub lost: Vec<i64>,
}

struct Found {
    id: i64,
    tenant_id: Uuid,
    conversion_ids: Option<Vec<Uuid>>,
    bulk: bool,
    traceparent: String,
    event_id: Option<Uuid>,
    sequence: Option<i64>,
    occurred_at: Option<DateTime<Utc>>,
    event_traceparent: Option<String>,
    body: Option<String>,
}

/// Leases up to `limit` rows for 30 s, oldest first; rows that others are leasing at this moment are passed over.
///
/// An event is leased only when no earlier one of its record is unsent, whoever holds that.
pub(super) async fn lease(relay: &PgPool, limit: i64) -> Result<Leased, DbError> {
    let found = sqlx::query_as!(
        Found,
        r#"WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)),
        due AS (
            SELECT o.id FROM outbox AS o
            WHERE o.not_before <= now() AND o.lease_until <= now()
              AND (o.subject IS NULL OR NOT EXISTS (
                    SELECT FROM outbox AS earlier
                    WHERE earlier.tenant_id = o.tenant_id AND earlier.subject = o.subject AND earlier.id < o.id))
            ORDER BY o.id
            LIMIT $1
            FOR UPDATE OF o SKIP LOCKED
        ),
        leased AS (
            UPDATE outbox SET lease_until = clock_timestamp() + interval '30 seconds'
            FROM due, quick
            WHERE outbox.id = due.id
            RETURNING outbox.*
        )
        SELECT leased.id AS "id!", leased.tenant_id AS "tenant_id!", leased.conversion_ids, leased.bulk AS "bulk!",
            leased.traceparent AS "traceparent!", leased.event_id, event.sequence AS "sequence?",
            event.occurred_at AS "occurred_at?", event.traceparent AS "event_traceparent?", event.body::text AS body
        FROM leased
        LEFT JOIN events AS event ON event.occurred_at = leased.event_time AND event.tenant_id = leased.tenant_id
            AND event.id = leased.event_id
        ORDER BY leased.id"#,
        limit
    )
    .fetch_all(relay)
    .await?;
    Ok(sorted_out(found))
}

fn sorted_out(found: Vec<Found>) -> Leased {
    let mut leased = Leased::default();
    for row in found {
        let (id, tenant) = (row.id, TenantId(row.tenant_id));
        let message = match (row.conversion_ids, row.event_id) {
            (Some(ids), _) => Some(Outbound::Jobs {
                bulk: row.bulk,
                conversions: ids.into_iter().map(ConversionId).collect(),
                traceparent: row.traceparent,
            }),
            (None, Some(event_id)) => match (row.sequence, row.occurred_at, row.event_traceparent, row.body) {
                (Some(sequence), Some(occurred_at), Some(traceparent), Some(body)) => event(EventRow {
                    tenant_id: row.tenant_id,
                    id: event_id,
                    sequence,
                    occurred_at,
                    traceparent,
                    body,
                }),
                _ => {
                    leased.lost.push(id);
                    None
                }
            },
            (None, None) => None,
        };
        if let Some(message) = message {
            leased.rows.push(OutboxRow { id, tenant, message });
        }
    }
    leased
}

/// An event that cannot be read must not hold up all others. Its row stays, and its lease keeps it from being tried
/// all the time.
fn event(row: EventRow) -> Option<Outbound> {
    match StoredEvent::try_from(row) {
        Ok(stored) => Some(Outbound::Event(Box::new(stored.event))),
        Err(corrupt) => {
            tracing::error!(error = %corrupt, "an event cannot be published");
            None
        }
    }
}
