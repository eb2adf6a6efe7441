//! Customers by id, locked.

use super::Tx;
use crate::error::DbError;
use crate::rows;
use crate::rows::customer::select_customers;
use opportune_domain::customer::Customer;
use opportune_domain::ids::TenantId;
use uuid::Uuid;

/// Customers by id, locked in the order of their ids.
pub(crate) async fn lock(tx: &mut Tx, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<Customer>, DbError> {
    let rows = select_customers!(
        "WHERE tenant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE",
        tenant.0,
        ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows::all(rows)?)
}
