//! A worker settles what it is given, whatever the database says.

use crate::store::Fault;
use crate::workshop::{TENANT, Workshop, conversion_id, job, lead_id, within};
use opportune_application::waiters::Notice;
use opportune_domain::lead::LeadType;
use opportune_domain::tenant::Settings;
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn the_jobs_of_a_micro_batch_are_settled_in_one_transaction() {
    let shop = Workshop::new(4);
    shop.queue.put([job([1, 2]), job([3]), job([4])]);
    shop.work_off(3).await;
    assert!((1..=4).all(|n| shop.state(n) == "succeeded"));
    let sets = shop.sets();
    assert!(sets.len() < 4, "settled together: {sets:?}");
    assert!(shop.queue.inside().unacked.is_empty());
}

#[tokio::test]
async fn whoever_waits_is_told_here_and_in_other_processes() {
    let shop = Workshop::new(1);
    let mut waiter = shop.waiters.register(conversion_id(1));
    shop.queue.put([job([1])]);
    shop.work_off(1).await;
    assert!(matches!(within(waiter.noticed()).await, Notice::EndedAs(one) if one.id == conversion_id(1)));
    assert_eq!(shop.board.inside().announced, [conversion_id(1)]);
}

#[tokio::test]
async fn a_job_that_comes_twice_changes_nothing_the_second_time() {
    let shop = Workshop::new(1);
    shop.queue.put([job([1]), job([1])]);
    shop.work_off(2).await;
    let conversion = shop.conversion(1);
    assert_eq!((conversion.state.name(), conversion.attempt), ("succeeded", 1));
    let published: Vec<i64> = shop.board.inside().waves.concat();
    assert_eq!(published.len(), 1, "one event, once");
}

#[tokio::test]
async fn a_set_that_fails_is_halved_until_the_bad_one_stands_alone() {
    let shop = Workshop::new(8);
    shop.store.inside().poison.insert(lead_id(3));
    shop.queue.put([job(1..=8)]);
    shop.work_off(1).await;
    for n in (1..=8).filter(|n| *n != 3) {
        assert_eq!(shop.state(n), "succeeded", "conversion {n}");
    }
    let expected: [&[u128]; 8] = [
        &[1, 2, 3, 4, 5, 6, 7, 8],
        &[1, 2, 3, 4],
        &[1, 2],
        &[3, 4],
        &[3],
        &[3],
        &[4],
        &[5, 6, 7, 8],
    ];
    assert_eq!(shop.sets(), expected);
}

#[tokio::test]
async fn the_bad_one_is_counted_and_scheduled_again() {
    let shop = Workshop::new(2);
    shop.store.inside().poison.insert(lead_id(2));
    shop.queue.put([job([1, 2])]);
    shop.work_off(1).await;
    let conversion = shop.conversion(2);
    assert_eq!((conversion.state.name(), conversion.attempt), ("running", 1));
    assert_eq!(
        shop.store.inside().world(TENANT).leads[&lead_id(2)].kind,
        LeadType::Lead
    );
    assert!(shop.board.inside().dead.is_empty());
}

#[tokio::test]
async fn a_conversion_without_tries_left_is_given_up_and_laid_out_for_operators() {
    let shop = Workshop::new(1);
    {
        let mut inside = shop.store.inside();
        let settings = Settings {
            retry_schedule: Vec::new(),
            ..Settings::default()
        };
        Arc::make_mut(&mut inside.world(TENANT).config).settings = settings;
        inside.poison.insert(lead_id(1));
    }
    shop.queue.put([job([1])]);
    shop.work_off(1).await;
    assert_eq!(shop.state(1), "failed");
    assert_eq!(shop.board.inside().dead, [conversion_id(1)]);
}

#[tokio::test]
async fn while_the_store_is_away_the_worker_waits_and_acknowledges_nothing() {
    let shop = Workshop::new(2);
    shop.store
        .inside()
        .faults
        .extend([Fault::Away, Fault::Contended, Fault::Away]);
    shop.queue.put([job([1, 2])]);
    let running = shop.start();
    let away = async {
        while !shop.store.inside().faults.is_empty() {
            assert!(shop.queue.inside().acknowledged.is_empty());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    within(away).await;
    within(shop.queue.acknowledged(1)).await;
    running.stop().await;
    for n in 1..=2 {
        let conversion = shop.conversion(n);
        assert_eq!((conversion.state.name(), conversion.attempt), ("succeeded", 1));
    }
    assert_eq!(shop.sets(), [vec![1, 2]], "waiting is no reason to halve");
}

#[tokio::test]
async fn stopping_finishes_what_was_begun() {
    let mut shop = Workshop::new(1);
    let closed = crate::store::FakeStore::closed();
    let worlds = std::mem::take(&mut shop.store.inside().worlds);
    closed.inside().worlds = worlds;
    shop.store = closed;
    shop.queue.put([job([1])]);
    let running = shop.start();
    let delivered = async {
        while shop.queue.inside().unacked.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    within(delivered).await;
    running.stop.cancel();
    shop.store.gate.add_permits(10);
    within(running.worker).await.unwrap();
    assert_eq!(shop.state(1), "succeeded");
    assert_eq!(shop.queue.inside().acknowledged.len(), 1);
}
