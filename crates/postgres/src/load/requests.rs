//! Requests that were seen before.

use super::Tx;
use crate::error::DbError;
use opportune_domain::ids::{RequestId, TenantId};
use opportune_domain::request::SeenRequest;
use uuid::Uuid;

/// Those of `ids` that took effect earlier.
pub(crate) async fn requests(tx: &mut Tx, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<SeenRequest>, DbError> {
    let rows = sqlx::query!(
        "SELECT id, rpc, actor, fingerprint, resource FROM requests WHERE tenant_id = $1 AND id = ANY($2)",
        tenant.0,
        ids
    )
    .fetch_all(&mut **tx)
    .await?;
    let seen = rows.into_iter().map(|row| SeenRequest {
        id: RequestId(row.id),
        rpc: row.rpc,
        actor: row.actor,
        fingerprint: row.fingerprint,
        resource: row.resource,
    });
    Ok(seen.collect())
}
