//! Many at once.

use crate::builders::{Settle, claim, command, lead, queued};
use crate::support::{TestDb, look, new_id, steps, tenant, write};
use futures_util::future::join_all;
use opportune_application::ports::{Meter, Needs, Store, Work};
use opportune_application::work::{Accept, AcceptOne};
use opportune_domain::conversion::DuplicatePolicy;
use opportune_domain::ids::{ConversionId, LeadId, RequestId};
use opportune_domain::refusal::Reason;
use opportune_domain::world::World;
use opportune_postgres::PgStore;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_conversions_of_one_person_at_the_same_moment_make_one_customer() {
    let db = TestDb::new().await;
    let mut conversions: Vec<ConversionId> = Vec::new();
    write(&db.store, tenant(1), |world| {
        conversions.clear();
        for number in 0..50 {
            let mut one = lead(&format!("Deal {number}"), world.now);
            one.email = "ann@example.com".to_owned();
            one.contact_name = "Ann Other".to_owned();
            one.company_name = "Other BV".to_owned();
            let id = world.put_lead(one).id;
            let conversion = queued(id, world.now);
            conversions.push(conversion.id);
            world.put_conversion(conversion);
        }
    })
    .await;
    let other = db.another_store();
    let settles = conversions.iter().enumerate().map(|(number, id)| {
        let store = if number % 2 == 0 { &db.store } else { &other };
        async move { store.work(tenant(1), &mut Settle::one(*id)).await }
    });
    for committed in join_all(settles).await {
        assert_eq!(committed.unwrap().settled.len(), 1);
    }
    assert_eq!(
        db.number("SELECT count(*) FROM customers").await,
        2,
        "one person, one company"
    );
    assert_eq!(db.number("SELECT count(DISTINCT customer_id) FROM leads").await, 1);
    assert_eq!(
        db.number("SELECT count(*) FROM leads WHERE type = 'opportunity'").await,
        50
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_calls_with_one_request_id_have_one_effect() {
    let db = TestDb::new().await;
    let request = RequestId(new_id());
    let calls = (0..200).map(|_| async {
        let mut answer = None;
        let mut call = steps(
            |_: &World| Needs {
                requests: [request].into(),
                ..Needs::default()
            },
            |world: &mut World| {
                answer = Some(match world.seen.get(&request) {
                    Some(seen) => seen.replay(&claim(request.0)).unwrap(),
                    None => {
                        let made = world.put_lead(lead("One", world.now)).id.0;
                        world.changes.requests.push((claim(request.0), made));
                        made
                    }
                });
            },
        );
        db.store.work(tenant(1), &mut call).await.unwrap();
        drop(call);
        answer.unwrap()
    });
    let answers = join_all(calls).await;
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(db.number("SELECT count(*) FROM leads").await, 1);
    assert_eq!(db.number("SELECT count(*) FROM requests").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leads_named_in_opposite_orders_are_locked_in_one() {
    let db = TestDb::new().await;
    let mut pair = Vec::new();
    write(&db.store, tenant(1), |world| {
        pair = (0..2).map(|_| world.put_lead(lead("One", world.now)).id).collect();
    })
    .await;
    let changes = (0..60).map(|number| {
        let (first, second) = if number % 2 == 0 {
            (pair[0], pair[1])
        } else {
            (pair[1], pair[0])
        };
        let store = &db.store;
        async move {
            // The second is named only when the first has been seen, so that locking as asked would deadlock.
            let needs = |world: &World| Needs {
                leads: [first]
                    .into_iter()
                    .chain(world.leads.contains_key(&first).then_some(second))
                    .collect(),
                ..Needs::default()
            };
            let mut change = steps(needs, |world: &mut World| {
                for id in [first, second] {
                    let mut one = world.leads[&id].clone();
                    one.priority += 1;
                    world.put_lead(one);
                }
            });
            store.work(tenant(1), &mut change).await
        }
    });
    for done in join_all(changes).await {
        done.unwrap();
    }
    let needs = Needs {
        leads: pair.iter().copied().collect(),
        ..Needs::default()
    };
    let world = look(&db.store, tenant(1), needs).await;
    assert!(
        world
            .leads
            .values()
            .all(|lead| lead.priority == 60 && lead.version == 61)
    );
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(db.number(deadlocks).await, 0);
}

/// Why units of work started over.
#[derive(Default)]
struct Causes(Mutex<Vec<&'static str>>);

impl Meter for Causes {
    fn started_over(&self, cause: &'static str) {
        self.0.lock().unwrap().push(cause);
    }
}

#[tokio::test]
async fn who_locks_out_of_order_starts_over_and_locks_everything_at_once() {
    let db = TestDb::new().await;
    let mut pair: Vec<LeadId> = Vec::new();
    write(&db.store, tenant(1), |world| {
        pair = (0..2).map(|_| world.put_lead(lead("One", world.now)).id).collect();
    })
    .await;
    let empty_worlds = AtomicUsize::new(0);
    let needs = |world: &World| {
        if world.leads.is_empty() {
            empty_worlds.fetch_add(1, Ordering::Relaxed);
        }
        Needs {
            leads: [pair[1]]
                .into_iter()
                .chain(world.leads.contains_key(&pair[1]).then_some(pair[0]))
                .collect(),
            ..Needs::default()
        }
    };
    let mut work = steps(needs, |world: &mut World| assert_eq!(world.leads.len(), 2));
    let causes = Arc::new(Causes::default());
    let store = db.store.clone().counted_by(causes.clone());
    store.work(tenant(1), &mut work).await.unwrap();
    assert_eq!(empty_worlds.load(Ordering::Relaxed), 2);
    assert_eq!(*causes.0.lock().unwrap(), ["order"], "and it is counted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_external_id_names_one_lead_whoever_writes_it_first() {
    let db = TestDb::new().await;
    let writes = (0..30).map(|_| async {
        let mut upsert = steps(
            |_: &World| Needs {
                external_ids: ["crm-1".to_owned()].into(),
                ..Needs::default()
            },
            |world: &mut World| {
                let known = world.external_ids.get("crm-1").map(|id| world.leads[id].clone());
                let mut one = known.unwrap_or_else(|| lead("One", world.now));
                one.external_id = "crm-1".to_owned();
                world.put_lead(one);
            },
        );
        db.store.work(tenant(1), &mut upsert).await.unwrap();
    });
    join_all(writes).await;
    assert_eq!(db.number("SELECT count(*) FROM leads").await, 1);
    assert_eq!(
        db.number("SELECT version FROM leads").await,
        30,
        "everybody but the first changed it"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lead_has_one_live_conversion_however_many_ask() {
    let db = TestDb::new().await;
    let mut id = None;
    write(&db.store, tenant(1), |world| {
        id = Some(world.put_lead(lead("One", world.now)).id)
    })
    .await;
    let id = id.unwrap();
    let accepts = (0..40).map(|_| async {
        let mut accepted = false;
        let mut accept = steps(
            |_: &World| Needs {
                live_of: [id].into(),
                ..Needs::default()
            },
            |world: &mut World| {
                accepted = !world.live_conversions.contains_key(&id);
                if accepted {
                    let conversion = queued(id, world.now);
                    world.put_conversion(conversion);
                }
            },
        );
        db.store.work(tenant(1), &mut accept).await.unwrap();
        drop(accept);
        accepted
    });
    let accepted = join_all(accepts).await;
    assert_eq!(accepted.into_iter().filter(|accepted| *accepted).count(), 1);
    assert_eq!(db.number("SELECT count(*) FROM conversions").await, 1);
}

/// Accepts a conversion of a lead; between what it reads and what it writes another one is accepted and done.
struct Overtaken<'a> {
    accept: Accept,
    by: Option<&'a PgStore>,
    lead: LeadId,
}

impl Work for Overtaken<'_> {
    fn needs(&mut self, world: &World) -> Needs {
        if world.leads.contains_key(&self.lead)
            && let Some(store) = self.by.take()
        {
            let faster = async {
                let conversion = queued(self.lead, world.now);
                let id = conversion.id;
                write(store, tenant(1), |world| {
                    world.put_conversion(conversion.clone());
                })
                .await;
                store.work(tenant(1), &mut Settle::one(id)).await.unwrap();
            };
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(faster));
        }
        self.accept.needs(world)
    }

    fn decide(&mut self, world: &mut World) {
        self.accept.decide(world);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lead_that_is_converted_while_a_call_is_being_accepted_is_not_accepted_again() {
    let db = TestDb::new().await;
    let mut id = None;
    write(&db.store, tenant(1), |world| {
        id = Some(world.put_lead(lead("One", world.now)).id)
    })
    .await;
    let id = id.unwrap();
    let other = db.another_store();
    let mut work = Overtaken {
        accept: Accept {
            calls: vec![AcceptOne {
                id: ConversionId(new_id()),
                command: command(id, DuplicatePolicy::Ignore),
                claim: None,
                traceparent: String::new(),
                batch_id: None,
            }],
            results: Vec::new(),
        },
        by: Some(&other),
        lead: id,
    };
    db.store.work(tenant(1), &mut work).await.unwrap();
    let refusal = work.accept.results.remove(0).unwrap_err();
    assert_eq!(refusal.reason, Reason::LeadAlreadyConverted);
    assert_eq!(db.number("SELECT count(*) FROM conversions").await, 1);
}
