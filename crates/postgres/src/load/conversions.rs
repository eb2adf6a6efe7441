//! Conversions by id.

use super::Tx;
use crate::error::DbError;
use crate::rows;
use crate::rows::conversion::select_conversions;
use opportune_domain::conversion::Conversion;
use opportune_domain::ids::TenantId;
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
