//! Leasing, sending, releasing, and the lag.

use crate::bench::{Bench, a_lead, ids_of, jobs, sequences};
use chrono::TimeDelta;
use opportune_application::ports::{Outbox, OutboxLag};
use opportune_postgres::PgOutbox;
use std::collections::BTreeSet;

#[tokio::test]
async fn what_the_writer_holds_is_not_leased_until_its_lease_ends() {
    let bench = Bench::new().await;
    let id = bench.convert(None).await;
    assert!(bench.outbox.lease(10).await.unwrap().is_empty());
    bench.die().await;
    let rows = bench.outbox.lease(10).await.unwrap();
    assert_eq!(jobs(&rows), [(false, vec![id])]);
    assert_eq!(rows[0].tenant, bench.tenant);
    assert!(bench.outbox.lease(10).await.unwrap().is_empty());
    bench.outbox.sent(&ids_of(&rows)).await.unwrap();
    assert_eq!(bench.db.number("SELECT count(*) FROM outbox").await.unwrap(), 0);
}

#[tokio::test]
async fn of_the_events_of_a_record_one_is_given_out_at_a_time_in_order() {
    let bench = Bench::new().await;
    let (ann, bob) = (a_lead(), a_lead());
    for sequence in 1..=3 {
        bench.emit(&ann, sequence).await;
    }
    bench.emit(&bob, 7).await;
    bench.die().await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let rows = bench.outbox.lease(10).await.unwrap();
        // The second one waits while the first is on its way.
        assert!(bench.outbox.lease(10).await.unwrap().is_empty());
        seen.push(sequences(&rows));
        bench.outbox.sent(&ids_of(&rows)).await.unwrap();
    }
    assert_eq!(seen, [vec![1, 7], vec![2], vec![3]]);
}

#[tokio::test]
async fn an_event_behind_one_that_its_writer_still_holds_waits() {
    let bench = Bench::new().await;
    let ann = a_lead();
    assert_eq!(bench.emit(&ann, 1).await.outbox.len(), 1);
    assert_eq!(bench.emit(&ann, 2).await.outbox.len(), 0);
    assert!(bench.outbox.lease(10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_row_that_could_not_be_published_comes_again_after_the_delay_and_its_age_counts_on() {
    let bench = Bench::new().await;
    bench.convert(None).await;
    bench.die().await;
    bench
        .db
        .run("UPDATE outbox SET not_before = now() - interval '90 seconds'")
        .await
        .unwrap();
    let rows = bench.outbox.lease(10).await.unwrap();
    bench.outbox.release(&ids_of(&rows), TimeDelta::hours(1)).await.unwrap();
    assert!(bench.outbox.lease(10).await.unwrap().is_empty());
    assert!(bench.outbox.lag().await.unwrap().oldest_seconds >= 90.0);
    bench.outbox.release(&ids_of(&rows), TimeDelta::zero()).await.unwrap();
    assert_eq!(ids_of(&bench.outbox.lease(10).await.unwrap()), ids_of(&rows));
}

#[tokio::test]
async fn a_retry_is_not_due_before_its_time() {
    let bench = Bench::new().await;
    bench.convert(None).await;
    bench.die().await;
    bench
        .db
        .run("UPDATE outbox SET not_before = now() + interval '1 hour'")
        .await
        .unwrap();
    assert!(bench.outbox.lease(10).await.unwrap().is_empty());
    assert_eq!(bench.outbox.lag().await.unwrap(), OutboxLag::default());
}

#[tokio::test]
async fn the_lag_counts_jobs_and_events_of_all_tenants() {
    let bench = Bench::new().await;
    bench.convert(None).await;
    bench.convert(None).await;
    bench.emit(&a_lead(), 1).await;
    let lag = bench.outbox.lag().await.unwrap();
    assert_eq!((lag.jobs, lag.events), (2, 1));
}

#[tokio::test]
async fn relays_at_the_same_moment_never_get_the_same_row() {
    let bench = Bench::new().await;
    for _ in 0..40 {
        bench.convert(None).await;
    }
    bench.die().await;
    let lease = |outbox: PgOutbox| tokio::spawn(async move { outbox.lease(15).await.unwrap() });
    let tasks: Vec<_> = (0..4).map(|_| lease(bench.outbox.clone())).collect();
    let mut leased = Vec::new();
    for task in tasks {
        leased.extend(ids_of(&task.await.unwrap()));
    }
    leased.extend(ids_of(&bench.outbox.lease(100).await.unwrap()));
    assert_eq!(leased.len(), 40);
    assert_eq!(leased.iter().collect::<BTreeSet<_>>().len(), 40);
}

#[tokio::test]
async fn an_event_that_is_no_longer_kept_or_cannot_be_read_does_not_hold_up_others() {
    let bench = Bench::new().await;
    for sequence in 1..=3 {
        bench.emit(&a_lead(), sequence).await;
    }
    bench.die().await;
    bench.db.run("DELETE FROM events WHERE sequence = 1").await.unwrap();
    bench
        .db
        .run("UPDATE events SET body = '{}' WHERE sequence = 2")
        .await
        .unwrap();
    assert_eq!(sequences(&bench.outbox.lease(10).await.unwrap()), [3]);
    // The lost one is given up, the other one stays for whoever mends it.
    assert_eq!(bench.db.number("SELECT count(*) FROM outbox").await.unwrap(), 2);
}
