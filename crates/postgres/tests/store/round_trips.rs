//! How many statements the hot paths send: latency is made of them.

use crate::builders::{Settle, claim, customer, job, lead, queued};
use crate::support::{TestDb, new_id, steps, tenant, write};
use opportune_application::ports::{Needs, Store};
use opportune_domain::ids::ConversionId;
use opportune_domain::keys::stored_of_customer;
use opportune_domain::tenant::Settings;
use opportune_domain::world::World;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Counts the statements that sqlx reports, from the first `BEGIN` on: a pool may open a connection before, and look at it.
#[derive(Default)]
struct Statements(Arc<AtomicUsize>);

impl Subscriber for Statements {
    fn enabled(&self, about: &Metadata<'_>) -> bool {
        about.target() == "sqlx::query"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut statement = Statement::default();
        event.record(&mut statement);
        // Printed for whoever wonders.
        println!("{}", statement.0);
        if statement.0.starts_with("BEGIN") || self.0.load(Ordering::Relaxed) > 0 {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The beginning of a statement.
#[derive(Default)]
struct Statement(String);

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            value.clone_into(&mut self.0);
        }
    }
    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

async fn statements(work: impl Future<Output = ()>) -> usize {
    let count = Arc::new(AtomicUsize::new(0));
    let guard = tracing::subscriber::set_default(Statements(Arc::clone(&count)));
    work.await;
    drop(guard);
    let count = count.load(Ordering::Relaxed);
    assert!(count > 0, "no transaction was begun");
    count
}

/// 20 leads with queued conversions, each of somebody else, some of whom are customers already.
async fn backlog(db: &TestDb) -> BTreeSet<ConversionId> {
    let mut ids = BTreeSet::new();
    write(&db.store, tenant(1), |world| {
        for number in 0..20 {
            let mut one = lead("One", world.now);
            one.email = format!("person{number}@example.com");
            if number % 2 == 0 {
                let mut known = customer("Known", world.now);
                known.email.clone_from(&one.email);
                assert!(!stored_of_customer(&known, Settings::default().reading()).is_empty());
                world.put_customer(known);
            }
            let id = world.put_lead(one).id;
            let conversion = queued(id, world.now);
            ids.insert(conversion.id);
            world.put_conversion(conversion);
        }
    })
    .await;
    ids
}

#[tokio::test]
async fn a_micro_batch_takes_no_more_round_trips_than_it_should() {
    let db = TestDb::new().await;
    let ids = backlog(&db).await;
    let count = statements(async {
        let committed = db.store.work(tenant(1), &mut Settle(ids)).await.unwrap();
        assert_eq!(committed.settled.len(), 20);
    })
    .await;
    assert!(count <= 10, "{count} round trips");
}

#[tokio::test]
async fn accepting_takes_no_more_round_trips_than_it_should() {
    let db = TestDb::new().await;
    let mut id = None;
    write(&db.store, tenant(1), |world| {
        id = Some(world.put_lead(lead("One", world.now)).id)
    })
    .await;
    let (id, request) = (id.unwrap(), new_id());
    let count = statements(async {
        let mut accept = steps(
            |_: &World| Needs {
                requests: [request.into()].into(),
                peek_leads: [id].into(),
                live_of: [id].into(),
                ..Needs::default()
            },
            |world: &mut World| {
                let conversion = queued(id, world.now);
                world.changes.requests.push((claim(request), conversion.id.0));
                world.changes.jobs.push(job(conversion.id));
                world.put_conversion(conversion);
            },
        );
        let committed = db.store.work(tenant(1), &mut accept).await.unwrap();
        assert_eq!(committed.outbox.len(), 1);
    })
    .await;
    assert!(count <= 5, "{count} round trips");
}
