//! Customers with those above and below them. A hierarchy is a tree of at most 16 levels; the bound keeps a damaged one
//! from looping.

use super::Tx;
use crate::error::DbError;
use crate::rows;
use crate::rows::customer::select_customers;
use opportune_domain::customer::Customer;
use opportune_domain::ids::TenantId;
use uuid::Uuid;

/// Customers by id, each with its companies up to the top.
pub(crate) async fn with_ancestors(tx: &mut Tx, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<Customer>, DbError> {
    let rows = select_customers!(
        "JOIN (
            WITH RECURSIVE up (id, parent_id, depth) AS (
                SELECT c.id, c.parent_id, 1 FROM customers AS c WHERE c.tenant_id = $1 AND c.id = ANY($2)
                UNION
                SELECT c.id, c.parent_id, up.depth + 1
                FROM up JOIN customers AS c ON c.tenant_id = $1 AND c.id = up.parent_id
                WHERE up.depth < 16
            )
            SELECT DISTINCT up.id FROM up
        ) AS wanted ON customers.id = wanted.id
        WHERE customers.tenant_id = $1",
        tenant.0,
        ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows::all(rows)?)
}

/// All customers of the commercial entities of these customers: everybody below each topmost company, nearest first, at
/// most 1,000 of each.
pub(crate) async fn families(tx: &mut Tx, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<Customer>, DbError> {
    let rows = select_customers!(
        "JOIN (
            WITH RECURSIVE up (id, parent_id, depth) AS (
                SELECT c.id, c.parent_id, 1 FROM customers AS c WHERE c.tenant_id = $1 AND c.id = ANY($2)
                UNION
                SELECT c.id, c.parent_id, up.depth + 1
                FROM up JOIN customers AS c ON c.tenant_id = $1 AND c.id = up.parent_id
                WHERE up.depth < 16
            )
            SELECT up.id FROM up
            UNION
            SELECT member.id
            FROM (SELECT DISTINCT up.id FROM up WHERE up.parent_id IS NULL) AS top
            CROSS JOIN LATERAL (
                WITH RECURSIVE down (id, depth) AS (
                    SELECT top.id, 1
                    UNION ALL
                    SELECT c.id, down.depth + 1
                    FROM down JOIN customers AS c ON c.tenant_id = $1 AND c.parent_id = down.id
                    WHERE down.depth < 16
                )
                SELECT down.id FROM down LIMIT 1000
            ) AS member
        ) AS wanted ON customers.id = wanted.id
        WHERE customers.tenant_id = $1",
        tenant.0,
        ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows::all(rows)?)
}
