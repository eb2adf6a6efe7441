//! The use cases, one method each, as callers see them.

mod batches;
mod config;
mod conversions;
mod customers;
mod imports;
mod leads;
mod similar;
mod timeline;
mod watch;
mod watch_batch;

pub use batches::{BatchAsk, BatchLeads, Batched};
pub use conversions::{ConvertLead, Converted};
pub use imports::ImportSession;
pub use similar::SimilarPage;
pub use watch_batch::BatchStep;

use crate::accept::Acceptor;
use crate::dispatch::Dispatcher;
use crate::error::AppError;
use crate::ids::IdSource;
use crate::ports::{Reads, Store, Work};
use crate::waiters::Waiters;
use opportune_domain::ids::TenantId;
use std::sync::Arc;

/// What the use cases work with.
#[derive(Clone)]
pub struct App {
    /// Runs units of work.
    pub store: Arc<dyn Store>,
    /// Reads.
    pub reads: Arc<dyn Reads>,
    /// Accepts conversions.
    pub acceptor: Acceptor,
    /// Publishes what was committed.
    pub dispatcher: Dispatcher,
    /// Callers that wait.
    pub waiters: Waiters,
    /// New ids.
    pub ids: IdSource,
}

impl App {
    /// Runs a unit of work and has its messages published.
    async fn run(&self, tenant: TenantId, work: &mut dyn Work) -> Result<(), AppError> {
        let committed = self.store.work(tenant, work).await?;
        self.dispatcher.take(committed.outbox);
        self.waiters.ended_here(&committed.settled);
        Ok(())
    }
}

/// A unit of work that ran has a result; a store that committed without deciding is at fault.
fn decided<T>(result: Option<T>) -> Result<T, AppError> {
    result.ok_or_else(|| AppError::Internal(crate::ports::StoreError::Failed("the store did not decide".into())))
}
