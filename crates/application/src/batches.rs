//! What is done to batches in steps: by the process that was asked for it, at once and in the background; by the relay
//! when that one did not come to the end.

use crate::dispatch::Dispatcher;
use crate::ids::IdSource;
use crate::ports::{Store, StoreError};
use crate::work::TendBatch;
use opportune_domain::ids::{BatchId, TenantId};
use std::sync::Arc;

/// Does the steps.
#[derive(Clone)]
pub struct Tender {
    /// Runs units of work.
    pub store: Arc<dyn Store>,
    /// Publishes what was committed.
    pub dispatcher: Dispatcher,
    /// New ids.
    pub ids: IdSource,
}

impl Tender {
    /// One step; `true` = there is more to do.
    ///
    /// # Errors
    /// The store's.
    pub async fn step(&self, tenant: TenantId, id: BatchId) -> Result<bool, StoreError> {
        let mut work = TendBatch {
            id,
            ids: self.ids.clone(),
            more: false,
        };
        let committed = self.store.work(tenant, &mut work).await?;
        self.dispatcher.take(committed.outbox);
        Ok(work.more)
    }

    /// All steps.
    ///
    /// # Errors
    /// The store's; what was committed stays, and the relay goes on.
    pub async fn finish(&self, tenant: TenantId, id: BatchId) -> Result<(), StoreError> {
        while self.step(tenant, id).await? {}
        Ok(())
    }

    /// The first step now; the others in the background.
    pub async fn begin(&self, tenant: TenantId, id: BatchId) {
        match self.step(tenant, id).await {
            Ok(true) => {
                let tender = self.clone();
                tokio::spawn(async move { left_to_the_relay(id, tender.finish(tenant, id).await) });
            }
            Ok(false) => {}
            Err(error) => left_to_the_relay(id, Err(error)),
        }
    }
}

/// The batch itself is committed: nobody has to be told of a step that is late.
pub(crate) fn left_to_the_relay(id: BatchId, done: Result<(), StoreError>) {
    if let Err(error) = done {
        tracing::warn!(batch.id = %id, %error, "a step of a batch was not done; the relay will do it");
    }
}
