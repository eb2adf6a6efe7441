//! Counting the items of batches as they change, giving each end its place, and letting the next items go.
//!
//! The row of a batch is locked here, as the last thing before the commit: ends are numbered in the order in which they
//! are committed, so that a watcher who has seen one has missed none before it. Whoever holds this lock waits for nobody.

use crate::error::{DbError, Setback};
use crate::load::Tx;
use opportune_application::ports::{Outbound, OutboxRow};
use opportune_domain::ids::{BatchId, ConversionId, TenantId};
use opportune_domain::world::World;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Items of one batch that may be on their way at the same time: the others stand before nobody.
const WINDOW: i64 = 2_000;
/// Items that travel in one message.
const LOT: i64 = 100;

/// What changed in the items of one batch.
#[derive(Debug, Default)]
struct Tally {
    held: i64,
    succeeded: i64,
    failed: i64,
    cancelled: i64,
    /// Those that have ended, in the order of their ids.
    ended: Vec<ConversionId>,
    /// Some wait again for a turn that they have had before.
    again: bool,
}

/// A batch after it was counted.
#[derive(Debug)]
struct Counted {
    /// Nothing keeps its items from being let go.
    open: bool,
    in_flight: i64,
    held: i64,
    released_through: Uuid,
    traceparent: String,
}

/// Places of ends, and batches that may let items go.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub sequences: BTreeMap<ConversionId, i64>,
    batches: BTreeMap<BatchId, Counted>,
}

/// Counts what changed. Also batches of which something else changed: they may be over, or open now.
pub(super) async fn count(tx: &mut Tx, tenant: TenantId, world: &World) -> Result<Counts, Setback> {
    let mut counts = Counts::default();
    let changes = &world.changes;
    if changes.items_before.is_empty() && changes.new_batches.is_empty() && changes.updated_batches.is_empty() {
        return Ok(counts);
    }
    let mut tallies = tallies(world)?;
    for id in changes.new_batches.iter().chain(&changes.updated_batches) {
        tallies.entry(*id).or_default();
    }
    for (id, tally) in &tallies {
        let (sequence, counted) = count_one(tx, tenant, *id, tally).await?;
        let first = sequence - i64::try_from(tally.ended.len()).unwrap_or(0) + 1;
        counts.sequences.extend(tally.ended.iter().copied().zip(first..));
        counts.batches.insert(*id, counted);
    }
    Ok(counts)
}

fn tallies(world: &World) -> Result<BTreeMap<BatchId, Tally>, DbError> {
    let sent: BTreeSet<ConversionId> = world.changes.jobs.iter().map(|job| job.conversion).collect();
    let mut tallies: BTreeMap<BatchId, Tally> = BTreeMap::new();
    for (id, before) in &world.changes.items_before {
        let item = world.conversions.get(id).ok_or(DbError::Absent("conversions"))?;
        let batch = item.batch_id.ok_or(DbError::Absent("batches"))?;
        let tally = tallies.entry(batch).or_default();
        let after = item.state.name();
        if let Some(before) = before {
            tally.add(before, -1);
        }
        tally.add(after, 1);
        let was_live = before.is_none_or(|before| matches!(before, "queued" | "running"));
        if was_live && !item.state.is_live() {
            tally.ended.push(*id);
        }
        if after == "queued" && *before != Some("queued") && !sent.contains(id) {
            tally.held += 1;
            tally.again |= before.is_some();
        }
    }
    Ok(tallies)
}

impl Tally {
    /// What was reverted later has succeeded.
    fn add(&mut self, state: &str, count: i64) {
        match state {
            "succeeded" | "reverted" => self.succeeded += count,
            "failed" => self.failed += count,
            "cancelled" => self.cancelled += count,
            _ => {}
        }
    }
}

