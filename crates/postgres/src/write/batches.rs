//! `batches` and `batch_parts`: what was decided about batches as a whole. How many items stand where is counted in
//! [`super::items`].

use super::text;
use crate::error::{DbError, Setback, all_written};
use crate::load::Tx;
use opportune_domain::batch::{Batch, BatchPart};
use opportune_domain::ids::{BatchId, TenantId};
use opportune_domain::world::World;
use uuid::Uuid;

/// Writes batches and their parts. Few: one statement each.
pub(super) async fn write(tx: &mut Tx, tenant: TenantId, world: &World) -> Result<(), Setback> {
    let batch = |id| world.batches.get(id).ok_or(DbError::Absent("batches"));
    for id in &world.changes.new_batches {
        insert(tx, tenant, batch(id)?).await?;
    }
    for id in &world.changes.updated_batches {
        update(tx, tenant, batch(id)?).await?;
    }
    for (id, part) in &world.changes.parts {
        insert_part(tx, tenant, *id, part).await?;
    }
    for (id, number) in &world.changes.expanded_parts {
        delete_part(tx, tenant, *id, *number).await?;
    }
    Ok(())
}

async fn insert(tx: &mut Tx, tenant: TenantId, batch: &Batch) -> Result<(), DbError> {
    sqlx::query!(
        "INSERT INTO batches (
            tenant_id, id, request_id, content, closed, cancelled, cancelling, total, unexpanded, parts, turn,
            traceparent, create_time, errand, tended_time)
        VALUES ($1, $2, $3, $4::text::json, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, now())",
        tenant.0,
        batch.id.0,
        batch.request_id.map(Uuid::from),
        text::json("content", &batch.order)?,
        batch.closed,
        batch.cancelled,
        batch.cancelling,
        batch.total,
        batch.unexpanded,
        batch.parts,
        batch.turn,
        batch.order.traceparent,
        batch.create_time,
        batch.has_errand()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Its row is locked.
async fn update(tx: &mut Tx, tenant: TenantId, batch: &Batch) -> Result<(), DbError> {
    let done = sqlx::query!(
        "UPDATE batches SET closed = $3, cancelled = $4, cancelling = $5, total = $6, unexpanded = $7, parts = $8,
            turn = $9, retry_after = $10, retry_until = $11, errand = $12, tended_time = now()
        WHERE tenant_id = $1 AND id = $2",
        tenant.0,
        batch.id.0,
        batch.closed,
        batch.cancelled,
        batch.cancelling,
        batch.total,
        batch.unexpanded,
        batch.parts,
        batch.turn,
        batch.retry.map(|range| range.after),
        batch.retry.map(|range| range.until),
        batch.has_errand()
    )
    .execute(&mut **tx)
    .await?;
    all_written("batches", 1, i64::try_from(done.rows_affected()).unwrap_or(i64::MAX))
}

async fn insert_part(tx: &mut Tx, tenant: TenantId, batch: BatchId, part: &BatchPart) -> Result<(), DbError> {
    let lead_ids: Vec<Uuid> = part.lead_ids.iter().map(|id| id.0).collect();
    sqlx::query!(
        "INSERT INTO batch_parts (tenant_id, batch_id, number, lead_ids, overrides)
        VALUES ($1, $2, $3, $4, $5::text::json)",
        tenant.0,
        batch.0,
        part.number,
        &lead_ids,
        text::json("overrides", &part.overrides)?
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn delete_part(tx: &mut Tx, tenant: TenantId, batch: BatchId, number: i64) -> Result<(), DbError> {
    let done = sqlx::query!(
        "DELETE FROM batch_parts WHERE tenant_id = $1 AND batch_id = $2 AND number = $3",
        tenant.0,
        batch.0,
        number
    )
    .execute(&mut **tx)
    .await?;
    all_written(
        "batch_parts",
        1,
        i64::try_from(done.rows_affected()).unwrap_or(i64::MAX),
    )
}
