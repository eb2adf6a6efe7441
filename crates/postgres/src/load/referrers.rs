//! Who refers to customers.

use super::Tx;
use crate::error::DbError;
use opportune_domain::ids::{CustomerId, LeadId, TenantId};
use opportune_domain::world::Referrers;
use std::collections::BTreeMap;
use uuid::Uuid;

/// More referrers of one customer are not looked at: what so many refer to stays anyway. A merge that is taken back has
/// at most half as many.
const MOST: i64 = 2_000;

/// Leads and customers that refer to these customers.
pub(crate) async fn referrers(
    tx: &mut Tx,
    tenant: TenantId,
    customers: &[Uuid],
) -> Result<BTreeMap<CustomerId, Referrers>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT asked.id AS "customer_id!", found.id AS "id!", true AS "is_lead!"
        FROM UNNEST($2::uuid[]) AS asked (id)
        CROSS JOIN LATERAL (
            SELECT leads.id FROM leads WHERE leads.tenant_id = $1 AND leads.customer_id = asked.id LIMIT $3
        ) AS found
        UNION ALL
        SELECT asked.id, found.id, false
        FROM UNNEST($2::uuid[]) AS asked (id)
        CROSS JOIN LATERAL (
            SELECT customers.id FROM customers
            WHERE customers.tenant_id = $1 AND customers.parent_id = asked.id LIMIT $3
        ) AS found"#,
        tenant.0,
        customers,
        MOST
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut referrers: BTreeMap<CustomerId, Referrers> = BTreeMap::new();
    for row in rows {
        let of_customer = referrers.entry(CustomerId(row.customer_id)).or_default();
        if row.is_lead {
            of_customer.leads.insert(LeadId(row.id));
        } else {
            of_customer.customers.insert(CustomerId(row.id));
        }
    }
    Ok(referrers)
}
