//! Conversions, and which of them are unfinished.

use super::Tx;
use crate::error::DbError;
use crate::rows;
use crate::rows::conversion::select_conversions;
use opportune_domain::conversion::Conversion;
use opportune_domain::ids::{ConversionId, LeadId, TenantId};
use uuid::Uuid;

/// Conversions by id, locked if asked for.
pub(crate) async fn conversions(
    tx: &mut Tx,
    tenant: TenantId,
    ids: &[Uuid],
    lock: bool,
) -> Result<Vec<Conversion>, DbError> {
    let rows = if lock {
        select_conversions!(
            "WHERE tenant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE",
            tenant.0,
            ids
        )
        .fetch_all(&mut **tx)
        .await?
    } else {
        select_conversions!("WHERE tenant_id = $1 AND id = ANY($2)", tenant.0, ids)
            .fetch_all(&mut **tx)
            .await?
    };
    Ok(rows::all(rows)?)
}

/// The unfinished conversions of these leads.
pub(crate) async fn live_of(
    tx: &mut Tx,
    tenant: TenantId,
    leads: &[Uuid],
) -> Result<Vec<(LeadId, ConversionId)>, DbError> {
    let rows = sqlx::query!(
        "SELECT lead_id, id FROM conversions
        WHERE tenant_id = $1 AND lead_id = ANY($2) AND state IN ('queued', 'running')",
        tenant.0,
        leads
    )
    .fetch_all(&mut **tx)
    .await?;
    let live = rows.into_iter().map(|row| (LeadId(row.lead_id), ConversionId(row.id)));
    Ok(live.collect())
}
