//! Batches: accepting, reading, cancelling, trying again (rules 8).

use super::{App, decided};
use crate::batches::{Tender, left_to_the_relay};
use crate::call::{Call, Key};
use crate::error::AppError;
use crate::ports::{LeadFilter, StoreError};
use crate::work::{AcceptBatch, BatchChange, ChangeBatch, CheckBatch, CheckPart, LookUp};
use opportune_domain::batch::{Batch, BatchOrder, Counts, MOST_ITEMS, Overrides, PART};
use opportune_domain::ids::{BatchId, LeadId};
use opportune_domain::refusal::{Reason, Refusal};
use std::collections::{BTreeMap, HashSet};

/// Which leads.
#[derive(Debug, Clone, PartialEq)]
pub enum BatchLeads {
    /// These, in this order.
    Ids(Vec<LeadId>),
    /// Those that a filter lets through at the call, in the order of their creation.
    Filter(Box<LeadFilter>),
}

/// A call of BatchConvertLeads.
#[derive(Debug, Clone)]
pub struct BatchAsk {
    /// Which leads.
    pub leads: BatchLeads,
    /// What is asked.
    pub order: BatchOrder,
    /// Instructions for single records.
    pub overrides: Overrides,
    /// The call's idempotency key; without one the call is not idempotent.
    pub key: Option<Key>,
    /// Only check and count.
    pub validate_only: bool,
}

/// What BatchConvertLeads answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Batched {
    /// How many items there would be, and how many of them would fail at once.
    Preview {
        /// Items.
        total: i64,
        /// That would fail at once.
        refused: i64,
    },
    /// The batch as it is now.
    Batch(Box<Batch>),
}

impl App {
    /// Accepts a batch. It is accepted as a whole; its items come into being afterwards, the first thousand of them before
    /// this returns. What is wrong with one record fails its item.
    ///
    /// # Errors
    /// `FIELD_INVALID`, `SALESPERSON_NOT_FOUND`, `TEAM_NOT_FOUND`, `CUSTOMER_NOT_FOUND`, `PERMISSION_DENIED`,
    /// `REQUEST_ID_REUSED`.
    pub async fn batch_convert(&self, call: &Call, ask: BatchAsk) -> Result<Batched, AppError> {
        call.caller.must_handle_records()?;
        let claim = call.claim("BatchConvertLeads", ask.key);
        let (leads, overrides) = (ask.leads, ask.overrides);
        if let (Some(claim), BatchLeads::Filter(_), false) = (&claim, &leads, ask.validate_only) {
            // The same filter may let others through by now.
            let mut work = LookUp {
                claim: claim.clone(),
                result: None,
            };
            self.store.peek(call.tenant, &mut work).await?;
            if let Some(id) = decided(work.result)?? {
                return self.batch_now(call, BatchId(id)).await;
            }
        }
        let leads = self.resolve(call, leads).await?;
        check_overrides(&leads, &overrides)?;
        if ask.validate_only {
            return self.preview_batch(call, ask.order, &leads, overrides).await;
        }
        let id: BatchId = self.ids.make();
        let mut work = AcceptBatch::new(id, ask.order, claim, &leads, overrides);
        drop(leads);
        self.run(call.tenant, &mut work).await?;
        let accepted = decided(work.result.take())??;
        drop(work);
        if accepted == id {
            self.tender().begin(call.tenant, id).await;
        }
        self.batch_now(call, accepted).await
    }

    /// The ids, each once.
    async fn resolve(&self, call: &Call, leads: BatchLeads) -> Result<Vec<LeadId>, AppError> {
        match leads {
            BatchLeads::Ids(mut ids) => {
                let mut seen = HashSet::with_capacity(ids.len());
                ids.retain(|id| seen.insert(*id));
                Ok(ids)
            }
            BatchLeads::Filter(filter) => {
                let filter = LeadFilter {
                    caller: call.caller,
                    ..*filter
                };
                let most = i64::try_from(MOST_ITEMS).unwrap_or(i64::MAX);
                let ids = self.reads.lead_ids(call.tenant, &filter, most + 1).await?;
                if ids.len() > MOST_ITEMS {
                    let message = format!("lets more than {MOST_ITEMS} records through");
                    return Err(Refusal::field("filter", message).into());
                }
                Ok(ids)
            }
        }
    }

