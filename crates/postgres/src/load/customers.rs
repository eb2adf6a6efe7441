//! Customers by id, locked; and no more of them than their countries.

use super::Tx;
use crate::error::DbError;
use crate::rows;
use crate::rows::customer::select_customers;
use opportune_domain::customer::Customer;
use opportune_domain::ids::{CustomerId, TenantId};
use std::collections::BTreeMap;
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

/// The countries of customers.
pub(crate) async fn countries(
    tx: &mut Tx,
    tenant: TenantId,
    ids: &[Uuid],
) -> Result<BTreeMap<CustomerId, String>, DbError> {
    let rows = sqlx::query!(
        "SELECT id, country FROM customers WHERE tenant_id = $1 AND id = ANY($2)",
        tenant.0,
        ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (CustomerId(row.id), row.country)).collect())
}
