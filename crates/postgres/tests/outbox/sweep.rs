//! Sending overdue conversions again.

use crate::bench::{Bench, conversion, failed, ids_of, jobs};
use opportune_application::ports::Outbox;
use opportune_domain::conversion::ConversionState;
use opportune_domain::event::EventBody;
use opportune_domain::ids::{BatchId, ConversionId};
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::world::JobNote;
use opportune_testkit::{ids, new_id};

async fn leased(bench: &Bench) -> Vec<(bool, Vec<ConversionId>)> {
    jobs(&bench.outbox.lease(1_000).await.unwrap())
}

/// Conversions that ended just now, each so many seconds after it was sent.
async fn end_some(bench: &Bench, bulk: bool, waited: i64) {
    let batch = bulk.then(|| BatchId(new_id()));
    let ended: Vec<_> = (0..5).map(|_| conversion(batch)).collect();
    bench
        .write(|world| {
            if let Some(batch) = batch {
                world.put_batch(opportune_testkit::batch(batch, world.now));
            }
            for one in &ended {
                let mut one = one.clone();
                one.state = failed();
                let body = EventBody::ConversionFailed {
                    conversion_id: one.id,
                    lead_id: one.lead_id,
                    error: Refusal::new(Reason::LeadWon, "it is won"),
                    attempt: 1,
                    batch_id: None,
                };
                world.emit(&mut ids(), 1, body, "");
                world.put_conversion(one);
            }
        })
        .await;
    let mut owner = bench.db.owner().await.unwrap();
    sqlx::query("UPDATE conversions SET sent_time = now() - make_interval(secs => $1) WHERE state = 'failed'")
        .bind(f64::from(i32::try_from(waited).unwrap()))
        .execute(&mut owner)
        .await
        .unwrap();
    bench.lose().await;
}

#[tokio::test]
async fn a_lost_conversion_is_sent_again_after_a_minute_through_its_queue() {
    let bench = Bench::new().await;
    let single = bench.convert(None).await;
    let bulk = bench.convert(Some(BatchId(new_id()))).await;
    bench.lose().await;
    bench.pass(55).await;
    assert_eq!(bench.outbox.sweep().await.unwrap(), 0);
    bench.pass(10).await;
    assert_eq!(bench.outbox.sweep().await.unwrap(), 2);
    let mut rows = leased(&bench).await;
    rows.sort();
    assert_eq!(rows, [(false, vec![single]), (true, vec![bulk])]);
}

#[tokio::test]
async fn each_time_it_waits_twice_as_long() {
    let bench = Bench::new().await;
    bench.convert(None).await;
    for patience in [60, 120, 240, 480] {
        bench.lose().await;
        bench.pass(patience - 5).await;
        assert_eq!(bench.outbox.sweep().await.unwrap(), 0, "after {patience} s");
        bench.pass(10).await;
        assert_eq!(bench.outbox.sweep().await.unwrap(), 1, "after {patience} s");
    }
}

#[tokio::test]
async fn one_that_is_tried_again_by_hand_waits_a_minute_as_if_it_were_new() {
    let bench = Bench::new().await;
    let id = bench.convert(None).await;
    for patience in [60, 120, 240] {
        bench.lose().await;
        bench.pass(patience + 5).await;
        assert_eq!(bench.outbox.sweep().await.unwrap(), 1, "after {patience} s");
    }
    bench.change(id, failed(), false).await;
    bench.change(id, ConversionState::Queued, true).await;
    bench.lose().await;
    bench.pass(65).await;
    assert_eq!(bench.outbox.sweep().await.unwrap(), 1);
}

#[tokio::test]
async fn what_is_still_in_the_outbox_or_has_ended_is_left_alone() {
    let bench = Bench::new().await;
    bench.convert(None).await;
    let retried = bench.convert(None).await;
    bench.lose().await;
    let waiting = conversion(None);
    bench
        .write(|world| {
            world.put_conversion(waiting.clone());
            let mut ended = conversion(None);
            ended.state = failed();
            world.put_conversion(ended);
            world.changes.jobs.push(JobNote {
                conversion: retried,
                bulk: false,
                not_before: Some(world.now + chrono::TimeDelta::minutes(10)),
                traceparent: String::new(),
            });
            world.changes.jobs.push(JobNote {
                conversion: waiting.id,
                bulk: false,
                not_before: None,
                traceparent: String::new(),
            });
        })
        .await;
    bench.pass(100).await;
    assert_eq!(bench.outbox.sweep().await.unwrap(), 1);
}

#[tokio::test]
async fn while_the_queue_is_long_conversions_are_given_twice_its_delay() {
    let bench = Bench::new().await;
    let batch = Some(BatchId(new_id()));
    bench.convert(batch).await;
    bench.convert(None).await;
    bench.pass(500).await;
    end_some(&bench, true, 300).await;
    // The bulk queue takes 300 s, so 500 s are nothing there. Of the other queue nothing is known.
    assert_eq!(bench.outbox.sweep().await.unwrap(), 1);
    bench.pass(150).await;
    bench.lose().await;
    assert_eq!(bench.outbox.sweep().await.unwrap(), 2);
}

#[tokio::test]
async fn many_travel_together_but_from_the_third_time_on_each_alone() {
    let bench = Bench::new().await;
    for _ in 0..3 {
        let some: Vec<_> = (0..50).map(|_| conversion(None)).collect();
        bench
            .write(|world| some.iter().cloned().for_each(|one| world.put_conversion(one)))
            .await;
    }
    let sizes = async || {
        let rows = bench.outbox.lease(1_000).await.unwrap();
        bench.outbox.sent(&ids_of(&rows)).await.unwrap();
        let mut sizes: Vec<usize> = jobs(&rows).iter().map(|(_, ids)| ids.len()).collect();
        sizes.sort_unstable();
        sizes
    };
    bench.pass(100).await;
    assert_eq!(bench.outbox.sweep().await.unwrap(), 150);
    assert_eq!(sizes().await, [50, 100]);
    bench.pass(1_000).await;
    assert_eq!(bench.outbox.sweep().await.unwrap(), 150);
    assert_eq!(sizes().await, [1; 150]);
}
