//! Requests that were seen before, and unfinished conversions: what a call may have to do with one made a moment ago.

use super::Tx;
use crate::error::DbError;
use opportune_domain::ids::{ConversionId, LeadId, RequestId, TenantId};
use opportune_domain::request::SeenRequest;
use uuid::Uuid;

/// What is known of calls made earlier.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    /// Requests that took effect.
    pub requests: Vec<SeenRequest>,
    /// Unfinished conversions by their leads.
    pub live: Vec<(LeadId, ConversionId)>,
}

/// The requests with these ids that took effect earlier, and the unfinished conversions of these leads, as of one
/// moment: a conversion that is seen here is seen together with the request that made it.
pub(crate) async fn earlier(
    tx: &mut Tx,
    tenant: TenantId,
    requests: &[Uuid],
    leads: &[Uuid],
) -> Result<Earlier, DbError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!", resource AS "resource!", rpc AS "rpc?", actor AS "actor?", fingerprint AS "fingerprint?"
        FROM requests WHERE tenant_id = $1 AND id = ANY($2)
        UNION ALL
        SELECT lead_id, id, NULL, NULL, NULL FROM conversions
        WHERE tenant_id = $1 AND lead_id = ANY($3) AND state IN ('queued', 'running')"#,
        tenant.0,
        requests,
        leads
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut earlier = Earlier::default();
    for row in rows {
        match (row.rpc, row.fingerprint) {
            (Some(rpc), Some(fingerprint)) => earlier.requests.push(SeenRequest {
                id: RequestId(row.id),
                rpc,
                actor: row.actor,
                fingerprint,
                resource: row.resource,
            }),
            _ => earlier.live.push((LeadId(row.id), ConversionId(row.resource))),
        }
    }
    Ok(earlier)
}
