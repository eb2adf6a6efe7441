//! Imports under way.

use super::Tx;
use crate::error::DbError;
use crate::rows;
use crate::rows::import::select_imports;
use opportune_domain::ids::TenantId;
use opportune_domain::import::Import;
use uuid::Uuid;

/// Imports by id, locked if asked for.
pub(crate) async fn imports(tx: &mut Tx, tenant: TenantId, ids: &[Uuid], lock: bool) -> Result<Vec<Import>, DbError> {
    let rows = if lock {
        select_imports!(
            "WHERE tenant_id = $1 AND request_id = ANY($2) ORDER BY request_id FOR NO KEY UPDATE",
            tenant.0,
            ids
        )
        .fetch_all(&mut **tx)
        .await?
    } else {
        select_imports!("WHERE tenant_id = $1 AND request_id = ANY($2)", tenant.0, ids)
            .fetch_all(&mut **tx)
            .await?
    };
    Ok(rows::all(rows)?)
}
