//! Jobs arrive, once more rather than never.

use crate::support::{Bench, TENANT, TRACE, conversion, job, never, next, soon, take};
use lapin::BasicProperties;
use opportune_application::ports::{Job, JobQueue, QueueName};
use opportune_rabbitmq::topology::{BULK_QUEUE, CONVERSIONS_QUEUE, DEAD_QUEUE};
use opportune_rabbitmq::{BrokerUrl, DeadLetters, Selection};
use opportune_testkit::{ChaosProxy, TestBroker};
use std::sync::atomic::Ordering;

#[tokio::test]
async fn a_job_arrives_with_its_trace_and_is_gone_when_acknowledged() {
    let bench = Bench::new().await;
    bench.publish(job(1, QueueName::Interactive, 5)).await;
    bench.publish(job(2, QueueName::Bulk, 6)).await;
    let mut deliveries = bench.subscribe(QueueName::Interactive).await;
    let expected = Job {
        tenant: TENANT,
        conversions: vec![conversion(5)],
        redelivered: false,
        traceparent: TRACE.to_owned(),
    };
    assert_eq!(take(&mut deliveries).await, expected);
    never(deliveries.next()).await;
    drop(deliveries);
    assert_eq!(
        take(&mut bench.subscribe(QueueName::Bulk).await).await.conversions,
        [conversion(6)]
    );
    bench.until_depth(CONVERSIONS_QUEUE, 0).await;
    bench.until_depth(BULK_QUEUE, 0).await;
    assert_eq!(bench.stale.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn no_more_jobs_arrive_than_are_asked_for_ahead() {
    let bench = Bench::new().await;
    for id in 0..5 {
        bench.publish(job(id, QueueName::Interactive, 1)).await;
    }
    let mut deliveries = bench.jobs.subscribe(QueueName::Interactive, 2).await.unwrap();
    let first = next(&mut deliveries).await;
    let _second = next(&mut deliveries).await;
    never(deliveries.next()).await;
    first.ack().await;
    next(&mut deliveries).await;
}

#[tokio::test]
async fn unacknowledged_jobs_go_back_when_the_subscription_is_dropped() {
    let bench = Bench::new().await;
    bench.publish(job(1, QueueName::Interactive, 1)).await;
    let mut deliveries = bench.subscribe(QueueName::Interactive).await;
    let held = next(&mut deliveries).await;
    drop(deliveries);
    bench.until_depth(CONVERSIONS_QUEUE, 1).await;
    held.ack().await;
    assert_eq!(bench.stale.load(Ordering::SeqCst), 1);
    assert!(
        take(&mut bench.subscribe(QueueName::Interactive).await)
            .await
            .redelivered
    );
}

#[tokio::test]
async fn a_message_that_cannot_be_decoded_is_dead_lettered_and_holds_up_nobody() {
    let bench = Bench::new().await;
    bench
        .throw_in(CONVERSIONS_QUEUE, BasicProperties::default(), b"who am I")
        .await;
    bench.publish(job(1, QueueName::Interactive, 5)).await;
    let mut deliveries = bench.subscribe(QueueName::Interactive).await;
    assert_eq!(take(&mut deliveries).await.conversions, [conversion(5)]);
    bench.until_depth(DEAD_QUEUE, 1).await;
    never(deliveries.next()).await;
    drop(deliveries);
    bench.until_depth(CONVERSIONS_QUEUE, 0).await;
    assert_eq!(bench.depth(DEAD_QUEUE).await, 1);
    let letters = DeadLetters::new(bench.publisher.clone()).list(10).await.unwrap();
    assert!(letters[0].reason.starts_with("undecodable"), "{letters:?}");
    assert_eq!(
        (letters[0].queue.as_str(), letters[0].size, letters[0].tenant),
        (CONVERSIONS_QUEUE, 8, None)
    );
    assert!(letters[0].time.is_some());
}

#[tokio::test]
async fn a_message_that_cannot_be_decoded_is_not_lost_when_there_is_no_dead_letter_queue() {
    let bench = Bench::new().await;
    let mut deliveries = bench.subscribe(QueueName::Interactive).await;
    bench.delete_queue(DEAD_QUEUE).await;
    bench
        .throw_in(CONVERSIONS_QUEUE, BasicProperties::default(), b"who am I")
        .await;
    bench.publish(job(1, QueueName::Interactive, 5)).await;
    assert_eq!(take(&mut deliveries).await.conversions, [conversion(5)]);
    // The queue is declared again and the second try succeeds; until then the message stays unacknowledged.
    soon(async {
        tokio::select! {
            _ = deliveries.next() => panic!("there is no other job"),
            () = async { while opportune_rabbitmq::depths(&bench.broker).await.is_err() {} } => {}
        }
    })
    .await;
    bench.until_depth(DEAD_QUEUE, 1).await;
    drop(deliveries);
    bench.until_depth(CONVERSIONS_QUEUE, 0).await;
}

#[tokio::test]
async fn after_a_cut_the_job_comes_again_and_the_old_acknowledgement_is_stale() {
    let vhost = TestBroker::new().await.unwrap();
    let proxy = ChaosProxy::before(vhost.url()).await.unwrap();
    let url = BrokerUrl::new(proxy.url());
    let bench = Bench::on(vhost, |options| options.url = url).await;
    bench.publish(job(1, QueueName::Interactive, 1)).await;
    let mut deliveries = bench.subscribe(QueueName::Interactive).await;
    let held = next(&mut deliveries).await;
    assert!(!held.job().redelivered);
    proxy.cut();
    bench.until_connected(false).await;
    held.ack().await;
    assert_eq!(bench.stale.load(Ordering::SeqCst), 1);
    assert!(soon(deliveries.next()).await.is_none(), "it ends with its connection");
    proxy.restore();
    bench.until_connected(true).await;
    let mut deliveries = bench.subscribe(QueueName::Interactive).await;
    assert!(take(&mut deliveries).await.redelivered);
    bench.publish(job(2, QueueName::Interactive, 2)).await;
    assert_eq!(take(&mut deliveries).await.conversions, [conversion(2)]);
}

#[tokio::test]
async fn a_subscription_dropped_while_the_broker_is_away_holds_no_jobs_afterwards() {
    let vhost = TestBroker::new().await.unwrap();
    let proxy = ChaosProxy::before(vhost.url()).await.unwrap();
    let url = BrokerUrl::new(proxy.url());
    let bench = Bench::on(vhost, |options| options.url = url).await;
    let deliveries = bench.subscribe(QueueName::Interactive).await;
    proxy.cut();
    bench.until_connected(false).await;
    drop(deliveries);
    proxy.restore();
    bench.until_connected(true).await;
    bench.publish(job(1, QueueName::Interactive, 1)).await;
    bench.until_depth(CONVERSIONS_QUEUE, 1).await;
    take(&mut bench.subscribe(QueueName::Interactive).await).await;
}

#[tokio::test]
async fn a_deleted_queue_ends_the_subscription_and_a_new_one_makes_the_queue() {
    let bench = Bench::new().await;
    let mut deliveries = bench.subscribe(QueueName::Interactive).await;
    bench.delete_queue(CONVERSIONS_QUEUE).await;
    assert!(soon(deliveries.next()).await.is_none());
    let mut deliveries = bench.subscribe(QueueName::Interactive).await;
    bench.publish(job(1, QueueName::Interactive, 1)).await;
    take(&mut deliveries).await;
}

#[tokio::test]
async fn a_job_that_is_never_acknowledged_ends_in_the_dead_letter_queue_and_can_be_replayed() {
    let bench = Bench::on(TestBroker::new().await.unwrap(), |options| options.delivery_limit = 1).await;
    bench.publish(job(1, QueueName::Bulk, 9)).await;
    for _ in 0..2 {
        let mut deliveries = bench.subscribe(QueueName::Bulk).await;
        next(&mut deliveries).await;
    }
    bench.until_depth(DEAD_QUEUE, 1).await;
    let letters = DeadLetters::new(bench.publisher.clone());
    let letter = letters.list(10).await.unwrap().remove(0);
    assert_eq!(
        (letter.reason.as_str(), letter.queue.as_str()),
        ("delivery_limit", BULK_QUEUE)
    );
    assert_eq!(
        (letter.tenant, letter.conversions.as_slice()),
        (Some(TENANT), &[conversion(9)][..])
    );
    assert_eq!(letter.traceparent, TRACE);
    assert!(letter.time.is_some());
    assert_eq!(letters.replay(Selection::All).await.unwrap().replayed, 1);
    let job = take(&mut bench.subscribe(QueueName::Bulk).await).await;
    assert_eq!(
        (job.conversions.as_slice(), job.redelivered),
        (&[conversion(9)][..], false)
    );
}
