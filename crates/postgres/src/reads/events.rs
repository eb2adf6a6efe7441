//! Stored events, for replay.

use crate::error::DbError;
use crate::rows;
use crate::rows::event::EventRow;
use chrono::{DateTime, Utc};
use opportune_application::ports::StoredEvent;
use opportune_domain::ids::{EventId, TenantId};
use sqlx::PgPool;

/// Events of all tenants, or of one, by time and id. Over all tenants only the relay's role may look.
pub(super) async fn since(
    relay: &PgPool,
    tenant: Option<TenantId>,
    since: DateTime<Utc>,
    after: Option<(DateTime<Utc>, EventId)>,
    limit: i64,
) -> Result<Vec<StoredEvent>, DbError> {
    let rows = sqlx::query_as!(
        EventRow,
        r#"SELECT tenant_id, id, sequence, occurred_at, traceparent, body::text AS "body!" FROM events
        WHERE occurred_at >= greatest($2, $3::timestamptz)
          AND ($1::uuid IS NULL OR tenant_id = $1)
          AND ($3::timestamptz IS NULL OR (occurred_at, id) > ($3, $4))
        ORDER BY occurred_at, id
        LIMIT $5"#,
        tenant.map(|tenant| tenant.0),
        since,
        after.map(|(time, _)| time),
        after.map(|(_, id)| id.0),
        limit
    )
    .fetch_all(relay)
    .await?;
    Ok(rows::all(rows)?)
}
