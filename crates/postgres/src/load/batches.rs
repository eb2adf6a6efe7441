//! Batches, their next parts, and their items.

use super::Tx;
use crate::error::DbError;
use crate::rows;
use crate::rows::batch::select_batches;
use opportune_application::ports::Pick;
use opportune_domain::batch::{Batch, BatchPart, Item, PART};
use opportune_domain::ids::{BatchId, ConversionId, LeadId, TenantId};
use uuid::Uuid;

/// Batches by id, locked if asked for.
pub(crate) async fn batches(tx: &mut Tx, tenant: TenantId, ids: &[Uuid], lock: bool) -> Result<Vec<Batch>, DbError> {
    let rows = if lock {
        select_batches!(
            "WHERE tenant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE",
            tenant.0,
            ids
        )
        .fetch_all(&mut **tx)
        .await?
    } else {
        select_batches!("WHERE tenant_id = $1 AND id = ANY($2)", tenant.0, ids)
            .fetch_all(&mut **tx)
            .await?
    };
    Ok(rows::all(rows)?)
}

/// The part of a batch that becomes items next. Its batch is locked, and so is it.
pub(crate) async fn next_part(tx: &mut Tx, tenant: TenantId, batch: BatchId) -> Result<Option<BatchPart>, DbError> {
    let row = sqlx::query!(
        r#"SELECT number, lead_ids, overrides::text AS "overrides!" FROM batch_parts
        WHERE tenant_id = $1 AND batch_id = $2 ORDER BY number LIMIT 1"#,
        tenant.0,
        batch.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(BatchPart {
        number: row.number,
        lead_ids: row.lead_ids.into_iter().map(LeadId).collect(),
        overrides: rows::json("batch_parts", "overrides", batch.0, &row.overrides)?,
    }))
}

/// Which of these records are items of these batches. They are looked for by their leads, which have few conversions; an
/// index cannot serve `IS NOT DISTINCT FROM`, or a planner without statistics of batches would read each batch as a whole
/// for each record.
pub(crate) async fn items(
    tx: &mut Tx,
    tenant: TenantId,
    batches: &[Uuid],
    leads: &[Uuid],
) -> Result<Vec<((BatchId, LeadId), Item)>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT asked.batch_id AS "batch_id!", asked.lead_id AS "lead_id!", item.id,
            CASE WHEN item.state = 'succeeded' THEN (item.outcome ->> 'opportunity_id')::uuid END AS opportunity
        FROM UNNEST($2::uuid[], $3::uuid[]) AS asked (batch_id, lead_id)
        JOIN conversions AS item ON item.tenant_id = $1 AND item.lead_id = asked.lead_id
            AND item.batch_id IS NOT DISTINCT FROM asked.batch_id"#,
        tenant.0,
        batches,
        leads
    )
    .fetch_all(&mut **tx)
    .await?;
    let items = rows.into_iter().map(|row| {
        let item = Item {
            conversion: ConversionId(row.id),
            opportunity: row.opportunity.map(LeadId),
        };
        ((BatchId(row.batch_id), LeadId(row.lead_id)), item)
    });
    Ok(items.collect())
}

/// Items for a step of an errand, locked, each with the sequence of its end. Those that somebody else holds are passed
/// over: their batch is locked already, and whoever holds them may be waiting for it.
pub(crate) async fn pick(
    tx: &mut Tx,
    tenant: TenantId,
    pick: Pick,
) -> Result<Vec<(ConversionId, Option<i64>)>, DbError> {
    let most = i64::try_from(PART).unwrap_or(i64::MAX);
    match pick {
        Pick::Queued(batch) => {
            let ids = sqlx::query_scalar!(
                "SELECT id FROM conversions WHERE tenant_id = $1 AND batch_id = $2 AND state = 'queued'
                ORDER BY id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED",
                tenant.0,
                batch.0,
                most
            )
            .fetch_all(&mut **tx)
            .await?;
            Ok(ids.into_iter().map(|id| (ConversionId(id), None)).collect())
        }
        Pick::Failed(batch, range) => {
            let rows = sqlx::query!(
                "SELECT id, batch_sequence FROM conversions
                WHERE tenant_id = $1 AND batch_id = $2 AND batch_sequence > $3 AND batch_sequence <= $4
                  AND state = 'failed'
                ORDER BY batch_sequence LIMIT $5 FOR NO KEY UPDATE SKIP LOCKED",
                tenant.0,
                batch.0,
                range.after,
                range.until,
                most
            )
            .fetch_all(&mut **tx)
            .await?;
            Ok(rows
                .into_iter()
                .map(|row| (ConversionId(row.id), row.batch_sequence))
                .collect())
        }
    }
}
