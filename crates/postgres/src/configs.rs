//! Tenants' set-ups: kept by version, so that most units of work read a number instead of five tables.

use crate::error::DbError;
use crate::pool::{self, Access, Told};
use crate::store::PgStore;
use crate::transaction::Tx;
use crate::{load, write};
use chrono::{DateTime, Utc};
use opportune_application::ports::StoreError;
use opportune_domain::ids::TenantId;
use opportune_domain::tenant::{Settings, TenantConfig, first_stages};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

/// Most tenants that are kept; when there are more, all are forgotten and read again.
const MOST: usize = 10_000;

/// What was read last of each tenant. A version names one state for ever, so nothing here is ever wrong, only old.
#[derive(Debug, Default)]
pub(crate) struct Configs(RwLock<HashMap<TenantId, Arc<TenantConfig>>>);

impl Configs {
    fn get(&self, tenant: TenantId, version: i64) -> Option<Arc<TenantConfig>> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.get(&tenant).filter(|config| config.version == version).cloned()
    }

    fn put(&self, tenant: TenantId, config: &Arc<TenantConfig>) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST && !kept.contains_key(&tenant) {
            kept.clear();
        }
        kept.insert(tenant, Arc::clone(config));
    }
}

/// A transaction that has begun.
pub(crate) struct Begun {
    pub transaction: Tx,
    /// The transaction's time.
    pub now: DateTime<Utc>,
    pub config: Arc<TenantConfig>,
}

impl PgStore {
    /// Begins a transaction with the tenant's set-up at hand; makes the tenant when it is not there.
    pub(crate) async fn begin(&self, tenant: TenantId, access: Access) -> Result<Begun, DbError> {
        if let Some(begun) = self.begin_known(tenant, access).await? {
            return Ok(begun);
        }
        self.make_tenant(tenant).await?;
        let begun = self.begin_known(tenant, access).await?;
        begun.ok_or(DbError::Absent("tenants"))
    }

    async fn begin_known(&self, tenant: TenantId, access: Access) -> Result<Option<Begun>, DbError> {
        let (mut transaction, Told { now, version }) = pool::begin_told(&self.pool, tenant, access).await?;
        let Some(version) = version else { return Ok(None) };
        let config = match self.configs.get(tenant, version) {
            Some(config) => config,
            None => self.read_config(&mut transaction, tenant).await?,
        };
        Ok(Some(Begun {
            transaction,
            now,
            config,
        }))
    }

    /// Reads the set-up, and keeps it for others.
    pub(crate) async fn read_config(
        &self,
        transaction: &mut Tx,
        tenant: TenantId,
    ) -> Result<Arc<TenantConfig>, DbError> {
        let config = Arc::new(load::config::read(transaction, tenant).await?);
        self.configs.put(tenant, &config);
        Ok(config)
    }

    /// The tenant's set-up as it is now; makes the tenant on first use.
    pub(crate) async fn config_now(&self, tenant: TenantId) -> Result<Arc<TenantConfig>, StoreError> {
        let begun = self.begin(tenant, Access::Snapshot).await?;
        Ok(begun.config)
    }

    /// A tenant with the settings and stages of rules 1.5. Whoever else makes it at the same moment does it once.
    async fn make_tenant(&self, tenant: TenantId) -> Result<(), DbError> {
        let config = TenantConfig {
            version: 1,
            settings: Settings::default(),
            stages: first_stages(&mut self.ids.clone()),
            teams: Vec::new(),
            salespeople: BTreeMap::new(),
        };
        let (mut transaction, _) = pool::begin_told(&self.pool, tenant, Access::Write).await?;
        if write::config::make_tenant(&mut transaction, tenant, &config).await? {
            tracing::info!(%tenant, "new tenant");
        }
        Ok(transaction.commit().await?)
    }
}
