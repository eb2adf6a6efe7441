//! A downstream system: takes every event from a queue of its own, and keeps the bodies for the floor.

use super::Stage;
use anyhow::{Context, Result};
use futures_util::StreamExt;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{Channel, Connection, ConnectionProperties};
use opportune_rabbitmq::topology::EVENTS_EXCHANGE;
use tokio::sync::{Mutex, mpsc};

/// Events between two acknowledgements.
const ACK_EVERY: u64 = 100;
/// Name of the queue.
const QUEUE: &str = "bench.events";

/// Takes events.
pub struct EventSink {
    bodies: Mutex<mpsc::UnboundedReceiver<Vec<u8>>>,
    _connection: Connection,
}

impl EventSink {
    /// Subscribes to every event of a conversion.
    pub async fn start(stage: &Stage) -> Result<Self> {
        let connection = Connection::connect(stage.amqp(), ConnectionProperties::default()).await?;
        let channel = connection.create_channel().await?;
        channel
            .queue_declare(QUEUE.into(), QueueDeclareOptions::durable(), FieldTable::default())
            .await?;
        for topic in ["opportunity.created.*", "customer.created.*"] {
            let options = QueueBindOptions::default();
            let exchange = EVENTS_EXCHANGE.into();
            channel
                .queue_bind(QUEUE.into(), exchange, topic.into(), options, FieldTable::default())
                .await?;
        }
        let (sender, bodies) = mpsc::unbounded_channel();
        tokio::spawn(drain(channel, QUEUE, move |body| sender.send(body).is_ok()));
        Ok(Self {
            bodies: Mutex::new(bodies),
            _connection: connection,
        })
    }

    /// The next `count` events; waits until they are there.
    pub async fn take(&self, count: usize) -> Result<Vec<Vec<u8>>> {
        let mut bodies = self.bodies.lock().await;
        let mut taken = Vec::with_capacity(count);
        while taken.len() < count {
            taken.push(bodies.recv().await.context("the subscription ended")?);
        }
        Ok(taken)
    }
}

/// Consumes a queue until `take` says no, acknowledging in groups.
pub(super) async fn drain(channel: Channel, queue: &str, take: impl Fn(Vec<u8>) -> bool) -> Result<()> {
    channel.basic_qos(1_000, BasicQosOptions::default()).await?;
    let options = BasicConsumeOptions::default();
    let mut consumer = channel
        .basic_consume(queue.into(), "".into(), options, FieldTable::default())
        .await?;
    while let Some(delivery) = consumer.next().await {
        let delivery = delivery?;
        if delivery.delivery_tag.is_multiple_of(ACK_EVERY) {
            delivery.ack(BasicAckOptions { multiple: true }).await?;
        }
        if !take(delivery.data) {
            break;
        }
    }
    Ok(())
}
