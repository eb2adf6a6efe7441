//! A database and a broker that are away: what the server does by itself shows all the better.

use chrono::{DateTime, TimeDelta, Utc};
use opportune_application::App;
use opportune_application::accept::{AcceptOptions, Acceptor};
use opportune_application::dispatch::{Dispatcher, Sender};
use opportune_application::ids::IdSource;
use opportune_application::ports::{
    Committed, ConversionFilter, ItemEnd, LeadFilter, LeadOrder, Outbox, OutboxLag, OutboxRow, Page, PageAfter,
    PublishError, Publisher, Reads, Store, StoreError, StoredEvent, Timeline, Work,
};
use opportune_application::waiters::Waiters;
use opportune_domain::batch::Batch;
use opportune_domain::conversion::Conversion;
use opportune_domain::customer::Customer;
use opportune_domain::ids::{BatchId, ConversionId, CustomerId, EventId, LeadId, RequestId, TenantId, TimelineEntryId};
use opportune_domain::import::{Import, ImportReject};
use opportune_domain::lead::Lead;
use opportune_domain::tenant::TenantConfig;
use opportune_domain::timeline::TimelineEntry;
use std::sync::Arc;
use tonic::async_trait;
use uuid::Uuid;

/// Everything is away.
struct Away;

type Never<T> = Result<T, StoreError>;

fn away<T>() -> Never<T> {
    Err(StoreError::Unavailable("on purpose".into()))
}

/// The use cases over nothing.
pub fn app() -> Arc<App> {
    let sender = Sender {
        publisher: Arc::new(Away),
        outbox: Arc::new(Away),
        meter: Arc::new(()),
    };
    let (dispatcher, _) = Dispatcher::new(sender);
    let options = AcceptOptions { max_group: 1, lanes: 1 };
    let (acceptor, _) = Acceptor::new(options, Arc::new(Away), dispatcher.clone(), Arc::new(()));
    Arc::new(App {
        store: Arc::new(Away),
        reads: Arc::new(Away),
        acceptor,
        dispatcher,
        waiters: Waiters::default(),
        ids: IdSource::new(|| Uuid::from_u128(1)),
    })
}

#[async_trait]
impl Store for Away {
    async fn work(&self, _: TenantId, _: &mut dyn Work) -> Never<Committed> {
        away()
    }
    async fn peek(&self, _: TenantId, _: &mut dyn Work) -> Never<()> {
        away()
    }
    async fn ping(&self) -> Never<()> {
        away()
    }
}

#[async_trait]
impl Publisher for Away {
    async fn publish(&self, rows: &[OutboxRow]) -> Vec<Result<(), PublishError>> {
        rows.iter().map(|_| Err(PublishError::Refused)).collect()
    }
    async fn dead_letter(&self, _: TenantId, _: ConversionId, _: &str) -> Result<(), PublishError> {
        Err(PublishError::Refused)
    }
}

#[async_trait]
impl Outbox for Away {
    async fn lease(&self, _: i64) -> Never<Vec<OutboxRow>> {
        away()
    }
    async fn sent(&self, _: &[i64]) -> Never<()> {
        away()
    }
    async fn release(&self, _: &[i64], _: TimeDelta) -> Never<()> {
        away()
    }
    async fn lag(&self) -> Never<OutboxLag> {
        away()
    }
    async fn sweep(&self) -> Never<u64> {
        away()
    }
    async fn left_batches(&self) -> Never<Vec<(TenantId, BatchId)>> {
        away()
    }
    async fn rekeys(&self) -> Never<Vec<(TenantId, Uuid)>> {
        away()
    }
    async fn wait_for_writers(&self, _: TenantId) -> Never<()> {
        away()
    }
    async fn housekeeping(&self, _: TimeDelta) -> Never<u64> {
        away()
    }
}

#[async_trait]
impl Reads for Away {
    async fn config(&self, _: TenantId) -> Never<Arc<TenantConfig>> {
        away()
    }
    /// A lead whose id ends in 13 makes the call panic.
    async fn lead(&self, _: TenantId, id: LeadId) -> Never<Option<Lead>> {
        assert_ne!(id.0.as_u128(), 0x13, "on purpose");
        away()
    }
    async fn leads(&self, _: TenantId, _: &[LeadId]) -> Never<Vec<Lead>> {
        away()
    }
    async fn list_leads(
        &self,
        _: TenantId,
        _: &LeadFilter,
        _: LeadOrder,
        _: Option<&PageAfter>,
        _: i64,
    ) -> Never<Page<Lead>> {
        away()
    }
    async fn lead_ids(&self, _: TenantId, _: &LeadFilter, _: i64) -> Never<Vec<LeadId>> {
        away()
    }
    async fn batch(&self, _: TenantId, _: BatchId) -> Never<Option<Batch>> {
        away()
    }
    async fn batch_ends(&self, _: TenantId, _: BatchId, _: i64, _: i64) -> Never<Option<(Batch, Vec<ItemEnd>)>> {
        away()
    }
    async fn total_leads(&self, _: TenantId, _: &LeadFilter) -> Never<i64> {
        away()
    }
    async fn timeline(&self, _: TenantId, _: LeadId, _: Option<&PageAfter>, _: i64) -> Never<Option<Timeline>> {
        away()
    }
    async fn total_timeline(&self, _: TenantId, _: LeadId) -> Never<i64> {
        away()
    }
    async fn timeline_entry(&self, _: TenantId, _: TimelineEntryId) -> Never<Option<TimelineEntry>> {
        away()
    }
    async fn customer(&self, _: TenantId, _: CustomerId) -> Never<Option<Customer>> {
        away()
    }
    async fn customers(&self, _: TenantId, _: &[CustomerId]) -> Never<Vec<Customer>> {
        away()
    }
    async fn list_customers(&self, _: TenantId, _: &[String], _: Option<&PageAfter>, _: i64) -> Never<Page<Customer>> {
        away()
    }
    async fn total_customers(&self, _: TenantId, _: &[String]) -> Never<i64> {
        away()
    }
    async fn conversion(&self, _: TenantId, _: ConversionId) -> Never<Option<Conversion>> {
        away()
    }
    async fn list_conversions(
        &self,
        _: TenantId,
        _: &ConversionFilter,
        _: Option<&PageAfter>,
        _: i64,
    ) -> Never<Page<Conversion>> {
        away()
    }
    async fn total_conversions(&self, _: TenantId, _: &ConversionFilter) -> Never<i64> {
        away()
    }
    async fn import(&self, _: TenantId, _: RequestId) -> Never<Option<Import>> {
        away()
    }
    async fn import_rejects(&self, _: TenantId, _: RequestId, _: i64, _: i64) -> Never<Vec<ImportReject>> {
        away()
    }
    async fn events(
        &self,
        _: Option<TenantId>,
        _: DateTime<Utc>,
        _: Option<(DateTime<Utc>, EventId)>,
        _: i64,
    ) -> Never<Vec<StoredEvent>> {
        away()
    }
}
