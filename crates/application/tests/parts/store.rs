//! A store in memory that fails on demand. It shows every unit of work all there is.

use async_trait::async_trait;
use chrono::DateTime;
use opportune_application::ports::{Committed, Outbound, OutboxRow, Store, StoreError, Work};
use opportune_domain::conversion::{Conversion, ConversionState};
use opportune_domain::ids::{ConversionId, LeadId, TenantId};
use opportune_domain::lead::Lead;
use opportune_domain::tenant::{Settings, TenantConfig};
use opportune_domain::world::World;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::Semaphore;

/// What the store does instead of working, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Away,
    Contended,
    Panic,
}

/// A unit of work that came to the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    pub tenant: TenantId,
    /// Conversions that it loaded or made.
    pub conversions: Vec<ConversionId>,
    pub committed: bool,
}

#[derive(Default)]
pub struct Inside {
    pub worlds: BTreeMap<TenantId, World>,
    pub visits: Vec<Visit>,
    /// Next calls, in order.
    pub faults: VecDeque<Fault>,
    /// Whatever makes an opportunity of one of these, or accepts its conversion, fails in the database.
    pub poison: BTreeSet<LeadId>,
    rows: i64,
}

/// Calls wait for a permit before they begin.
pub struct FakeStore {
    inside: Mutex<Inside>,
    pub gate: Semaphore,
}

pub fn now() -> DateTime<chrono::Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a time in range")
}

impl FakeStore {
    pub fn open() -> Arc<Self> {
        Self::with_permits(Semaphore::MAX_PERMITS)
    }

    pub fn closed() -> Arc<Self> {
        Self::with_permits(0)
    }

    fn with_permits(permits: usize) -> Arc<Self> {
        Arc::new(Self {
            inside: Mutex::default(),
            gate: Semaphore::new(permits),
        })
    }

    pub fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().expect("no test panics while it holds the store")
    }

    pub fn conversion(&self, tenant: TenantId, id: ConversionId) -> Conversion {
        self.inside().world(tenant).conversions[&id].clone()
    }

    /// The conversions of each unit of work that came, in order.
    pub fn sets(&self) -> Vec<Vec<ConversionId>> {
        self.inside()
            .visits
            .iter()
            .map(|visit| visit.conversions.clone())
            .collect()
    }
}

impl Inside {
    pub fn world(&mut self, tenant: TenantId) -> &mut World {
        self.worlds.entry(tenant).or_insert_with(|| {
            let config = TenantConfig {
                version: 1,
                settings: Settings::default(),
                stages: Vec::new(),
                teams: Vec::new(),
                salespeople: BTreeMap::new(),
            };
            World::new(now(), Arc::new(config))
        })
    }

    pub fn put_lead(&mut self, tenant: TenantId, lead: Lead) {
        self.world(tenant).leads.insert(lead.id, lead);
    }

    fn poisoned(&self, world: &World) -> bool {
        let mut touched = world
            .changes
            .new_conversions
            .iter()
            .chain(&world.changes.updated_conversions)
            .filter_map(|id| world.conversions.get(id));
        touched.any(|one| {
            let effect = matches!(one.state, ConversionState::Queued | ConversionState::Succeeded { .. });
            effect && self.poison.contains(&one.lead_id)
        })
    }

    fn commit(&mut self, tenant: TenantId, mut world: World) -> Committed {
        let changes = std::mem::take(&mut world.changes);
        let jobs = changes
            .jobs
            .iter()
            .filter(|job| job.not_before.is_none())
            .map(|job| Outbound::Jobs {
                bulk: job.bulk,
                conversions: vec![job.conversion],
                traceparent: job.traceparent.clone(),
            });
        let events = changes
            .events
            .iter()
            .map(|event| Outbound::Event(Box::new(event.clone())));
        let outbox = jobs
            .chain(events)
            .map(|message| {
                self.rows += 1;
                OutboxRow {
                    id: self.rows,
                    tenant,
                    message,
                }
            })
            .collect();
        let settled = changes.settled(&world.conversions).cloned().map(Arc::new).collect();
        self.worlds.insert(tenant, world);
        Committed { outbox, settled }
    }
}

#[async_trait]
impl Store for FakeStore {
    async fn work(&self, tenant: TenantId, work: &mut dyn Work) -> Result<Committed, StoreError> {
        self.gate
            .acquire()
            .await
            .expect("the gate is never taken away")
            .forget();
        let fault = self.inside().faults.pop_front();
        match fault {
            Some(Fault::Away) => return Err(StoreError::Unavailable("away".into())),
            Some(Fault::Contended) => return Err(StoreError::Contended),
            Some(Fault::Panic) => panic!("the worker dies of its job"),
            None => {}
        }
        let mut inside = self.inside();
        let mut world = inside.world(tenant).clone();
        let mut conversions = work.needs(&world).conversions;
        work.decide(&mut world);
        conversions.extend(&world.changes.new_conversions);
        let committed = !inside.poisoned(&world);
        inside.visits.push(Visit {
            tenant,
            conversions: conversions.into_iter().collect(),
            committed,
        });
        if committed {
            Ok(inside.commit(tenant, world))
        } else {
            Err(StoreError::Failed("a row that the database does not take".into()))
        }
    }

    async fn peek(&self, tenant: TenantId, work: &mut dyn Work) -> Result<(), StoreError> {
        let mut world = self.inside().world(tenant).clone();
        work.decide(&mut world);
        Ok(())
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
