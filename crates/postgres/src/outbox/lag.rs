//! How far behind publishing is.

use crate::error::DbError;
use opportune_application::ports::OutboxLag;
use sqlx::PgPool;

/// Rows that are due, held by somebody or not, and how long the oldest has been due.
pub(super) async fn lag(relay: &PgPool) -> Result<OutboxLag, DbError> {
    let row = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE event_id IS NULL) AS "jobs!",
            count(*) FILTER (WHERE event_id IS NOT NULL) AS "events!",
            coalesce(extract(epoch FROM now() - min(not_before)), 0)::double precision AS "oldest!"
        FROM outbox WHERE not_before <= now()"#
    )
    .fetch_one(relay)
    .await?;
    Ok(OutboxLag {
        jobs: row.jobs,
        events: row.events,
        oldest_seconds: row.oldest.max(0.0),
    })
}
