//! Accepting conversions in groups: calls that come while a transaction is under way go into the next one together.
//!
//! Nobody waits for a group to fill: a lane takes whatever is there. Alone, a call is a group of one; under load one
//! commit serves many calls.

use crate::dispatch::Dispatcher;
use crate::error::AppError;
use crate::ports::{Meter, Store, StoreError};
use crate::work::{Accept, AcceptOne, Accepted};
use opportune_domain::ids::TenantId;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinSet;

/// Calls that may wait for a lane; more are told to come again.
const QUEUE: usize = 10_000;

/// How accepting is grouped.
#[derive(Debug, Clone, Copy)]
pub struct AcceptOptions {
    /// Most calls in one transaction.
    pub max_group: usize,
    /// Transactions at a time.
    pub lanes: usize,
}

type Answer = Result<Accepted, AppError>;

struct Waiting {
    tenant: TenantId,
    call: AcceptOne,
    answer: oneshot::Sender<Answer>,
}

/// Accepts conversions.
#[derive(Clone)]
pub struct Acceptor(mpsc::Sender<Waiting>);

/// Does the acceptor's work.
pub struct AcceptLanes {
    queue: Arc<Mutex<mpsc::Receiver<Waiting>>>,
    options: AcceptOptions,
    store: Arc<dyn Store>,
    dispatcher: Dispatcher,
    meter: Arc<dyn Meter>,
}

impl Acceptor {
    /// An acceptor, and the lanes that do its work.
    pub fn new(
        options: AcceptOptions,
        store: Arc<dyn Store>,
        dispatcher: Dispatcher,
        meter: Arc<dyn Meter>,
    ) -> (Self, AcceptLanes) {
        let (tx, rx) = mpsc::channel(QUEUE);
        let queue = Arc::new(Mutex::new(rx));
        (
            Self(tx),
            AcceptLanes {
                queue,
                options,
                store,
                dispatcher,
                meter,
            },
        )
    }

    /// Accepts one call; the answer is its conversion, committed.
    ///
    /// # Errors
    /// The refusal, or the store's.
    pub async fn accept(&self, tenant: TenantId, call: AcceptOne) -> Answer {
        let (answer, receiver) = oneshot::channel();
        let waiting = Waiting { tenant, call, answer };
        self.0
            .try_send(waiting)
            .map_err(|_| AppError::from(StoreError::Contended))?;
        receiver.await.unwrap_or(Err(AppError::from(StoreError::Contended)))
    }
}

impl AcceptLanes {
    /// Runs until the last acceptor is gone.
    pub async fn run(self) {
        let lanes = Arc::new(self);
        let mut tasks = JoinSet::new();
        for _ in 0..lanes.options.lanes.max(1) {
            tasks.spawn(lanes.clone().lane());
        }
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "an accepting lane broke; another takes its place");
                tasks.spawn(lanes.clone().lane());
            }
        }
    }

    async fn lane(self: Arc<Self>) {
        loop {
            let mut group = Vec::new();
            // One lane collects at a time: groups are as large as they can be.
            let taken = self
                .queue
                .lock()
                .await
                .recv_many(&mut group, self.options.max_group)
                .await;
            if taken == 0 {
                return;
            }
            for (tenant, calls) in by_tenant(group) {
                self.accept(tenant, calls).await;
            }
        }
    }

    async fn accept(&self, tenant: TenantId, waiting: Vec<Waiting>) {
        let (calls, answers): (Vec<_>, Vec<_>) = waiting.into_iter().map(|one| (one.call, one.answer)).unzip();
        let mut work = Accept {
            calls,
            results: Vec::new(),
        };
        match self.store.work(tenant, &mut work).await {
            Ok(committed) => {
                self.dispatcher.take(committed.outbox);
                self.meter.accepted(work.results.len());
                for (answer, result) in answers.into_iter().zip(work.results) {
                    // A caller that went away needs no answer; its conversion is accepted all the same.
                    let _ = answer.send(result.map_err(AppError::from));
                }
            }
            Err(error) if answers.len() > 1 && matches!(error, StoreError::Failed(_)) => {
                self.one_by_one(tenant, work.calls, answers).await;
            }
            Err(error) => fail_all(answers, &error),
        }
    }

    /// A group that fails as a whole must not take the innocent with it.
    async fn one_by_one(&self, tenant: TenantId, calls: Vec<AcceptOne>, answers: Vec<oneshot::Sender<Answer>>) {
        for (call, answer) in calls.into_iter().zip(answers) {
            Box::pin(self.accept(tenant, vec![Waiting { tenant, call, answer }])).await;
        }
    }
}

fn by_tenant(group: Vec<Waiting>) -> BTreeMap<TenantId, Vec<Waiting>> {
    let mut tenants: BTreeMap<TenantId, Vec<Waiting>> = BTreeMap::new();
    for waiting in group {
        tenants.entry(waiting.tenant).or_default().push(waiting);
    }
    tenants
}

fn fail_all(answers: Vec<oneshot::Sender<Answer>>, error: &StoreError) {
    for answer in answers {
        let same = match error {
            StoreError::Unavailable(source) => StoreError::Unavailable(source.to_string().into()),
            StoreError::Contended => StoreError::Contended,
            StoreError::Refused(refusal) => StoreError::Refused(refusal.clone()),
            StoreError::Failed(source) => StoreError::Failed(source.to_string().into()),
        };
        let _ = answer.send(Err(AppError::from(same)));
    }
}
