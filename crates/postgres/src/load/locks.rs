//! Locks on customer keys: two units of work that may make a customer of one key go one after the other (rules 5.7).

use super::Tx;
use crate::error::DbError;
use opportune_domain::ids::TenantId;
use opportune_domain::keys::Key;

/// What is locked for a customer key: its hash, mixed with the tenant, for advisory locks know no tenants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AdvisoryKey(pub i64);

impl AdvisoryKey {
    /// The lock of one tenant's key. Should two keys ever share a lock, somebody waits for nothing; no more.
    pub(crate) fn of(tenant: TenantId, key: Key) -> Self {
        let (high, low) = tenant.0.as_u64_pair();
        let mixed = (high ^ low.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(key.hash ^ mixed.cast_signed())
    }
}

/// Locks the keys in the given order, which has to be ascending, until the transaction ends. A statement of its own:
/// the next one sees what those committed that were waited for.
pub(crate) async fn lock_keys(tx: &mut Tx, keys: &[i64]) -> Result<(), DbError> {
    sqlx::query!(
        r#"SELECT pg_advisory_xact_lock(key) AS "locked!: ()" FROM UNNEST($1::bigint[]) AS key"#,
        keys
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(())
}
