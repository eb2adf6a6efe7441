//! Connecting, and knowing whether one is connected.

use crate::support::{Bench, soon};
use opportune_rabbitmq::{Broker, BrokerError, BrokerOptions, topology};
use opportune_testkit::{ChaosProxy, TestBroker};
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test]
async fn a_wrong_password_is_said_at_once() {
    let vhost = TestBroker::new().await.unwrap();
    let url = vhost.url().replace("guest:guest@", "guest:wrong@");
    let refused = soon(Broker::connect(BrokerOptions::new(url))).await;
    assert!(matches!(refused, Err(BrokerError::Rejected(_))), "{refused:?}");
}

#[tokio::test]
async fn a_missing_vhost_is_said_at_once() {
    let vhost = TestBroker::new().await.unwrap();
    let url = format!("{}-that-is-not-there", vhost.url().trim_end_matches("%2f"));
    let refused = soon(Broker::connect(BrokerOptions::new(url))).await;
    assert!(matches!(refused, Err(BrokerError::Rejected(_))), "{refused:?}");
}

#[tokio::test]
async fn a_broker_that_is_away_is_tried_until_the_time_is_over() {
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut options = BrokerOptions::new(format!("amqp://guest:guest@{free}/%2f"));
    options.connect_timeout = Duration::from_secs(1);
    let began = Instant::now();
    let refused = Broker::connect(options).await;
    assert!(matches!(refused, Err(BrokerError::Unreachable { .. })), "{refused:?}");
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_broker_that_comes_late_is_found() {
    let vhost = TestBroker::new().await.unwrap();
    let proxy = ChaosProxy::before(vhost.url()).await.unwrap();
    proxy.cut();
    let mut options = BrokerOptions::new(proxy.url());
    options.connect_timeout = Duration::from_secs(20);
    let connecting = tokio::spawn(Broker::connect(options));
    tokio::time::sleep(Duration::from_millis(400)).await;
    proxy.restore();
    assert!(soon(connecting).await.unwrap().unwrap().health().ready());
}

#[tokio::test]
async fn a_lost_connection_is_seen_and_comes_back() {
    let vhost = TestBroker::new().await.unwrap();
    let proxy = ChaosProxy::before(vhost.url()).await.unwrap();
    let url = proxy.url();
    let bench = Bench::on(vhost, |options| options.url = opportune_rabbitmq::BrokerUrl::new(url)).await;
    let before = bench.broker.health();
    proxy.cut();
    bench.until_connected(false).await;
    let away = bench.broker.health();
    assert!(!away.ready() && away.since > before.since);
    proxy.restore();
    bench.until_connected(true).await;
    assert!(bench.broker.health().since > away.since);
}

#[tokio::test]
async fn an_outage_of_several_seconds_is_survived() {
    let vhost = TestBroker::new().await.unwrap();
    let proxy = ChaosProxy::before(vhost.url()).await.unwrap();
    let url = proxy.url();
    let bench = Bench::on(vhost, |options| options.url = opportune_rabbitmq::BrokerUrl::new(url)).await;
    proxy.cut();
    bench.until_connected(false).await;
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert!(!bench.broker.health().connected);
    proxy.restore();
    bench.until_connected(true).await;
    bench.until_depth(topology::CONVERSIONS_QUEUE, 0).await;
}

#[tokio::test]
async fn a_connection_that_is_accepted_and_never_answered_does_not_keep_the_broker_away() {
    let vhost = TestBroker::new().await.unwrap();
    let proxy = ChaosProxy::before(vhost.url()).await.unwrap();
    let url = proxy.url();
    let bench = Bench::on(vhost, |options| options.url = opportune_rabbitmq::BrokerUrl::new(url)).await;
    proxy.deafen();
    soon(proxy.until_unanswered(true)).await;
    proxy.restore();
    bench.until_connected(true).await;
    soon(proxy.until_unanswered(false)).await;
    bench.until_depth(topology::CONVERSIONS_QUEUE, 0).await;
}

#[tokio::test]
async fn queues_that_exist_with_another_delivery_limit_are_used_as_they_are() {
    let bench = Bench::new().await;
    let mut options = BrokerOptions::new(bench.url());
    options.delivery_limit = 7;
    let second = soon(Broker::connect(options)).await.unwrap();
    assert_eq!(
        opportune_rabbitmq::depths(&second).await.unwrap().len(),
        topology::QUEUES.len()
    );
}

#[tokio::test]
async fn after_an_orderly_end_nothing_is_connected() {
    let bench = Bench::new().await;
    soon(bench.broker.close()).await;
    assert!(opportune_rabbitmq::depths(&bench.broker).await.is_err());
}
