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
use sqlx::postgres::{PgConnection, PgPool};

/// Seconds; nothing is sent again before.
const LEAST_PATIENCE: f64 = 60.0;

/// How long a conversion may take, by queue, in seconds.
struct Patience {
    single: f64,
    bulk: f64,
}

/// Writes job rows for at most 1,000 overdue conversions, up to 100 of one tenant and queue in each. From the third
/// time on a conversion travels alone: it may be the one that ends whoever takes it. Returns how many conversions.
pub(super) async fn sweep(relay: &PgPool) -> Result<u64, DbError> {
    let mut tx = relay.begin().await?;
    let patience = patience(&mut tx).await?;
    // What is in the outbox is looked up in a hash table of all of it, not row by row. It is read by its primary key:
    // reading a whole table is what these connections avoid, and conversions must not be read whole.
    sqlx::query!(
        "SELECT set_config('enable_hashjoin', 'on', true) AS hash,
            set_config('synchronous_commit', 'off', true) AS quick"
    )
    .fetch_one(&mut *tx)
    .await?;
    let swept = send_overdue(&mut tx, &patience).await?;
    tx.commit().await?;
    Ok(u64::try_from(swept).unwrap_or(0))
}

async fn patience(tx: &mut PgConnection) -> Result<Patience, DbError> {
    let delays = sqlx::query!(
        r#"SELECT
            percentile_cont(0.5) WITHIN GROUP (ORDER BY ended.waited) FILTER (WHERE NOT ended.bulk) AS single,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY ended.waited) FILTER (WHERE ended.bulk) AS bulk
        FROM (
            SELECT c.batch_id IS NOT NULL AS bulk,
                extract(epoch FROM told.occurred_at - c.sent_time)::double precision AS waited
            FROM (
                SELECT tenant_id, (body ->> 'conversion_id')::uuid AS conversion_id, occurred_at
                FROM events
                WHERE occurred_at > now() - interval '5 minutes'
                  AND type IN ('opportune.opportunity.created.v1', 'opportune.conversion.failed.v1')
                ORDER BY occurred_at DESC
                LIMIT 500
            ) AS told
            JOIN conversions AS c ON c.tenant_id = told.tenant_id AND c.id = told.conversion_id
        ) AS ended"#
    )
    .fetch_one(tx)
    .await?;
    let of = |delay: Option<f64>| LEAST_PATIENCE.max(2.0 * delay.unwrap_or(0.0));
    Ok(Patience {
        single: of(delays.single),
        bulk: of(delays.bulk),
    })
}

async fn send_overdue(tx: &mut PgConnection, patience: &Patience) -> Result<i64, DbError> {
    let swept = sqlx::query_scalar!(
        r#"WITH overdue AS (
            SELECT c.tenant_id, c.id
            FROM conversions AS c
            WHERE c.state IN ('queued', 'running')
              AND c.sent_time < now() - make_interval(secs => least($1::double precision, $2::double precision))
              AND c.sent_time < now() - power(2, least(c.sent_count - 1, 10))
                    * make_interval(secs => CASE WHEN c.batch_id IS NULL THEN $1 ELSE $2 END)
              AND NOT EXISTS (
                    SELECT FROM (
                        SELECT o.tenant_id, unnest(o.conversion_ids) AS id FROM outbox AS o
                        WHERE o.id > 0 AND o.conversion_ids IS NOT NULL
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
        SELECT count(*) AS "swept!" FROM touched"#,
        patience.single,
        patience.bulk
    )
    .fetch_one(tx)
    .await?;
    Ok(swept)
}
