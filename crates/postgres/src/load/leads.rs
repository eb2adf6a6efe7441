//! Leads by id and by external id.
//!
//! Locks are `FOR NO KEY UPDATE`: they keep other writers out, but not a row that only refers to the lead.

use super::Tx;
use crate::error::DbError;
use crate::rows;
use crate::rows::lead::select_leads;
use opportune_domain::ids::TenantId;
use opportune_domain::lead::Lead;
use uuid::Uuid;

/// Leads by id, or by an external id if there are any of those; nothing is locked.
pub(crate) async fn by_ids(
    tx: &mut Tx,
    tenant: TenantId,
    ids: &[Uuid],
    external_ids: &[String],
) -> Result<Vec<Lead>, DbError> {
    let ids = with_named(tx, tenant, ids, external_ids).await?;
    let rows = select_leads!("WHERE tenant_id = $1 AND id = ANY($2)", tenant.0, &ids)
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows::all(rows)?)
}

/// The same, locked in the order of their ids, and read as they are once they are locked.
pub(crate) async fn locked(
    tx: &mut Tx,
    tenant: TenantId,
    ids: &[Uuid],
    external_ids: &[String],
) -> Result<Vec<Lead>, DbError> {
    let ids = with_named(tx, tenant, ids, external_ids).await?;
    let rows = select_leads!(
        "WHERE tenant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE",
        tenant.0,
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows::all(rows)?)
}

/// The ids, and those of the leads with these external ids, also of tombstones: each part has its index. A statement of its
/// own: joined to the other one by an operator on arrays, which is not leakproof, it would have the whole tenant read under
/// row-level security.
async fn with_named(
    tx: &mut Tx,
    tenant: TenantId,
    ids: &[Uuid],
    external_ids: &[String],
) -> Result<Vec<Uuid>, DbError> {
    let mut all = ids.to_vec();
    if !external_ids.is_empty() {
        let named = sqlx::query_scalar!(
            r#"SELECT id AS "id!" FROM leads
            WHERE tenant_id = $1 AND external_id = ANY($2) AND external_id <> '' AND status <> 'merged'
            UNION ALL
            SELECT id FROM leads
            WHERE tenant_id = $1 AND external_id = ANY($2) AND external_id <> '' AND status = 'merged'"#,
            tenant.0,
            external_ids
        );
        all.extend(named.fetch_all(&mut **tx).await?);
    }
    Ok(all)
}
