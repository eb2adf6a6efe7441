//! Which records have a key. Ids grow with time, so the first by id are the oldest.

use super::Tx;
use crate::error::DbError;
use opportune_domain::ids::{CustomerId, LeadId, TenantId};

/// The 100 oldest customers of each of `customer_keys`, and the 100 earliest open leads of each of `lead_keys`: a
/// policy needs both, and one round trip brings them.
pub(crate) async fn open_hits(
    tx: &mut Tx,
    tenant: TenantId,
    customer_keys: &[i64],
    lead_keys: &[i64],
) -> Result<(Vec<(i64, CustomerId)>, Vec<(i64, LeadId)>), DbError> {
    let rows = sqlx::query!(
        r#"SELECT asked.key AS "key!", found.customer_id AS "id!", false AS "is_lead!"
        FROM UNNEST($2::bigint[]) AS asked (key)
        CROSS JOIN LATERAL (
            SELECT customer_keys.customer_id FROM customer_keys
            WHERE customer_keys.tenant_id = $1 AND customer_keys.key = asked.key
            ORDER BY customer_keys.customer_id LIMIT 100
        ) AS found
        UNION ALL
        SELECT asked.key, found.lead_id, true
        FROM UNNEST($3::bigint[]) AS asked (key)
        CROSS JOIN LATERAL (
            SELECT match_keys.lead_id
            FROM match_keys JOIN leads ON leads.tenant_id = $1 AND leads.id = match_keys.lead_id
            WHERE match_keys.tenant_id = $1 AND match_keys.key = asked.key AND leads.status = 'open'
            ORDER BY match_keys.lead_id LIMIT 100
        ) AS found"#,
        tenant.0,
        customer_keys,
        lead_keys
    )
    .fetch_all(&mut **tx)
    .await?;
    let (mut customers, mut leads) = (Vec::new(), Vec::new());
    for row in rows {
        if row.is_lead {
            leads.push((row.key, LeadId(row.id)));
        } else {
            customers.push((row.key, CustomerId(row.id)));
        }
    }
    Ok((customers, leads))
}

/// How many leads have each key, counted up to what stands beside it in `most`.
pub(crate) async fn estimates(
    tx: &mut Tx,
    tenant: TenantId,
    keys: &[i64],
    most: &[i64],
) -> Result<Vec<(i64, i64)>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT asked.key AS "key!", counted.hits AS "hits!"
        FROM UNNEST($2::bigint[], $3::bigint[]) AS asked (key, most)
        CROSS JOIN LATERAL (
            SELECT count(*) AS hits FROM (
                SELECT FROM match_keys
                WHERE match_keys.tenant_id = $1 AND match_keys.key = asked.key LIMIT asked.most
            ) AS hit
        ) AS counted"#,
        tenant.0,
        keys,
        most
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.key, row.hits)).collect())
}
