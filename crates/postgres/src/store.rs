//! The store.

use crate::configs::Configs;
use crate::error::DbError;
use crate::growth::Growth;
use crate::pool::{self, Database};
use crate::sizes::Sizes;
use crate::transaction::Tx;
use crate::work;
use async_trait::async_trait;
use opportune_application::ids::IdSource;
use opportune_application::ports::{Committed, Meter, Store, StoreError, Work};
use opportune_domain::ids::TenantId;
use sqlx::PgPool;
use std::fmt;
use std::sync::Arc;

/// Units of work and reads over PostgreSQL. Cloning shares the connections and the cached set-ups.
#[derive(Clone)]
pub struct PgStore {
    pub(crate) pool: PgPool,
    pub(crate) ids: IdSource,
    pub(crate) configs: Arc<Configs>,
    pub(crate) meter: Arc<dyn Meter>,
    pub(crate) sizes: Arc<Sizes>,
    pub(crate) growth: Arc<Growth>,
}

impl PgStore {
    /// A store over the application's connections; `ids` names the stages of new tenants.
    pub fn new(database: &Database, ids: IdSource) -> Self {
        Self {
            pool: database.app.clone(),
            ids,
            configs: Arc::new(Configs::default()),
            meter: Arc::new(()),
            sizes: Arc::default(),
            growth: Arc::clone(&database.growth),
        }
    }

    /// The same store, which counts.
    #[must_use]
    pub fn counted_by(self, meter: Arc<dyn Meter>) -> Self {
        Self { meter, ..self }
    }

    /// A transaction for reading as of one moment, of one tenant.
    pub(crate) async fn snapshot(&self, tenant: TenantId) -> Result<Tx, StoreError> {
        let begun = pool::begin_reading(&self.pool, tenant).await;
        begun.map_err(|error| DbError::from(error).into())
    }
}

impl fmt::Debug for PgStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PgStore")
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for PgStore {
    async fn work(&self, tenant: TenantId, work: &mut dyn Work) -> Result<Committed, StoreError> {
        work::run(self, tenant, work).await
    }

    async fn peek(&self, tenant: TenantId, work: &mut dyn Work) -> Result<(), StoreError> {
        work::peek(self, tenant, work).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        // A transaction of nobody: a tenant that is not there.
        let nobody = TenantId(uuid::Uuid::nil());
        self.snapshot(nobody).await.map(drop)
    }
}
