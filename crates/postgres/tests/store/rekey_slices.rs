//! Keys of a whole tenant are made anew in slices, which can be cut off and end in any order.

use crate::builders::customer;
use crate::rekeying::{House, local};
use crate::support::{tenant, write};
use futures_util::future::join_all;
use opportune_domain::keys::KEYS_VERSION;
use opportune_domain::rekey::{SLICES, STEP};
use sqlx::Executor;

/// So many leads that each slice of them takes more than a step.
const MANY: usize = 5 * STEP;

/// A tenant as an older release might have left it: some keys are missing, others should not be there.
async fn left_by_an_older_release(house: &House) {
    write(&house.db.store, tenant(1), |world| {
        for number in 0..MANY {
            world.put_lead(local(&format!("Ann Number{number}"), world.now));
        }
        world.put_customer(customer("Ann", world.now));
    })
    .await;
    assert_eq!(house.rekey().await, 0, "a new tenant has keys of this version");
    let mut owner = house.db.owner().await;
    for statement in [
        "UPDATE tenants SET keys_version = -1",
        "DELETE FROM match_keys WHERE key % 3 = 0",
        "INSERT INTO match_keys (tenant_id, key, lead_id) SELECT tenant_id, 7, id FROM leads",
        "UPDATE lead_forms SET keys = (SELECT array_agg(key) FROM match_keys AS found WHERE found.lead_id = lead_forms.lead_id)",
        "DELETE FROM customer_keys",
        "UPDATE lead_forms SET status = 'lost', create_time = now(), keys_version = 1",
    ] {
        owner.execute(statement).await.unwrap();
    }
}

async fn version(house: &House) -> i64 {
    house.db.number("SELECT keys_version::bigint FROM tenants").await
}

#[tokio::test]
async fn keys_of_an_older_version_are_made_anew_from_where_it_was_ended() {
    let first = i64::try_from(STEP).unwrap();
    let house = House::new().await;
    left_by_an_older_release(&house).await;
    let waiting = house.rekeyer.outbox.rekeys().await.unwrap();
    assert_eq!(waiting.len(), usize::try_from(SLICES).unwrap());
    let (tenant, cut_off) = waiting[0];
    let mut told = Vec::new();
    let mut step = |done: i64| {
        told.push(done);
        done < first
    };
    house.rekeyer.finish(tenant, cut_off, &mut step).await.unwrap();
    let reached = told.last().copied();
    assert!(
        reached.is_some_and(|done| (first..2 * first).contains(&done)),
        "{told:?}"
    );
    let others = waiting[1..].iter().map(|(tenant, id)| async {
        let mut records = 0;
        let mut all = |done: i64| {
            records = done;
            true
        };
        house.rekeyer.finish(*tenant, *id, &mut all).await.unwrap();
        records
    });
    let of_others: i64 = join_all(others).await.iter().sum();
    assert_eq!(house.rekeyer.outbox.rekeys().await.unwrap(), [(tenant, cut_off)]);
    assert_eq!(version(&house).await, -1, "one slice is still to be done");
    let mut resumed = Vec::new();
    let mut all = |done: i64| {
        resumed.push(done);
        true
    };
    house.rekeyer.finish(tenant, cut_off, &mut all).await.unwrap();
    assert!(resumed.first().copied() > reached, "it went on: {told:?}, {resumed:?}");
    let records = of_others + resumed.last().unwrap();
    assert_eq!(records, i64::try_from(MANY).unwrap() + 1, "each record is in one slice");
    house.keys_are_right().await;
    assert_eq!(house.rekeyer.outbox.rekeys().await.unwrap(), []);
    assert_eq!(version(&house).await, i64::from(KEYS_VERSION));
}

/// Whichever ends last, one of them knows that it was the last.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slices_that_end_at_the_same_moment_end_the_whole() {
    let house = House::new().await;
    write(&house.db.store, tenant(1), |world| {
        world.put_lead(local("Only", world.now));
    })
    .await;
    let mut owner = house.db.owner().await;
    for round in 0..100 {
        owner.execute("UPDATE tenants SET keys_version = -1").await.unwrap();
        let waiting = house.rekeyer.outbox.rekeys().await.unwrap();
        let slices = waiting.iter().map(|(tenant, id)| {
            let rekeyer = house.rekeyer.clone();
            let (tenant, id) = (*tenant, *id);
            tokio::spawn(async move { rekeyer.finish(tenant, id, &mut |_| true).await })
        });
        for slice in join_all(slices).await {
            slice.unwrap().unwrap();
        }
        assert_eq!(version(&house).await, i64::from(KEYS_VERSION), "round {round}");
    }
}
