//! A consumer of events that shares nothing with the executable but the broker.

use super::ids::{new_id, new_id_text};
use super::poll::soon;
use futures_util::StreamExt;
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ExchangeDeclareOptions,
    QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, ExchangeKind};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

const EXCHANGE: &str = "opportune.events";

/// An event as it came.
#[derive(Debug, Clone)]
pub struct Event {
    pub routing_key: String,
    pub content_type: String,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

impl Event {
    /// An attribute of CloudEvents.
    pub fn attribute(&self, name: &str) -> &str {
        self.headers
            .get(&format!("cloudEvents_{name}"))
            .map_or("", String::as_str)
    }

    /// Its id.
    pub fn id(&self) -> &str {
        self.attribute("id")
    }

    /// Its type without the parts that all types have: `opportunity.created`.
    pub fn kind(&self) -> &str {
        self.attribute("type")
            .strip_prefix("opportune.")
            .and_then(|kind| kind.strip_suffix(".v1"))
            .unwrap_or_default()
    }
}

/// Everything that was published since it began.
pub struct Heard {
    events: Arc<Mutex<Vec<Event>>>,
    connection: Connection,
}

impl Heard {
    /// Binds a queue of its own to all events.
    pub async fn begin(amqp: &str) -> Self {
        let connection = Connection::connect(amqp, ConnectionProperties::default())
            .await
            .unwrap();
        let channel = connection.create_channel().await.unwrap();
        let queue = bind(&channel, false).await;
        let events = Arc::new(Mutex::new(Vec::new()));
        channel.basic_qos(500, BasicQosOptions::default()).await.unwrap();
        let consumer = channel
            .basic_consume(
                queue.into(),
                "".into(),
                BasicConsumeOptions::default(),
                FieldTable::default(),
            )
            .await
            .unwrap();
        tokio::spawn(listen(consumer, events.clone()));
        Self { events, connection }
    }

    /// What came so far.
    pub fn all(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    /// What came so far of one kind, such as `opportunity.created`.
    pub fn of(&self, kind: &str) -> Vec<Event> {
        self.all().into_iter().filter(|event| event.kind() == kind).collect()
    }

    /// What came so far and is as `is` says.
    pub fn matching(&self, is: impl Fn(&Event) -> bool) -> Vec<Event> {
        let events = self.events.lock().unwrap();
        events.iter().filter(|event| is(event)).cloned().collect()
    }

    /// Waits until everything has come that the broker has taken by now: what it takes later comes later.
    pub async fn caught_up(&self) {
        let marker = new_id_text();
        let channel = self.connection.create_channel().await.unwrap();
        let (exchange, key) = (EXCHANGE.into(), marker.as_str().into());
        let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
        let published = channel.basic_publish(exchange, key, options, &[], properties);
        published.await.unwrap();
        let is_marker = |event: &Event| event.routing_key == marker;
        soon("the marker is heard", async || {
            let mut events = self.events.lock().unwrap();
            let place = events.iter().position(is_marker)?;
            events.remove(place);
            Some(())
        })
        .await;
        channel.close(200, "done".into()).await.unwrap();
    }

    /// The distinct ids of one kind by subject.
    pub fn ids_by_subject(&self, kind: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut ids = BTreeMap::<_, BTreeSet<_>>::new();
        for event in self.of(kind) {
            ids.entry(event.attribute("subject").to_owned())
                .or_default()
                .insert(event.id().to_owned());
        }
        ids
    }

    /// The first event of a kind about a record, when it has come.
    pub fn about(&self, kind: &str, subject: &str) -> Option<Event> {
        self.of(kind)
            .into_iter()
            .find(|event| event.attribute("subject") == subject)
    }
}

/// Declares a queue that gets all events: exclusive, or durable so that it outlives connections.
pub async fn bind(channel: &Channel, durable: bool) -> String {
    let exchange = ExchangeDeclareOptions {
        durable: true,
        ..ExchangeDeclareOptions::default()
    };
    channel
        .exchange_declare(EXCHANGE.into(), ExchangeKind::Topic, exchange, FieldTable::default())
        .await
        .unwrap();
    let name = format!("test-{}", new_id());
    let options = QueueDeclareOptions {
        durable,
        exclusive: !durable,
        ..QueueDeclareOptions::default()
    };
    channel
        .queue_declare(name.as_str().into(), options, FieldTable::default())
        .await
        .unwrap();
    channel
        .queue_bind(
            name.as_str().into(),
            EXCHANGE.into(),
            "#".into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        )
        .await
        .unwrap();
    name
}

/// An event from its delivery.
pub fn read(delivery: &Delivery) -> Event {
    let text = |value: &AMQPValue| match value {
        AMQPValue::LongString(text) => text.to_string(),
        other => format!("{other:?}"),
    };
    let headers = delivery.properties.headers().clone().unwrap_or_default();
    let content_type = delivery.properties.content_type().clone().unwrap_or_default();
    Event {
        routing_key: delivery.routing_key.to_string(),
        content_type: content_type.to_string(),
        headers: headers
            .inner()
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        body: serde_json::from_slice(&delivery.data).unwrap_or_default(),
    }
}

async fn listen(mut consumer: lapin::Consumer, events: Arc<Mutex<Vec<Event>>>) {
    while let Some(Ok(delivery)) = consumer.next().await {
        events.lock().unwrap().push(read(&delivery));
        if delivery.ack(BasicAckOptions::default()).await.is_err() {
            return;
        }
    }
}
