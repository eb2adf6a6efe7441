//! Plain reads: by id and in pages.
//!
//! Everything of a tenant is read in a transaction of one snapshot that sees this tenant only. Such a transaction is
//! dropped, not committed: there is nothing to keep, and the caller need not wait for the goodbye. Lists find their
//! page first (ids, in order) and then fetch the rows.

mod batches;
mod branches;
mod by_id;
mod conversions;
mod customers;
mod events;
mod imports;
mod lead_filter;
mod leads;
mod timeline;

use crate::load;
use crate::pool::Database;
use crate::store::PgStore;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use opportune_application::ports::{
    ConversionFilter, ItemEnd, LeadFilter, LeadOrder, Page, PageAfter, Reads, StoreError, StoredEvent, Timeline,
};
use opportune_domain::batch::Batch;
use opportune_domain::conversion::Conversion;
use opportune_domain::customer::Customer;
use opportune_domain::ids::{BatchId, ConversionId, CustomerId, EventId, LeadId, RequestId, TenantId, TimelineEntryId};
use opportune_domain::import::{Import, ImportReject};
use opportune_domain::lead::Lead;
use opportune_domain::tenant::TenantConfig;
use opportune_domain::timeline::TimelineEntry;
use sqlx::PgPool;
use std::sync::Arc;
use uuid::Uuid;

/// Totals count no further.
const MOST_COUNTED: i64 = 10_000;

/// Reads over PostgreSQL. Cloning shares the connections and the cached set-ups.
#[derive(Debug, Clone)]
pub struct PgReads {
    store: PgStore,
    relay: PgPool,
}

impl PgReads {
    /// Reads with the connections and the cached set-ups of `store`; those over all tenants with the relay's.
    pub fn new(database: &Database, store: &PgStore) -> Self {
        Self {
            store: store.clone(),
            relay: database.relay.clone(),
        }
    }
}

#[async_trait]
impl Reads for PgReads {
    async fn config(&self, tenant: TenantId) -> Result<Arc<TenantConfig>, StoreError> {
        self.store.config_now(tenant).await
    }

    async fn lead(&self, tenant: TenantId, id: LeadId) -> Result<Option<Lead>, StoreError> {
        Ok(self.leads(tenant, &[id]).await?.pop())
    }

    async fn leads(&self, tenant: TenantId, ids: &[LeadId]) -> Result<Vec<Lead>, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        Ok(load::leads::by_ids(&mut tx, tenant, &ids, &[]).await?)
    }

    async fn list_leads(
        &self,
        tenant: TenantId,
        filter: &LeadFilter,
        order: LeadOrder,
        after: Option<&PageAfter>,
        limit: i64,
    ) -> Result<Page<Lead>, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        Ok(leads::list(&mut tx, tenant, filter, order, after, limit).await?)
    }

    async fn lead_ids(&self, tenant: TenantId, filter: &LeadFilter, limit: i64) -> Result<Vec<LeadId>, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        Ok(leads::ids(&mut tx, tenant, filter, limit).await?)
    }

    async fn total_leads(&self, tenant: TenantId, filter: &LeadFilter) -> Result<i64, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        Ok(leads::total(&mut tx, tenant, filter).await?)
    }

    async fn timeline(
        &self,
        tenant: TenantId,
        lead: LeadId,
        after: Option<&PageAfter>,
        limit: i64,
    ) -> Result<Option<Timeline>, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        Ok(timeline::of(&mut tx, tenant, lead, after, limit).await?)
    }

    async fn total_timeline(&self, tenant: TenantId, lead: LeadId) -> Result<i64, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        Ok(timeline::total(&mut tx, tenant, lead).await?)
    }

    async fn timeline_entry(&self, tenant: TenantId, id: TimelineEntryId) -> Result<Option<TimelineEntry>, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        Ok(timeline::one(&mut tx, tenant, id).await?)
    }

    async fn customer(&self, tenant: TenantId, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        Ok(self.customers(tenant, &[id]).await?.pop())
    }

    async fn customers(&self, tenant: TenantId, ids: &[CustomerId]) -> Result<Vec<Customer>, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        Ok(by_id::customers(&mut tx, tenant, &ids).await?)
    }

    async fn list_customers(
        &self,
        tenant: TenantId,
        words: &[String],
        after: Option<&PageAfter>,
        limit: i64,
    ) -> Result<Page<Customer>, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        Ok(customers::list(&mut tx, tenant, words, after, limit).await?)
    }

    async fn total_customers(&self, tenant: TenantId, words: &[String]) -> Result<i64, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        Ok(customers::total(&mut tx, tenant, words).await?)
    }

    async fn conversion(&self, tenant: TenantId, id: ConversionId) -> Result<Option<Conversion>, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        Ok(by_id::conversions(&mut tx, tenant, &[id.0]).await?.pop())
    }

    async fn list_conversions(
        &self,
        tenant: TenantId,
        filter: &ConversionFilter,
        after: Option<&PageAfter>,
        limit: i64,
    ) -> Result<Page<Conversion>, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        Ok(conversions::list(&mut tx, tenant, filter, after, limit).await?)
    }

    async fn total_conversions(&self, tenant: TenantId, filter: &ConversionFilter) -> Result<i64, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        Ok(conversions::total(&mut tx, tenant, filter).await?)
    }

    async fn batch(&self, tenant: TenantId, id: BatchId) -> Result<Option<Batch>, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        Ok(batches::one(&mut tx, tenant, id).await?)
    }

    async fn batch_ends(
        &self,
        tenant: TenantId,
        id: BatchId,
        after: i64,
        limit: i64,
    ) -> Result<Option<(Batch, Vec<ItemEnd>)>, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        let Some(batch) = batches::one(&mut tx, tenant, id).await? else {
            return Ok(None);
        };
        let ends = batches::ends(&mut tx, tenant, id, after, limit).await?;
        Ok(Some((batch, ends)))
    }

    async fn import(&self, tenant: TenantId, id: RequestId) -> Result<Option<Import>, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        Ok(imports::one(&mut tx, tenant, id).await?)
    }

    async fn import_rejects(
        &self,
        tenant: TenantId,
        id: RequestId,
        after_line: i64,
        limit: i64,
    ) -> Result<Vec<ImportReject>, StoreError> {
        let mut tx = self.store.snapshot(tenant).await?;
        Ok(imports::rejects(&mut tx, tenant, id, after_line, limit).await?)
    }

    async fn events(
        &self,
        tenant: Option<TenantId>,
        since: DateTime<Utc>,
        after: Option<(DateTime<Utc>, EventId)>,
        limit: i64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(events::since(&self.relay, tenant, since, after, limit).await?)
    }
}

/// Cuts the row too many that tells whether there is a next page; true = there is.
fn cut<T>(rows: &mut Vec<T>, limit: i64) -> bool {
    let limit = usize::try_from(limit).unwrap_or(0);
    let more = rows.len() > limit;
    rows.truncate(limit);
    more
}

/// The next page begins after the last of these ids; `None` = there is no next page.
fn after_last(ids: &[Uuid], more: bool) -> Option<PageAfter> {
    ids.last().filter(|_| more).map(|id| PageAfter {
        value: String::new(),
        id: *id,
    })
}