    async fn preview_batch(
        &self,
        call: &Call,
        order: BatchOrder,
        leads: &[LeadId],
        mut overrides: Overrides,
    ) -> Result<Batched, AppError> {
        let mut work = CheckBatch { order, result: None };
        self.store.peek(call.tenant, &mut work).await?;
        decided(work.result)??;
        let mut batch = Batch::new(
            BatchId(uuid::Uuid::nil()),
            None,
            work.order,
            chrono::DateTime::UNIX_EPOCH,
        );
        let mut refused = 0;
        for ids in leads.chunks(PART) {
            let own = ids.iter().filter_map(|id| overrides.0.remove_entry(id));
            let part = batch.add_part(ids.to_vec(), Overrides(own.collect()));
            let mut work = CheckPart {
                batch,
                part,
                refused: 0,
            };
            self.store.peek(call.tenant, &mut work).await?;
            refused += work.refused;
            batch = work.batch;
        }
        Ok(Batched::Preview {
            total: batch.total,
            refused,
        })
    }

    /// A batch with its counts.
    ///
    /// # Errors
    /// `BATCH_NOT_FOUND`, `PERMISSION_DENIED`.
    pub async fn get_batch(&self, call: &Call, id: BatchId) -> Result<Batch, AppError> {
        call.caller.must_handle_records()?;
        let found = self.reads.batch(call.tenant, id).await?;
        let batch = found.ok_or_else(|| Refusal::not_found(Reason::BatchNotFound, id))?;
        call.caller.must_see_batch(&batch)?;
        Ok(batch)
    }

    async fn batch_now(&self, call: &Call, id: BatchId) -> Result<Batched, AppError> {
        let batch = self.get_batch(call, id).await?;
        Ok(Batched::Batch(Box::new(batch)))
    }

    /// Cancels the items that have not begun. Returns when that is done; should the caller go away, it is done all the
    /// same.
    ///
    /// # Errors
    /// `BATCH_NOT_FOUND`, `PERMISSION_DENIED`.
    pub async fn cancel_batch(&self, call: &Call, id: BatchId) -> Result<Batch, AppError> {
        if self.change_batch(call, id, BatchChange::Cancel).await? {
            let (tender, tenant) = (self.tender(), call.tenant);
            let done = tokio::spawn(async move { tender.finish(tenant, id).await }).await;
            left_to_the_relay(id, done.unwrap_or_else(|broken| Err(StoreError::Failed(broken.into()))));
        }
        self.get_batch(call, id).await
    }

    /// Tries the failed items again, and only those.
    ///
    /// # Errors
    /// `BATCH_NOT_FOUND`, `CONVERSION_STATE_INVALID`, `PERMISSION_DENIED`, `REQUEST_ID_REUSED`.
    pub async fn retry_batch(&self, call: &Call, id: BatchId, key: Option<Key>) -> Result<Batch, AppError> {
        let change = BatchChange::Retry(call.claim("RetryBatch", key));
        if self.change_batch(call, id, change).await? {
            self.tender().begin(call.tenant, id).await;
        }
        self.get_batch(call, id).await
    }

    async fn change_batch(&self, call: &Call, id: BatchId, change: BatchChange) -> Result<bool, AppError> {
        call.caller.must_handle_records()?;
        let mut work = ChangeBatch {
            call: call.clone(),
            id,
            change,
            result: None,
        };
        self.run(call.tenant, &mut work).await?;
        Ok(decided(work.result)??)
    }

    /// Does what is done to batches in steps.
    pub(super) fn tender(&self) -> Tender {
        Tender {
            store: self.store.clone(),
            dispatcher: self.dispatcher.clone(),
            ids: self.ids.clone(),
        }
    }
}

impl Batched {
    /// The counts that a caller is told.
    pub fn counts(&self) -> (i64, Counts) {
        match self {
            Self::Preview { total, refused } => (
                *total,
                Counts {
                    failed: *refused,
                    ..Counts::default()
                },
            ),
            Self::Batch(batch) => (batch.total, batch.counts),
        }
    }
}

/// Each is about a record of the batch.
fn check_overrides(leads: &[LeadId], overrides: &Overrides) -> Result<(), Refusal> {
    if overrides.0.is_empty() {
        return Ok(());
    }
    let mut absent: BTreeMap<_, _> = overrides.0.iter().collect();
    for id in leads {
        absent.remove(id);
    }
    match absent.first_key_value() {
        Some((id, _)) => Err(Refusal::field(
            "overrides",
            format!("name {id}, which is not in the batch"),
        )),
        None => Ok(()),
    }
}
