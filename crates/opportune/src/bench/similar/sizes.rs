//! How much room the leads and their keys take.

use super::report::Room;
use crate::bench::Stage;
use anyhow::Result;

/// Tables with their indexes.
pub async fn of(stage: &Stage) -> Result<Room> {
    let (leads_bytes, keys_bytes, keys): (i64, i64, i64) = sqlx::query_as(
        "SELECT pg_total_relation_size('leads'),
            pg_total_relation_size('match_keys') + pg_total_relation_size('lead_forms'), count(*) FROM match_keys",
    )
    .fetch_one(&stage.pool)
    .await?;
    Ok(Room {
        leads_bytes,
        keys_bytes,
        keys,
    })
}
