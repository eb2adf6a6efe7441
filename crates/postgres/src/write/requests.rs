//! `requests`: one id, one effect.

use crate::error::Setback;
use crate::load::Tx;
use opportune_domain::ids::TenantId;
use opportune_domain::request::RequestClaim;
use uuid::Uuid;

/// Inserts the requests. Waits for somebody who is inserting the same id; when they were faster, the unit of work
/// starts over and sees theirs.
pub(super) async fn insert(tx: &mut Tx, tenant: TenantId, requests: &[(RequestClaim, Uuid)]) -> Result<(), Setback> {
    if requests.is_empty() {
        return Ok(());
    }
    let mut sorted: Vec<&(RequestClaim, Uuid)> = requests.iter().collect();
    sorted.sort_unstable_by_key(|(claim, _)| claim.id);
    let ids: Vec<Uuid> = sorted.iter().map(|(claim, _)| claim.id.0).collect();
    let rpcs: Vec<&str> = sorted.iter().map(|(claim, _)| claim.rpc).collect();
    let actors: Vec<Option<Uuid>> = sorted.iter().map(|(claim, _)| claim.actor).collect();
    let fingerprints: Vec<&[u8]> = sorted.iter().map(|(claim, _)| claim.fingerprint.as_slice()).collect();
    let resources: Vec<Uuid> = sorted.iter().map(|(_, resource)| *resource).collect();
    let done = sqlx::query!(
        "INSERT INTO requests (tenant_id, id, rpc, actor, fingerprint, resource)
        SELECT $1, given.id, given.rpc, given.actor, given.fingerprint, given.resource
        FROM UNNEST($2::uuid[], $3::text[], $4::uuid[], $5::bytea[], $6::uuid[])
            AS given (id, rpc, actor, fingerprint, resource)
        ON CONFLICT (tenant_id, id) DO NOTHING",
        tenant.0,
        &ids,
        &rpcs as _,
        &actors as _,
        &fingerprints as _,
        &resources
    )
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == requests.len() as u64 {
        Ok(())
    } else {
        Err(Setback::Conflict)
    }
}
