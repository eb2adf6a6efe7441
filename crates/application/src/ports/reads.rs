//! Plain reads: by id and in pages.

use super::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use opportune_domain::access::Caller;
use opportune_domain::batch::Batch;
use opportune_domain::conversion::Conversion;
use opportune_domain::customer::Customer;
use opportune_domain::event::Event;
use opportune_domain::ids::{
    BatchId, ConversionId, CustomerId, EventId, LeadId, RequestId, SalespersonId, StageId, TeamId, TenantId,
    TimelineEntryId,
};
use opportune_domain::import::{Import, ImportReject};
use opportune_domain::lead::{Lead, LeadStatus, LeadType};
use opportune_domain::tenant::TenantConfig;
use opportune_domain::timeline::TimelineEntry;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// Which leads to list. Unset = any; without a status, tombstones are left out (rules 7.7).
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LeadFilter {
    /// Lead or opportunity.
    pub kind: Option<LeadType>,
    /// Status.
    pub status: Option<LeadStatus>,
    /// Whose.
    pub salesperson_id: Option<SalespersonId>,
    /// Nobody's.
    pub unassigned: bool,
    /// Of which team.
    pub team_id: Option<TeamId>,
    /// In which stage.
    pub stage_id: Option<StageId>,
    /// Of which customer.
    pub customer_id: Option<CustomerId>,
    /// Records that have all of these words (as in `normal::words`).
    pub words: Vec<String>,
    /// With this external id.
    pub external_id: Option<String>,
    /// Changed after this time.
    pub updated_after: Option<DateTime<Utc>>,
    /// Only what this caller may see (rules 11).
    pub caller: Caller,
}

/// What lists are sorted by; ties by id, in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortKey {
    /// Creation time.
    CreateTime,
    /// Time of the last change.
    UpdateTime,
    /// Expected revenue; records without one come last, whichever way it is sorted.
    ExpectedRevenue,
    /// Priority.
    Priority,
}

/// How to sort leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadOrder {
    /// By what.
    pub by: SortKey,
    /// Largest first.
    pub descending: bool,
}

/// After which row a page begins: its sort value as text, and its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageAfter {
    /// Sort value of the last row: RFC 3339 for times, decimal for numbers; empty where rows are sorted by id.
    pub value: String,
    /// Id of the last row.
    pub id: Uuid,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; `None` = this is the last.
    pub next: Option<PageAfter>,
}

/// A page of a timeline, and of which record it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// The record that was asked for.
    pub named: Lead,
    /// The record at which the entries stand: another one when `named` was merged away.
    pub survivor: Lead,
    /// The entries, oldest first.
    pub page: Page<TimelineEntry>,
}

/// Which conversions to list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ConversionFilter {
    /// Of which lead.
    pub lead_id: Option<LeadId>,
    /// Of which batch.
    pub batch_id: Option<BatchId>,
    /// In which state (`ConversionState::name`).
    pub state: Option<ConversionStateName>,
    /// Only conversions of leads that this caller may see (rules 11), and of leads that do not exist.
    pub caller: Caller,
}

/// Name of a conversion's state, as stored.
pub type ConversionStateName = String;

/// An event as it was stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Whose.
    pub tenant: TenantId,
    /// The event.
    pub event: Event,
}

/// An item of a batch that has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemEnd {
    /// Its place among the ends of the batch.
    pub sequence: i64,
    /// The item.
    pub conversion: Conversion,
}

