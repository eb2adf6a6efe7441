//! What is left to be published, as the relay's role sees it: all tenants, but only outbox, events and conversion ids.
//!
//! Nothing here has to survive a crash of the server by itself: a lease or a deletion that is lost means that a message
//! is published twice, which its receivers have to bear anyway. So these transactions do not wait for the disk.

mod lag;
mod lease;
mod rekeys;
mod sweep;

use crate::error::DbError;
use crate::pool::Database;
use async_trait::async_trait;
use chrono::TimeDelta;
use opportune_application::ports::{Outbox, OutboxLag, OutboxRow, StoreError};
use opportune_domain::ids::{BatchId, TenantId};
use sqlx::PgPool;
use uuid::Uuid;

/// Partitions of the event table are made for so many days ahead.
const DAYS_AHEAD: i32 = 7;
/// Idempotency keys are kept for so many days.
const REQUEST_DAYS: i64 = 30;
/// A hundred years: PostgreSQL's time does not reach as far back as a span of ours can.
const FOR_EVER: TimeDelta = TimeDelta::days(36_500);

/// The outbox in PostgreSQL. Cloning shares the connections.
#[derive(Debug, Clone)]
pub struct PgOutbox {
    relay: PgPool,
}

impl PgOutbox {
    /// The outbox over the relay's connections.
    pub fn new(database: &Database) -> Self {
        Self {
            relay: database.relay.clone(),
        }
    }

    /// Asks for the keys of all records to be made anew, of one tenant or of all; who is waiting for it already is not
    /// asked for again. Returns what there is to do.
    ///
    /// # Errors
    /// The database is away.
    pub async fn ask_for_rekeys(&self, tenant: Option<TenantId>) -> Result<Vec<(TenantId, Uuid)>, StoreError> {
        Ok(rekeys::ask(&self.relay, tenant).await?)
    }

    async fn delete(&self, ids: &[i64]) -> Result<(), DbError> {
        sqlx::query!(
            "WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
            DELETE FROM outbox USING quick WHERE id = ANY($1)",
            ids
        )
        .execute(&self.relay)
        .await?;
        Ok(())
    }

    async fn end_lease(&self, ids: &[i64], delay: TimeDelta) -> Result<(), DbError> {
        // The lease ends later instead of now: when the row was due is not forgotten, or the lag would hide an outage.
        sqlx::query!(
            "WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
            UPDATE outbox SET lease_until = now() + make_interval(secs => $2) FROM quick WHERE id = ANY($1)",
            ids,
            seconds(delay)
        )
        .execute(&self.relay)
        .await?;
        Ok(())
    }

    async fn find_left_batches(&self) -> Result<Vec<(TenantId, BatchId)>, DbError> {
        let rows = sqlx::query!(
            "SELECT tenant_id, id FROM batches WHERE errand AND tended_time < now() - interval '30 seconds'
            ORDER BY tended_time LIMIT 100"
        )
        .fetch_all(&self.relay)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| (TenantId(row.tenant_id), BatchId(row.id)))
            .collect())
    }

    async fn keep_house(&self, keep: TimeDelta) -> Result<i32, DbError> {
        sqlx::query!("SELECT opportune_make_event_partitions($1)", DAYS_AHEAD)
            .fetch_one(&self.relay)
            .await?;
        let dropped = sqlx::query_scalar!(
            r#"SELECT opportune_drop_event_partitions(now() - make_interval(secs => $1)) AS "dropped!""#,
            seconds(keep.min(FOR_EVER))
        )
        .fetch_one(&self.relay)
        .await?;
        sqlx::query!(
            "SELECT opportune_delete_requests(now() - make_interval(secs => $1))",
            seconds(TimeDelta::days(REQUEST_DAYS))
        )
        .fetch_one(&self.relay)
        .await?;
        Ok(dropped)
    }
}

#[async_trait]
impl Outbox for PgOutbox {
    async fn lease(&self, limit: i64) -> Result<Vec<OutboxRow>, StoreError> {
        let leased = lease::lease(&self.relay, limit).await?;
        if !leased.lost.is_empty() {
            tracing::warn!(
                rows.count = leased.lost.len(),
                "unpublished events are older than the events that are kept; they are given up"
            );
            self.delete(&leased.lost).await?;
        }
        Ok(leased.rows)
    }

    async fn sent(&self, ids: &[i64]) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        Ok(self.delete(ids).await?)
    }

    async fn release(&self, ids: &[i64], delay: TimeDelta) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        Ok(self.end_lease(ids, delay).await?)
    }

    async fn lag(&self) -> Result<OutboxLag, StoreError> {
        Ok(lag::lag(&self.relay).await?)
    }

    async fn sweep(&self) -> Result<u64, StoreError> {
        Ok(sweep::sweep(&self.relay).await?)
    }

    async fn left_batches(&self) -> Result<Vec<(TenantId, BatchId)>, StoreError> {
        Ok(self.find_left_batches().await?)
    }

    async fn rekeys(&self) -> Result<Vec<(TenantId, Uuid)>, StoreError> {
        Ok(rekeys::waiting(&self.relay).await?)
    }

    async fn wait_for_writers(&self, tenant: TenantId) -> Result<(), StoreError> {
        Ok(rekeys::wait_for_writers(&self.relay, tenant).await?)
    }

    async fn housekeeping(&self, keep: TimeDelta) -> Result<u64, StoreError> {
        let dropped = self.keep_house(keep).await?;
        Ok(u64::try_from(dropped).unwrap_or(0))
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a century fit")]
fn seconds(span: TimeDelta) -> f64 {
    span.num_milliseconds() as f64 / 1_000.0
}
