//! Keys are made anew step by step, each a short transaction: by the relay, or by whoever waits for it at the command
//! line, or by both at once.

use crate::ports::{Outbox, Store, StoreError};
use crate::work::RekeyStep;
use opportune_domain::ids::TenantId;
use std::sync::Arc;
use uuid::Uuid;

/// Does the steps.
#[derive(Clone)]
pub struct Rekeyer {
    /// Runs units of work.
    pub store: Arc<dyn Store>,
    /// Knows what there is to do.
    pub outbox: Arc<dyn Outbox>,
}

impl Rekeyer {
    /// All steps that are left, as long as `told`, which is given the number of records done, says so. Whoever began to
    /// write before may still read records in the old way: they are waited for first.
    ///
    /// # Errors
    /// The store's; what was committed stays, and the relay goes on from there.
    pub async fn finish(
        &self,
        tenant: TenantId,
        id: Uuid,
        told: &mut (dyn FnMut(i64) -> bool + Send),
    ) -> Result<(), StoreError> {
        self.outbox.wait_for_writers(tenant).await?;
        loop {
            let mut step = RekeyStep { id, done: None };
            self.store.work(tenant, &mut step).await?;
            match step.done {
                Some(done) if told(done) => {}
                _ => return Ok(()),
            }
        }
    }
}
