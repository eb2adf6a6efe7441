//! All or nothing, and what callers hear.

use crate::builders::{claim, customer, lead, queued};
use crate::support::{TestDb, ids, new_id, steps, tenant, try_write, write};
use opportune_application::ports::{Needs, Store, StoreError};
use opportune_domain::ids::{CustomerId, LeadId, TeamId};
use opportune_domain::keys::Key;
use opportune_domain::world::World;
use opportune_postgres::{Database, DatabaseOptions, PgStore};
use sqlx::{Connection, Executor};
use std::time::Duration;

#[tokio::test]
async fn a_unit_of_work_that_fails_leaves_nothing() {
    let db = TestDb::new().await;
    let failed = try_write(&db.store, tenant(1), |world| {
        let ann = customer("Ann", world.now);
        world.changes.requests.push((claim(new_id()), ann.id.0));
        world.put_customer(ann);
        // The team is not there, which the last statement that writes leads finds out.
        let mut orphan = lead("One", world.now);
        orphan.team_id = Some(TeamId(new_id()));
        let conversion = queued(orphan.id, world.now);
        world.put_lead(orphan);
        world.put_conversion(conversion);
    })
    .await;
    assert!(matches!(failed, Err(StoreError::Failed(_))), "{failed:?}");
    let left = "SELECT (SELECT count(*) FROM leads) + (SELECT count(*) FROM customers)
        + (SELECT count(*) FROM requests) + (SELECT count(*) FROM conversions) + (SELECT count(*) FROM match_keys)";
    assert_eq!(db.number(left).await, 0);
}

#[tokio::test]
async fn a_changed_record_that_has_no_row_is_an_error_not_a_loss() {
    let db = TestDb::new().await;
    let failed = try_write(&db.store, tenant(1), |world| {
        let ghost = lead("Ghost", world.now);
        world.leads.insert(ghost.id, ghost.clone());
        world.put_lead(ghost);
    })
    .await;
    let Err(StoreError::Failed(error)) = failed else {
        panic!("{failed:?}")
    };
    assert_eq!(error.to_string(), "leads: 0 rows were written instead of 1");
}

#[tokio::test]
async fn who_never_has_enough_to_see_is_stopped() {
    let db = TestDb::new().await;
    let mut greedy = steps(
        |_: &World| Needs {
            peek_leads: [LeadId(new_id())].into(),
            ..Needs::default()
        },
        |_: &mut World| panic!("was shown enough"),
    );
    let failed = db.store.work(tenant(1), &mut greedy).await;
    assert!(matches!(failed, Err(StoreError::Failed(_))), "{failed:?}");
}

#[tokio::test]
async fn a_peek_writes_nothing() {
    let db = TestDb::new().await;
    let id = new_id();
    let mut work = steps(
        |_: &World| Needs {
            config: true,
            leads: [LeadId(id)].into(),
            customers_locked: [CustomerId(id)].into(),
            customer_keys_locked: [Key::of_word("x")].into(),
            imports: [id.into()].into(),
            conversions: [id.into()].into(),
            external_ids: ["x".to_owned()].into(),
            ..Needs::default()
        },
        |world: &mut World| {
            let one = lead("One", world.now);
            world.put_lead(one);
        },
    );
    db.store.peek(tenant(1), &mut work).await.unwrap();
    assert_eq!(db.number("SELECT count(*) FROM leads").await, 0);
}

#[tokio::test]
async fn a_server_that_is_away_is_unavailable() {
    let mut options = DatabaseOptions::new("postgres://postgres@127.0.0.1:1/nowhere");
    options.acquire_timeout = Duration::from_millis(300);
    let store = PgStore::new(&Database::open(&options).unwrap(), ids());
    assert!(matches!(store.ping().await, Err(StoreError::Unavailable(_))));
    let failed = try_write(&store, tenant(1), |_| {}).await;
    assert!(matches!(failed, Err(StoreError::Unavailable(_))), "{failed:?}");
}

#[tokio::test]
async fn connections_that_the_server_ended_are_replaced() {
    let db = TestDb::new().await;
    write(&db.store, tenant(1), |_| {}).await;
    let mut owner = db.owner().await;
    owner
        .execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await
        .unwrap();
    let first = try_write(&db.store, tenant(1), |_| {}).await;
    assert!(matches!(first, Ok(_) | Err(StoreError::Unavailable(_))), "{first:?}");
    db.store.ping().await.unwrap();
    write(&db.store, tenant(1), |_| {}).await;
}

#[tokio::test]
async fn a_lock_that_is_not_given_in_time_is_contention() {
    let db = TestDb::new().await;
    let mut id = None;
    write(&db.store, tenant(1), |world| {
        id = Some(world.put_lead(lead("One", world.now)).id)
    })
    .await;
    let id = id.unwrap();
    let mut owner = db.owner().await;
    let mut holder = owner.begin().await.unwrap();
    holder.execute("SELECT FROM leads FOR UPDATE").await.unwrap();
    let mut options = DatabaseOptions::new(&db.url);
    options.lock_timeout = Duration::from_millis(100);
    let store = PgStore::new(&Database::open(&options).unwrap(), ids());
    let mut work = steps(
        |_: &World| Needs {
            leads: [id].into(),
            ..Needs::default()
        },
        |_: &mut World| {},
    );
    let refused = store.work(tenant(1), &mut work).await;
    assert!(matches!(refused, Err(StoreError::Contended)), "{refused:?}");
}