/// Reads. `total_*` counts at most 10,000 rows.
#[async_trait]
pub trait Reads: Send + Sync {
    /// The tenant's set-up; makes the tenant on first use.
    async fn config(&self, tenant: TenantId) -> Result<Arc<TenantConfig>, StoreError>;
    /// A lead by id.
    async fn lead(&self, tenant: TenantId, id: LeadId) -> Result<Option<Lead>, StoreError>;
    /// Leads by id, in no particular order.
    async fn leads(&self, tenant: TenantId, ids: &[LeadId]) -> Result<Vec<Lead>, StoreError>;
    /// A page of leads.
    async fn list_leads(
        &self,
        tenant: TenantId,
        filter: &LeadFilter,
        order: LeadOrder,
        after: Option<&PageAfter>,
        limit: i64,
    ) -> Result<Page<Lead>, StoreError>;
    /// The ids of at most `limit` leads, in the order of their creation.
    async fn lead_ids(&self, tenant: TenantId, filter: &LeadFilter, limit: i64) -> Result<Vec<LeadId>, StoreError>;
    /// How many leads match.
    async fn total_leads(&self, tenant: TenantId, filter: &LeadFilter) -> Result<i64, StoreError>;
    /// A page of a record's timeline, or of its final survivor's, oldest first; `None` = there is no such record. The
    /// page holds less than `limit` entries when their texts are long.
    async fn timeline(
        &self,
        tenant: TenantId,
        lead: LeadId,
        after: Option<&PageAfter>,
        limit: i64,
    ) -> Result<Option<Timeline>, StoreError>;
    /// How many entries stand at a record.
    async fn total_timeline(&self, tenant: TenantId, lead: LeadId) -> Result<i64, StoreError>;
    /// An entry by id.
    async fn timeline_entry(&self, tenant: TenantId, id: TimelineEntryId) -> Result<Option<TimelineEntry>, StoreError>;
    /// A customer by id.
    async fn customer(&self, tenant: TenantId, id: CustomerId) -> Result<Option<Customer>, StoreError>;
    /// Customers by id, in no particular order.
    async fn customers(&self, tenant: TenantId, ids: &[CustomerId]) -> Result<Vec<Customer>, StoreError>;
    /// A page of customers that have all of these words, oldest first.
    async fn list_customers(
        &self,
        tenant: TenantId,
        words: &[String],
        after: Option<&PageAfter>,
        limit: i64,
    ) -> Result<Page<Customer>, StoreError>;
    /// How many customers match.
    async fn total_customers(&self, tenant: TenantId, words: &[String]) -> Result<i64, StoreError>;
    /// A conversion by id.
    async fn conversion(&self, tenant: TenantId, id: ConversionId) -> Result<Option<Conversion>, StoreError>;
    /// A page of conversions, newest first.
    async fn list_conversions(
        &self,
        tenant: TenantId,
        filter: &ConversionFilter,
        after: Option<&PageAfter>,
        limit: i64,
    ) -> Result<Page<Conversion>, StoreError>;
    /// How many conversions match.
    async fn total_conversions(&self, tenant: TenantId, filter: &ConversionFilter) -> Result<i64, StoreError>;
    /// A batch by id.
    async fn batch(&self, tenant: TenantId, id: BatchId) -> Result<Option<Batch>, StoreError>;
    /// A batch, and at most `limit` of its items whose end comes after `after`, in order and as of the same moment.
    async fn batch_ends(
        &self,
        tenant: TenantId,
        id: BatchId,
        after: i64,
        limit: i64,
    ) -> Result<Option<(Batch, Vec<ItemEnd>)>, StoreError>;
    /// An import by its request id.
    async fn import(&self, tenant: TenantId, id: RequestId) -> Result<Option<Import>, StoreError>;
    /// A page of an import's rejects, by line.
    async fn import_rejects(
        &self,
        tenant: TenantId,
        id: RequestId,
        after_line: i64,
        limit: i64,
    ) -> Result<Vec<ImportReject>, StoreError>;
    /// Stored events of all tenants (or one) since a time, oldest first, after `after` if given: for replay.
    async fn events(
        &self,
        tenant: Option<TenantId>,
        since: DateTime<Utc>,
        after: Option<(DateTime<Utc>, EventId)>,
        limit: i64,
    ) -> Result<Vec<StoredEvent>, StoreError>;
}
