//! Databases and virtual hosts on real servers.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use lapin::options::{BasicGetOptions, BasicPublishOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use opportune_testkit::{ChaosProxy, TestBroker, TestDatabase, answers_amqp, answers_postgres};

const TENANTS: &str = "SELECT count(*) FROM tenants";

#[tokio::test]
async fn each_database_is_migrated_empty_and_ones_own() {
    let (one, other) = tokio::try_join!(TestDatabase::new(), TestDatabase::new()).unwrap();
    one.run("INSERT INTO tenants (id) VALUES (gen_random_uuid())")
        .await
        .unwrap();
    assert_eq!(one.number(TENANTS).await.unwrap(), 1);
    assert_eq!(other.number(TENANTS).await.unwrap(), 0);
    let url = other.url();
    assert!(answers_postgres(&url).await);
    drop(other);
    assert!(!answers_postgres(&url).await);
}

#[tokio::test]
async fn each_virtual_host_is_ones_own_and_ends_with_its_test() {
    let one = TestBroker::new().await.unwrap();
    let other = TestBroker::new().await.unwrap();
    let (_one, channel) = open(one.url()).await;
    let (_other, elsewhere) = open(other.url()).await;
    for channel in [&channel, &elsewhere] {
        let options = QueueDeclareOptions::default();
        channel
            .queue_declare("same".into(), options, FieldTable::default())
            .await
            .unwrap();
    }
    let options = BasicPublishOptions::default();
    channel
        .basic_publish("".into(), "same".into(), options, b"x", BasicProperties::default())
        .await
        .unwrap();
    let got = elsewhere
        .basic_get("same".into(), BasicGetOptions::default())
        .await
        .unwrap();
    assert!(got.is_none());
    let url = other.url().to_owned();
    drop(other);
    assert!(!answers_amqp(&url).await);
}

#[tokio::test]
async fn a_database_behind_a_proxy_goes_away_and_comes_back() {
    let database = TestDatabase::new().await.unwrap();
    let proxy = ChaosProxy::before(&database.url()).await.unwrap();
    assert!(answers_postgres(&proxy.url()).await);
    proxy.cut();
    assert!(!answers_postgres(&proxy.url()).await);
    proxy.restore();
    assert!(answers_postgres(&proxy.url()).await);
}

async fn open(url: &str) -> (Connection, Channel) {
    let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    (connection, channel)
}
