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
    let rows = if external_ids.is_empty() {
        select_leads!("WHERE tenant_id = $1 AND id = ANY($2)", tenant.0, ids)
            .fetch_all(&mut **tx)
            .await?
    } else {
        select_leads!(
            "WHERE tenant_id = $1 AND id = ANY($2 || ARRAY(
                SELECT named.id FROM leads AS named
                WHERE named.tenant_id = $1 AND named.external_id = ANY($3) AND named.external_id <> ''))",
            tenant.0,
            ids,
            external_ids
        )
        .fetch_all(&mut **tx)
        .await?
    };
    Ok(rows::all(rows)?)
}

/// The same, locked in the order of their ids, and read as they are once they are locked.
pub(crate) async fn locked(
    tx: &mut Tx,
    tenant: TenantId,
    ids: &[Uuid],
    external_ids: &[String],
) -> Result<Vec<Lead>, DbError> {
    let rows = if external_ids.is_empty() {
        select_leads!(
            "WHERE tenant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE",
            tenant.0,
            ids
        )
        .fetch_all(&mut **tx)
        .await?
    } else {
        select_leads!(
            "WHERE tenant_id = $1 AND id = ANY($2 || ARRAY(
                SELECT named.id FROM leads AS named
                WHERE named.tenant_id = $1 AND named.external_id = ANY($3) AND named.external_id <> ''))
            ORDER BY id FOR NO KEY UPDATE",
            tenant.0,
            ids,
            external_ids
        )
        .fetch_all(&mut **tx)
        .await?
    };
    Ok(rows::all(rows)?)
}
