//! Runs a race again and again, and compares each ending with those of all orders.

use crate::ending::{Ending, read};
use crate::racer::{Answer, Racer, is_busy};
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use opportune_domain::ids::{ConversionId, LeadId, TenantId};
use opportune_domain::lead::{Lead, LeadType};
use opportune_postgres::PgStore;
use opportune_testkit::{TestDatabase, ids, new_id, write};
use std::collections::{BTreeMap, BTreeSet};

/// How often each race is run.
const TIMES: usize = 200;
/// Races of different tenants that are run at the same moment.
const LANES: usize = 4;
/// What nobody may see: a deadlock that was not resolved inside the store would be an error of a racer; a record that
/// was absorbed twice has two events that say so.
const ABSORBED_TWICE: &str = "SELECT count(*) FROM (
    SELECT FROM events WHERE type = 'opportune.lead.merged.v1' GROUP BY tenant_id, subject HAVING count(*) > 1) twice";
const LEFT_LIVE: &str = "SELECT count(*) FROM conversions WHERE state IN ('queued', 'running')";

/// A race: records, what happened to them before, and who runs at the same moment.
pub struct Race {
    /// Makes the records, in the order of their numbers.
    pub records: fn(DateTime<Utc>) -> Vec<Lead>,
    /// Done first, one after another.
    pub before: Vec<Racer>,
    /// Who runs.
    pub racers: Vec<Racer>,
}

/// The records of one run, in a tenant of their own.
pub struct Scene {
    pub tenant: TenantId,
    pub leads: Vec<LeadId>,
    /// The conversions of what was done before.
    pub prepared: Vec<ConversionId>,
}

/// A record of a person, made so many seconds ago: the number says which is the earlier one.
pub fn lead(title: &str, seconds_ago: i64, now: DateTime<Utc>) -> Lead {
    let created = now - chrono::TimeDelta::seconds(seconds_ago);
    Lead {
        title: title.to_owned(),
        create_time: created,
        ..Lead::empty(LeadId(new_id()), LeadType::Lead, created)
    }
}

/// Two processes on one database.
struct Arena {
    database: TestDatabase,
    stores: [PgStore; 2],
}

impl Arena {
    async fn new() -> Self {
        let database = TestDatabase::new().await.unwrap();
        let store = || PgStore::new(&database.open().unwrap(), ids());
        let stores = [store(), store()];
        Self { database, stores }
    }

    async fn scene(&self, race: &Race) -> Scene {
        let mut scene = Scene {
            tenant: TenantId(new_id()),
            leads: Vec::new(),
            prepared: Vec::new(),
        };
        let made = write(&self.stores[0], scene.tenant, |world| {
            let records = (race.records)(world.now);
            scene.leads = records.into_iter().map(|lead| world.put_lead(lead).id).collect();
        });
        made.await.unwrap();
        for first in &race.before {
            let (answer, conversions) = first.run(&self.stores[0], &scene).await;
            assert!(answer.iter().all(Option::is_none), "{first:?}: {answer:?}");
            scene.prepared.extend(conversions);
        }
        scene
    }

    /// Everybody at the same moment, each other one through the other process.
    async fn at_once(&self, race: &Race) -> (Vec<Answer>, Ending) {
        let scene = self.scene(race).await;
        let running = race
            .racers
            .iter()
            .enumerate()
            .map(|(number, racer)| racer.run(&self.stores[number % 2], &scene));
        let answers: Vec<Answer> = join_all(running).await.into_iter().map(|(answer, _)| answer).collect();
        let ending = read(&self.stores[0], &scene, &answers).await;
        (answers, ending)
    }

    /// These racers one after another; the others find the record busy.
    async fn in_order(&self, race: &Race, order: &[usize], busy: &Answer) -> Ending {
        let scene = self.scene(race).await;
        let mut answers = vec![busy.clone(); race.racers.len()];
        for number in order {
            answers[*number] = race.racers[*number].run(&self.stores[0], &scene).await.0;
        }
        read(&self.stores[0], &scene, &answers).await
    }
}

/// Runs a race many times; every ending must be that of some order of those who were not turned away as busy.
///
/// Returns how often each ending came.
pub async fn run(race: &Race) -> BTreeMap<Ending, usize> {
    let arena = Arena::new().await;
    let endings: Vec<(Vec<Answer>, Ending)> = stream::iter(0..TIMES)
        .map(|_| arena.at_once(race))
        .buffer_unordered(LANES)
        .collect()
        .await;
    let mut serial: BTreeMap<Vec<usize>, BTreeSet<Ending>> = BTreeMap::new();
    let mut counts = BTreeMap::new();
    for (answers, ending) in endings {
        let ran: Vec<usize> = (0..answers.len())
            .filter(|number| !is_busy(&answers[*number]))
            .collect();
        if !serial.contains_key(&ran) {
            let busy = answers
                .iter()
                .find(|answer| is_busy(answer))
                .cloned()
                .unwrap_or_default();
            let mut allowed = BTreeSet::new();
            for order in orders(&ran) {
                allowed.insert(arena.in_order(race, &order, &busy).await);
            }
            serial.insert(ran.clone(), allowed);
        }
        let allowed = &serial[&ran];
        assert!(
            allowed.contains(&ending),
            "{ending:#?} is the ending of no order: {allowed:#?}"
        );
        *counts.entry(ending).or_default() += 1;
    }
    assert_eq!(arena.database.number(ABSORBED_TWICE).await.unwrap(), 0);
    assert_eq!(arena.database.number(LEFT_LIVE).await.unwrap(), 0);
    counts
}

/// All orders of these.
fn orders(of: &[usize]) -> Vec<Vec<usize>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let with_first = |first: usize| {
        let rest: Vec<usize> = of.iter().copied().filter(|other| *other != first).collect();
        let orders = orders(&rest).into_iter();
        orders.map(move |rest| [vec![first], rest].concat())
    };
    of.iter().copied().flat_map(with_first).collect()
}
