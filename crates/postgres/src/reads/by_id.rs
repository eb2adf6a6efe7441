//! Customers and conversions by id; leads are read where units of work load them too.

use crate::error::DbError;
use crate::load::Tx;
use crate::rows;
use crate::rows::conversion::select_conversions;
use crate::rows::customer::select_customers;
use opportune_domain::conversion::Conversion;
use opportune_domain::customer::Customer;
use opportune_domain::ids::TenantId;
use uuid::Uuid;

/// Customers, in the order of their ids.
pub(super) async fn customers(tx: &mut Tx, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<Customer>, DbError> {
    let rows = select_customers!("WHERE tenant_id = $1 AND id = ANY($2) ORDER BY id", tenant.0, ids)
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows::all(rows)?)
}

/// Conversions, newest first.
pub(super) async fn conversions(tx: &mut Tx, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<Conversion>, DbError> {
    let rows = select_conversions!("WHERE tenant_id = $1 AND id = ANY($2) ORDER BY id DESC", tenant.0, ids)
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows::all(rows)?)
}
