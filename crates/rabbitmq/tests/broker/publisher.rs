//! What is said to be sent, the broker has.

use crate::support::{Bench, event_row, job, soon};
use lapin::options::{ExchangeDeleteOptions, QueueBindOptions};
use lapin::types::{AMQPValue, FieldTable};
use opportune_application::ports::{PublishError, Publisher, QueueName};
use opportune_rabbitmq::BrokerUrl;
use opportune_rabbitmq::topology::{BULK_QUEUE, CONVERSIONS_QUEUE, EVENTS_EXCHANGE, JOBS_EXCHANGE};
use opportune_testkit::{ChaosProxy, TestBroker};
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test]
async fn a_job_that_no_queue_takes_is_an_error_and_its_neighbours_are_not() {
    let bench = Bench::new().await;
    bench.delete_queue(CONVERSIONS_QUEUE).await;
    let mut rows = Vec::new();
    for id in 0..30 {
        let queue = if id % 3 == 0 {
            QueueName::Interactive
        } else {
            QueueName::Bulk
        };
        rows.push(job(id, queue, 1));
    }
    rows.push(event_row(30, 2));
    let results = bench.publisher.publish(&rows).await;
    for (id, result) in results.iter().enumerate() {
        let unroutable = matches!(result, Err(PublishError::Unroutable));
        assert_eq!(unroutable, id < 30 && id % 3 == 0, "{id}: {result:?}");
        assert!(unroutable || result.is_ok(), "{id}: {result:?}");
    }
    assert_eq!(results.len(), rows.len());
    bench.until_depth_of_bulk(20).await;
}

impl Bench {
    async fn until_depth_of_bulk(&self, messages: u32) {
        // The other queue is gone, so all of them cannot be asked for.
        self.broker.declare_topology().await.unwrap();
        self.until_depth(BULK_QUEUE, messages).await;
    }
}

#[tokio::test]
async fn an_event_without_a_subscriber_is_fine() {
    let bench = Bench::new().await;
    let results = bench.publisher.publish(&[event_row(1, 1), event_row(2, 2)]).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
}

#[tokio::test]
async fn nothing_to_publish_is_fine() {
    let bench = Bench::new().await;
    assert!(bench.publisher.publish(&[]).await.is_empty());
}

#[tokio::test]
async fn a_job_that_a_full_queue_refuses_is_an_error() {
    let bench = Bench::new().await;
    let mut arguments = FieldTable::default();
    arguments.insert("x-max-length".into(), AMQPValue::LongInt(1));
    arguments.insert("x-overflow".into(), AMQPValue::LongString("reject-publish".into()));
    bench.make_queue("full", arguments).await;
    let (options, none) = (QueueBindOptions::default(), FieldTable::default());
    let admin = bench.admin().await;
    admin
        .queue_bind(
            "full".into(),
            JOBS_EXCHANGE.into(),
            CONVERSIONS_QUEUE.into(),
            options,
            none,
        )
        .await
        .unwrap();
    let rows: Vec<_> = (1..=5).map(|id| job(id, QueueName::Interactive, 1)).collect();
    let results = bench.publisher.publish(&rows).await;
    assert!(results[0].is_ok(), "{results:?}");
    assert!(matches!(results[4], Err(PublishError::Refused)), "{results:?}");
}

#[tokio::test]
async fn many_publish_at_the_same_time_and_each_gets_its_own_answers() {
    let bench = Bench::new().await;
    bench.delete_queue(BULK_QUEUE).await;
    let mut tasks = Vec::new();
    for task in 0..8_i64 {
        let publisher = bench.publisher.clone();
        let queue = if task % 2 == 0 {
            QueueName::Interactive
        } else {
            QueueName::Bulk
        };
        tasks.push(tokio::spawn(async move {
            let rows: Vec<_> = (0..300).map(|row| job(task * 1_000 + row, queue, 1)).collect();
            (queue, publisher.publish(&rows).await)
        }));
    }
    for task in tasks {
        let (queue, results) = soon(task).await.unwrap();
        let expected = |result: &Result<(), PublishError>| match queue {
            QueueName::Interactive => result.is_ok(),
            QueueName::Bulk => matches!(result, Err(PublishError::Unroutable)),
        };
        assert_eq!(results.len(), 300);
        assert!(results.iter().all(expected), "{queue:?}");
    }
    bench.broker.declare_topology().await.unwrap();
    bench.until_depth(CONVERSIONS_QUEUE, 1_200).await;
}

