//! A worker at its place, with jobs to do.

use crate::broker::{Board, FakeQueue, Jobs};
use crate::store::{FakeStore, now};
use opportune_application::batches::Tender;
use opportune_application::dispatch::{Dispatcher, Sender};
use opportune_application::ids::IdSource;
use opportune_application::ports::Job;
use opportune_application::waiters::Waiters;
use opportune_application::worker::{Worker, WorkerOptions, WorkerParts};
use opportune_domain::access::Caller;
use opportune_domain::conversion::{
    Conversion, ConversionMode, ConversionState, ConvertCommand, CustomerChoice, DuplicatePolicy, SurvivorRule,
};
use opportune_domain::ids::{ConversionId, LeadId, TenantId};
use opportune_domain::lead::{Lead, LeadType};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub const TENANT: TenantId = TenantId(Uuid::from_u128(1));

pub fn conversion_id(n: u128) -> ConversionId {
    ConversionId(Uuid::from_u128(1_000 + n))
}

pub fn lead_id(n: u128) -> LeadId {
    LeadId(Uuid::from_u128(n))
}

/// Grows with every id.
pub fn ids() -> IdSource {
    let next = AtomicU64::new(1_000_000);
    IdSource::new(move || Uuid::from_u128(next.fetch_add(1, Ordering::Relaxed).into()))
}

pub fn command(lead: LeadId) -> ConvertCommand {
    ConvertCommand {
        lead_id: lead,
        etag: None,
        expected_plan_digest: None,
        mode: ConversionMode::Convert,
        merge_lead_ids: Vec::new(),
        survivor_rule: SurvivorRule::EarliestCreated,
        on_duplicates: DuplicatePolicy::Ignore,
        customer: CustomerChoice::None,
        salesperson_id: None,
        team_id: None,
        force_assignment: false,
        caller: Caller::default(),
    }
}

pub fn open_lead(n: u128) -> Lead {
    Lead {
        title: format!("Inquiry {n}"),
        version: 1,
        ..Lead::empty(lead_id(n), LeadType::Lead, now())
    }
}

/// The conversion `n` of the lead `n`, accepted.
pub fn queued(n: u128) -> Conversion {
    Conversion {
        id: conversion_id(n),
        lead_id: lead_id(n),
        batch_id: None,
        request_id: None,
        command: command(lead_id(n)),
        state: ConversionState::Queued,
        attempt: 0,
        traceparent: String::new(),
        create_time: now(),
        start_time: None,
        end_time: None,
        revert_deadline: None,
    }
}

pub fn job(conversions: impl IntoIterator<Item = u128>) -> Job {
    Job {
        tenant: TENANT,
        conversions: conversions.into_iter().map(conversion_id).collect(),
        redelivered: false,
        traceparent: String::new(),
    }
}

pub struct Workshop {
    pub store: Arc<FakeStore>,
    pub queue: Arc<FakeQueue>,
    pub board: Arc<Board>,
    pub waiters: Waiters,
}

impl Workshop {
    /// With `count` accepted conversions, numbered from 1.
    pub fn new(count: u128) -> Self {
        let shop = Self {
            store: FakeStore::open(),
            queue: Arc::default(),
            board: Arc::default(),
            waiters: Waiters::default(),
        };
        for n in 1..=count {
            shop.put(queued(n));
            shop.store.inside().put_lead(TENANT, open_lead(n));
        }
        shop
    }

    /// As it was committed earlier.
    pub fn put(&self, conversion: Conversion) {
        let mut inside = self.store.inside();
        let world = inside.world(TENANT);
        world.put_conversion(conversion);
        world.changes = opportune_domain::world::Changes::default();
    }

    pub fn sender(&self) -> Sender {
        Sender {
            publisher: self.board.clone(),
            outbox: self.board.clone(),
            meter: Arc::new(()),
        }
    }

    pub fn tender(&self) -> Tender {
        Tender {
            store: self.store.clone(),
            dispatcher: Dispatcher::new(self.sender()).0,
            ids: ids(),
        }
    }

    /// One slot, so that the order of the micro-batches is known.
    pub fn start(&self) -> Running {
        let (dispatcher, dispatching) = Dispatcher::new(self.sender());
        let parts = WorkerParts {
            store: self.store.clone(),
            queue: Arc::new(Jobs(self.queue.clone())),
            publisher: self.board.clone(),
            dispatcher,
            notices: self.board.clone(),
            waiters: self.waiters.clone(),
            meter: Arc::new(()),
            ids: ids(),
        };
        let options = WorkerOptions {
            slots: 1,
            max_batch: 100,
            wait: Duration::from_millis(5),
            prefetch: 100,
        };
        let stop = CancellationToken::new();
        let dispatching = tokio::spawn(dispatching.run(stop.clone()));
        let worker = tokio::spawn(Worker::new(parts, options).run(stop.clone()));
        Running {
            stop,
            worker,
            dispatching,
        }
    }

    /// Works until so many jobs are acknowledged, then stops.
    pub async fn work_off(&self, jobs: usize) {
        let running = self.start();
        within(self.queue.acknowledged(jobs)).await;
        running.stop().await;
    }

    pub fn state(&self, n: u128) -> &'static str {
        self.conversion(n).state.name()
    }

    pub fn conversion(&self, n: u128) -> Conversion {
        self.store.conversion(TENANT, conversion_id(n))
    }

    /// The conversions of each unit of work that came to the store, by their numbers.
    pub fn sets(&self) -> Vec<Vec<u128>> {
        let number = |id: ConversionId| id.0.as_u128() - 1_000;
        self.store
            .sets()
            .into_iter()
            .map(|set| set.into_iter().map(number).collect())
            .collect()
    }
}

pub struct Running {
    pub stop: CancellationToken,
    pub worker: JoinHandle<()>,
    dispatching: JoinHandle<()>,
}

impl Running {
    pub async fn stop(self) {
        self.stop.cancel();
        within(self.worker).await.expect("the worker ends by itself");
        within(self.dispatching).await.expect("what was taken is published");
    }
}

/// A test that waits longer than this has failed.
pub async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), future)
        .await
        .expect("it happens in time")
}
