//! What the tests have in common.

use chrono::DateTime;
use lapin::options::{BasicPublishOptions, QueueDeleteOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use opportune_application::ports::{Deliveries, Delivery, Job, JobQueue, Outbound, OutboxRow, Publisher, QueueName};
use opportune_domain::event::{Event, EventBody};
use opportune_domain::ids::{ConversionId, EventId, LeadId, TenantId};
use opportune_domain::refusal::{Reason, Refusal};
use opportune_rabbitmq::{AmqpJobQueue, AmqpPublisher, Broker, BrokerOptions, depths};
use opportune_testkit::TestBroker;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use uuid::Uuid;

pub const TENANT: TenantId = TenantId(Uuid::from_u128(0x7e));
pub const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// A vhost, a broker in it, and the ports on that.
pub struct Bench {
    pub broker: Broker,
    pub publisher: Arc<AmqpPublisher>,
    pub jobs: AmqpJobQueue,
    pub stale: Arc<AtomicU32>,
    admin: Connection,
    vhost: TestBroker,
}

impl Bench {
    pub async fn new() -> Self {
        Self::on(TestBroker::new().await.unwrap(), |_| {}).await
    }

    /// With other options, for example another URL to the same vhost.
    pub async fn on(vhost: TestBroker, change: impl FnOnce(&mut BrokerOptions)) -> Self {
        let mut options = BrokerOptions::new(vhost.url());
        options.connect_timeout = Duration::from_secs(20);
        change(&mut options);
        let broker = Broker::connect(options).await.unwrap();
        let publisher = Arc::new(AmqpPublisher::new(broker.clone()));
        let stale = Arc::new(AtomicU32::new(0));
        let count = stale.clone();
        let jobs = AmqpJobQueue::new(broker.clone(), publisher.clone(), move || {
            count.fetch_add(1, Ordering::SeqCst);
        });
        let admin = Connection::connect(vhost.url(), ConnectionProperties::default())
            .await
            .unwrap();
        Self {
            broker,
            publisher,
            jobs,
            stale,
            admin,
            vhost,
        }
    }

    /// A URL that does not go through any proxy.
    pub fn url(&self) -> &str {
        self.vhost.url()
    }

    /// A channel that knows nothing of the adapter.
    pub async fn admin(&self) -> Channel {
        self.admin.create_channel().await.unwrap()
    }

    /// Publishes bytes straight into a queue.
    pub async fn throw_in(&self, queue: &str, properties: BasicProperties, body: &[u8]) {
        let options = BasicPublishOptions::default();
        self.admin()
            .await
            .basic_publish("".into(), queue.into(), options, body, properties)
            .await
            .unwrap();
    }

    pub async fn delete_queue(&self, queue: &str) {
        self.admin()
            .await
            .queue_delete(queue.into(), QueueDeleteOptions::default())
            .await
            .unwrap();
    }

    /// A queue for tests, with these arguments.
    pub async fn make_queue(&self, queue: &str, arguments: FieldTable) {
        let options = lapin::options::QueueDeclareOptions {
            durable: true,
            ..Default::default()
        };
        self.admin()
            .await
            .queue_declare(queue.into(), options, arguments)
            .await
            .unwrap();
    }

    /// Publishes one row, which has to succeed.
    pub async fn publish(&self, row: OutboxRow) {
        self.publisher.publish(&[row]).await.remove(0).unwrap();
    }

    pub async fn subscribe(&self, queue: QueueName) -> Box<dyn Deliveries> {
        self.jobs.subscribe(queue, 10).await.unwrap()
    }

    /// Messages that wait in a queue.
    pub async fn depth(&self, queue: &str) -> u32 {
        let depths = depths(&self.broker).await.unwrap();
        depths.iter().find(|depth| depth.name == queue).unwrap().messages
    }

    /// Waits until a queue has so many messages.
    pub async fn until_depth(&self, queue: &str, messages: u32) {
        soon(async {
            while self.depth(queue).await != messages {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
    }

    /// Waits until the broker is connected or not.
    pub async fn until_connected(&self, connected: bool) {
        let mut health = self.broker.watch_health();
        soon(health.wait_for(|health| health.connected == connected))
            .await
            .unwrap();
    }
}

/// What has to happen within a few seconds.
pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), what)
        .await
        .expect("it took longer than 30 s")
}

/// What must not happen, given a moment to happen in.
pub async fn never<T>(what: impl Future<Output = T>) {
    let happened = tokio::time::timeout(Duration::from_millis(300), what).await;
    assert!(happened.is_err(), "it should not have happened");
}

/// The next delivery.
pub async fn next(deliveries: &mut Box<dyn Deliveries>) -> Box<dyn Delivery> {
    soon(deliveries.next()).await.expect("the subscription ended")
}

/// The next job, acknowledged.
pub async fn take(deliveries: &mut Box<dyn Deliveries>) -> Job {
    let delivery = next(deliveries).await;
    let job = delivery.job().clone();
    delivery.ack().await;
    job
}

pub fn conversion(number: u128) -> ConversionId {
    ConversionId(Uuid::from_u128(number))
}

/// A job about one conversion.
pub fn job(id: i64, queue: QueueName, number: u128) -> OutboxRow {
    let message = Outbound::Jobs {
        bulk: queue == QueueName::Bulk,
        conversions: vec![conversion(number)],
        traceparent: TRACE.to_owned(),
    };
    OutboxRow {
        id,
        tenant: TENANT,
        message,
    }
}

/// An event about a conversion of its own.
pub fn event(number: u128) -> Event {
    Event {
        id: EventId(Uuid::from_u128(number)),
        sequence: i64::try_from(number).unwrap(),
        occurred_at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
        traceparent: TRACE.to_owned(),
        body: EventBody::ConversionFailed {
            conversion_id: conversion(number),
            lead_id: LeadId(Uuid::from_u128(1)),
            error: Refusal::new(Reason::LeadsDisabled, "leads are switched off"),
            attempt: 1,
            batch_id: None,
        },
    }
}

/// The same as an outbox row.
pub fn event_row(id: i64, number: u128) -> OutboxRow {
    OutboxRow {
        id,
        tenant: TENANT,
        message: Outbound::Event(Box::new(event(number))),
    }
}
