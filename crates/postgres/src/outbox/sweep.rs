//! Sending overdue conversions again.
//!
//! A conversion is overdue when it was last sent longer ago than the larger of 60 s and twice the queueing delay,
//! doubled with every time that it was sent again. The queueing delay is what can be seen of it in the store: the
//! median time between sending and end of the 500 conversions that ended last within five minutes, for each of the two
//! queues by itself. When none ended, nothing is known, and 60 s it is: if the broker lost its queues, waiting longer
//! the longer it lasts would be waiting for ever.
//!
//! Conversions whose job is still in the outbox (not yet published, or a retry whose time has not come) are left alone.

use crate::error::DbError;
use sqlx::PgPool;

/// Writes job rows for at most 1,000 overdue conversions, up to 100 of one tenant and queue in each. From the third time
/// on a conversion travels alone: it may be the one that ends whoever takes it. Returns how many conversions.
pub(super) async fn sweep(relay: &PgPool) -> Result<u64, DbError> {
    let mut tx = relay.begin().await?;
    // What is in the outbox is looked up in a hash table, not row by row.
    sqlx::query!(
        "SELECT set_config('enable_hashjoin', 'on', true) AS hash, set_config('synchronous_commit', 'off', true) AS quick"
    )
    .fetch_one(&mut *tx)
    .await?;
    let swept = sqlx::query_scalar!(
        r#"WITH ended AS (
            SELECT tenant_id, (body ->> 'conversion_id')::uuid AS conversion_id, occurred_at
            FROM events
            WHERE occurred_at > now() - interval '5 minutes'
              AND type IN ('opportune.opportunity.created.v1', 'opportune.conversion.failed.v1')
            ORDER BY occurred_at DESC
            LIMIT 500
        ),
        delays AS (
            SELECT c.batch_id IS NOT NULL AS bulk,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY ended.occurred_at - c.sent_time) AS delay
            FROM ended JOIN conversions AS c ON c.tenant_id = ended.tenant_id AND c.id = ended.conversion_id
            GROUP BY c.batch_id IS NOT NULL
        ),
        patience AS (
            SELECT bulk, greatest(interval '60 seconds', 2 * (SELECT delay FROM delays WHERE delays.bulk = queues.bulk))
                AS span
            FROM (VALUES (false), (true)) AS queues (bulk)
        ),
        overdue AS (
            SELECT c.tenant_id, c.id
            FROM conversions AS c
            WHERE c.state IN ('queued', 'running') AND c.sent_time < now() - interval '60 seconds'
              AND c.sent_time < now() - power(2, least(c.sent_count - 1, 10)) * (
                    SELECT span FROM patience WHERE patience.bulk = (c.batch_id IS NOT NULL))
              AND NOT EXISTS (
                    SELECT FROM (
                        SELECT o.tenant_id, unnest(o.conversion_ids) AS id FROM outbox AS o
                        WHERE o.conversion_ids IS NOT NULL
                    ) AS waiting
                    WHERE waiting.tenant_id = c.tenant_id AND waiting.id = c.id)
            ORDER BY c.sent_time
            LIMIT 1000
            FOR UPDATE OF c SKIP LOCKED
        ),
        touched AS (
            UPDATE conversions AS c SET sent_time = now(), sent_count = c.sent_count + 1
            FROM overdue
            WHERE c.tenant_id = overdue.tenant_id AND c.id = overdue.id
            RETURNING c.tenant_id, c.id, c.batch_id IS NOT NULL AS bulk, c.traceparent, c.sent_count
        ),
        placed AS (
            SELECT *, row_number() OVER (PARTITION BY tenant_id, bulk, sent_count > 2 ORDER BY id) - 1 AS place
            FROM touched
        ),
        written AS (
            INSERT INTO outbox (tenant_id, bulk, traceparent, conversion_ids)
            SELECT tenant_id, bulk, (array_agg(traceparent ORDER BY id))[1], array_agg(id ORDER BY id)
            FROM placed
            GROUP BY tenant_id, bulk, sent_count > 2, CASE WHEN sent_count > 2 THEN place ELSE place / 100 END
        )
        SELECT count(*) AS "swept!" FROM touched"#
    )
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(u64::try_from(swept).unwrap_or(0))
}