#[tokio::test]
async fn an_exchange_that_was_deleted_is_declared_again() {
    let bench = Bench::new().await;
    bench.publish(event_row(1, 1)).await;
    let admin = bench.admin().await;
    admin
        .exchange_delete(EVENTS_EXCHANGE.into(), ExchangeDeleteOptions::default())
        .await
        .unwrap();
    let lost = bench.publisher.publish(&[event_row(2, 2)]).await;
    assert!(matches!(lost[0], Err(PublishError::Away(_))), "{lost:?}");
    bench.publish(event_row(2, 2)).await;
}

#[tokio::test]
async fn a_publisher_works_again_after_its_connection_was_cut() {
    let vhost = TestBroker::new().await.unwrap();
    let proxy = ChaosProxy::before(vhost.url()).await.unwrap();
    let url = BrokerUrl::new(proxy.url());
    let bench = Bench::on(vhost, |options| options.url = url).await;
    bench.publish(job(1, QueueName::Interactive, 1)).await;
    for round in 2..5 {
        proxy.cut();
        bench.until_connected(false).await;
        proxy.restore();
        // Waits for the connection by itself, shorter than its time-out.
        bench.publish(job(round, QueueName::Interactive, 1)).await;
    }
    bench.until_depth(CONVERSIONS_QUEUE, 4).await;
}

#[tokio::test]
async fn what_was_reported_as_sent_is_there_however_often_the_connection_is_cut() {
    let vhost = TestBroker::new().await.unwrap();
    let proxy = ChaosProxy::before(vhost.url()).await.unwrap();
    let url = BrokerUrl::new(proxy.url());
    let bench = Bench::on(vhost, |options| options.url = url).await;
    let publisher = bench.publisher.clone();
    let sending = tokio::spawn(async move {
        let mut sent = 0;
        for round in 0..40_i64 {
            let rows: Vec<_> = (0..100)
                .map(|row| job(round * 100 + row, QueueName::Interactive, 1))
                .collect();
            sent += publisher
                .publish(&rows)
                .await
                .iter()
                .filter(|result| result.is_ok())
                .count();
        }
        sent
    });
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        proxy.cut();
        bench.until_connected(false).await;
        proxy.restore();
        bench.until_connected(true).await;
    }
    let sent = soon(sending).await.unwrap();
    // What was not reported may be there too: that is what "may have it" means.
    let there = bench.depth(CONVERSIONS_QUEUE).await;
    assert!(
        sent > 0 && usize::try_from(there).unwrap() >= sent,
        "{sent} were sent, {there} are there"
    );
}

#[tokio::test]
async fn while_the_broker_is_away_publishing_fails_in_its_time() {
    let vhost = TestBroker::new().await.unwrap();
    let proxy = ChaosProxy::before(vhost.url()).await.unwrap();
    let url = BrokerUrl::new(proxy.url());
    let change = |options: &mut opportune_rabbitmq::BrokerOptions| {
        options.url = url;
        options.publish_timeout = Duration::from_millis(300);
    };
    let bench = Bench::on(vhost, change).await;
    bench.publish(job(1, QueueName::Interactive, 1)).await;
    proxy.cut();
    let began = Instant::now();
    let rows: Vec<_> = (2..1_000).map(|id| job(id, QueueName::Interactive, 1)).collect();
    let results = bench.publisher.publish(&rows).await;
    assert!(
        results
            .iter()
            .all(|result| matches!(result, Err(PublishError::Away(_)))),
        "{:?}",
        results.first()
    );
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}