async fn count_one(tx: &mut Tx, tenant: TenantId, batch: BatchId, tally: &Tally) -> Result<(i64, Counted), DbError> {
    let row = sqlx::query!(
        r#"UPDATE batches SET held = held + $3, succeeded = succeeded + $4, failed = failed + $5,
            cancelled_items = cancelled_items + $6, sequence = sequence + $7,
            end_time = CASE
                WHEN closed AND retry_until IS NULL
                    AND succeeded + failed + cancelled_items + $4 + $5 + $6 = total
                THEN coalesce(end_time, now()) END,
            released_through = CASE WHEN $8 THEN NULL ELSE released_through END
        WHERE tenant_id = $1 AND id = $2
        RETURNING sequence, closed AND NOT cancelled AND unexpanded = 0 AS "open!", held,
            total - succeeded - failed - cancelled_items - held - unexpanded AS "in_flight!", released_through,
            traceparent"#,
        tenant.0,
        batch.0,
        tally.held,
        tally.succeeded,
        tally.failed,
        tally.cancelled,
        i64::try_from(tally.ended.len()).unwrap_or(i64::MAX),
        tally.again
    )
    .fetch_optional(&mut **tx)
    .await?;
    let row = row.ok_or(DbError::Absent("batches"))?;
    let counted = Counted {
        open: row.open,
        in_flight: row.in_flight,
        held: row.held,
        released_through: row.released_through.unwrap_or_default(),
        traceparent: row.traceparent,
    };
    Ok((row.sequence, counted))
}

/// Items ended that had not had their turn: they wait no more. One entry an item.
pub(super) async fn not_held(
    tx: &mut Tx,
    tenant: TenantId,
    counts: &mut Counts,
    batches: &[Uuid],
) -> Result<(), DbError> {
    let mut ended: BTreeMap<Uuid, i64> = BTreeMap::new();
    for batch in batches {
        *ended.entry(*batch).or_default() += 1;
    }
    for (batch, count) in ended {
        sqlx::query!(
            "UPDATE batches SET held = held - $3 WHERE tenant_id = $1 AND id = $2",
            tenant.0,
            batch,
            count
        )
        .execute(&mut **tx)
        .await?;
        if let Some(counted) = counts.batches.get_mut(&BatchId(batch)) {
            counted.held -= count;
            counted.in_flight += count;
        }
    }
    Ok(())
}

/// Lets as many items go as there is room for. Their jobs are leased to this process.
pub(super) async fn release(tx: &mut Tx, tenant: TenantId, counts: &Counts) -> Result<Vec<OutboxRow>, DbError> {
    let mut rows = Vec::new();
    for (id, batch) in &counts.batches {
        let count = (WINDOW - batch.in_flight).min(batch.held);
        // A message of a few while there are more is not worth it: the next end makes room for more.
        let is_worth_it = count >= LOT || count == batch.held;
        if batch.open && count > 0 && is_worth_it {
            rows.extend(release_some(tx, tenant, *id, batch, count).await?);
        }
    }
    Ok(rows)
}

async fn release_some(
    tx: &mut Tx,
    tenant: TenantId,
    id: BatchId,
    batch: &Counted,
    count: i64,
) -> Result<Vec<OutboxRow>, DbError> {
    let written = sqlx::query!(
        r#"WITH next AS (
            SELECT id FROM conversions
            WHERE tenant_id = $1 AND batch_id = $2 AND state = 'queued' AND sent_time IS NULL AND id > $3
            ORDER BY id
            LIMIT $4
            FOR NO KEY UPDATE
        ),
        released AS (
            UPDATE conversions SET sent_time = now(), sent_count = 1
            FROM next
            WHERE conversions.tenant_id = $1 AND conversions.id = next.id
            RETURNING conversions.id
        ),
        counted AS (
            UPDATE batches SET held = held - (SELECT count(*) FROM released),
                released_through = (SELECT id FROM released ORDER BY id DESC LIMIT 1)
            WHERE tenant_id = $1 AND id = $2
        ),
        placed AS (
            SELECT id, (row_number() OVER (ORDER BY id) - 1) / $5 AS place FROM released
        )
        INSERT INTO outbox (tenant_id, bulk, traceparent, conversion_ids, lease_until)
        SELECT $1, true, $6, array_agg(id ORDER BY id), clock_timestamp() + interval '30 seconds'
        FROM placed GROUP BY place ORDER BY place
        RETURNING id, conversion_ids AS "conversion_ids!""#,
        tenant.0,
        id.0,
        batch.released_through,
        count,
        LOT,
        batch.traceparent
    )
    .fetch_all(&mut **tx)
    .await?;
    let rows = written.into_iter().map(|row| OutboxRow {
        id: row.id,
        tenant,
        message: Outbound::Jobs {
            bulk: true,
            conversions: row.conversion_ids.into_iter().map(ConversionId).collect(),
            traceparent: batch.traceparent.clone(),
        },
    });
    Ok(rows.collect())
}
