//! Which tenants' keys are to be made anew, and waiting for those who still write old ones.

use crate::error::DbError;
use crate::pool;
use opportune_domain::ids::TenantId;
use opportune_domain::keys::KEYS_VERSION;
use opportune_domain::rekey::Scope;
use sqlx::PgPool;
use uuid::Uuid;

/// What there is to do, the oldest first. Tenants whose keys are of an older version are asked for by the way. What a
/// newer release asked for is left to it.
pub(super) async fn waiting(relay: &PgPool) -> Result<Vec<(TenantId, Uuid)>, DbError> {
    sqlx::query!(
        "INSERT INTO rekeys (tenant_id, scope, keys_version, slice, slices)
        SELECT behind.id, 'all', $1, slice, $2
        FROM (
            SELECT id FROM tenants
            WHERE keys_version < $1 AND NOT EXISTS (
                SELECT FROM rekeys
                WHERE rekeys.tenant_id = tenants.id AND rekeys.scope = 'all' AND rekeys.keys_version >= $1
            )
            ORDER BY id LIMIT 1000
        ) AS behind CROSS JOIN generate_series(0, $2 - 1) AS slice",
        KEYS_VERSION,
        Scope::All.slices()
    )
    .execute(relay)
    .await?;
    let rows = sqlx::query!(
        "SELECT tenant_id, id FROM rekeys WHERE keys_version <= $1 ORDER BY create_time, id LIMIT 1000",
        KEYS_VERSION
    )
    .fetch_all(relay)
    .await?;
    Ok(rows.into_iter().map(|row| (TenantId(row.tenant_id), row.id)).collect())
}

/// Asks for all keys of one tenant, or of all, where nobody has. Returns what there is to do.
pub(super) async fn ask(relay: &PgPool, tenant: Option<TenantId>) -> Result<Vec<(TenantId, Uuid)>, DbError> {
    let rows = sqlx::query!(
        r#"WITH known AS (
            SELECT tenant_id, id FROM rekeys
            WHERE scope = 'all' AND keys_version = $2 AND ($1::uuid IS NULL OR tenant_id = $1)
        ), asked AS (
            INSERT INTO rekeys (tenant_id, scope, keys_version, slice, slices)
            SELECT id, 'all', $2, slice, $3 FROM tenants CROSS JOIN generate_series(0, $3 - 1) AS slice
            WHERE ($1::uuid IS NULL OR id = $1) AND id NOT IN (SELECT tenant_id FROM known)
            RETURNING tenant_id, id
        )
        SELECT tenant_id AS "tenant_id!", id AS "id!" FROM known
        UNION ALL SELECT tenant_id, id FROM asked
        ORDER BY 1, 2"#,
        tenant.map(|tenant| tenant.0),
        KEYS_VERSION,
        Scope::All.slices()
    )
    .fetch_all(relay)
    .await?;
    Ok(rows.into_iter().map(|row| (TenantId(row.tenant_id), row.id)).collect())
}

/// Every transaction that writes for the tenant and began before this call has ended when it returns.
pub(super) async fn wait_for_writers(relay: &PgPool, tenant: TenantId) -> Result<(), DbError> {
    let (high, low) = pool::writers_of(tenant);
    let mut transaction = relay.begin().await?;
    sqlx::query!(r#"SELECT pg_advisory_xact_lock($1, $2) AS "locked!: ()""#, high, low)
        .fetch_one(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(())
}
