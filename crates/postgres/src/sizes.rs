//! About how many leads each tenant has.

use crate::error::DbError;
use crate::load::Tx;
use opportune_domain::ids::TenantId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A count is believed for this long, and for [`LONGER`] more for each record: what is large changes slowly in
/// proportion, and counting it takes time. Scores look at its logarithm.
const BELIEVED: Duration = Duration::from_secs(1);
const LONGER: Duration = Duration::from_millis(1);

/// Counts that were taken a while ago.
#[derive(Debug, Default)]
pub(crate) struct Sizes(Mutex<HashMap<TenantId, (Instant, u64)>>);

impl Sizes {
    /// About how many leads the tenant has.
    pub async fn of(&self, tx: &mut Tx, tenant: TenantId) -> Result<u64, DbError> {
        if let Some(count) = self.believed(tenant) {
            return Ok(count);
        }
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM leads WHERE tenant_id = $1"#,
            tenant.0
        )
        .fetch_one(&mut **tx)
        .await?;
        let count = u64::try_from(count).unwrap_or(0);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.insert(tenant, (Instant::now(), count));
        Ok(count)
    }

    fn believed(&self, tenant: TenantId) -> Option<u64> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (taken, count) = counts.get(&tenant)?;
        let believed = BELIEVED + LONGER.saturating_mul(u32::try_from(*count).unwrap_or(u32::MAX));
        (taken.elapsed() < believed).then_some(*count)
    }
}
