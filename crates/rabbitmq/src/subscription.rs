//! A queue of our own on a connection of its own: both end together.
//!
//! Its name is given by the server, and the broker deletes it with the connection that made it: whoever listens sees
//! that it ended, and begins anew.

use crate::channels;
use crate::dial::dial;
use crate::error::BrokerError;
use crate::options::BrokerOptions;
use crate::topology;
use futures_util::StreamExt;
use lapin::message::Delivery;
use lapin::options::{BasicConsumeOptions, BasicQosOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection, Consumer};
use std::time::Duration;
use tokio::time::timeout;

/// Messages that the broker sends ahead.
const PREFETCH: u16 = 500;
/// Messages that wait at the broker for a slow reader; the oldest go first.
const LONGEST_QUEUE: i32 = 1_000_000;
/// Longest wait for an orderly end.
const GOODBYE: Duration = Duration::from_secs(1);

/// An exclusive queue bound to an exchange, and what comes from it.
pub(crate) struct Subscription {
    consumer: Consumer,
    // Dropped after the consumer: without them it ends.
    _channel: Channel,
    connection: Connection,
}

impl Subscription {
    /// Connects and binds. `acked`: messages are acknowledged one by one, so that the broker waits for a slow reader.
    pub async fn open(
        options: &BrokerOptions,
        purpose: &str,
        exchange: &str,
        pattern: &str,
        acked: bool,
    ) -> Result<Self, BrokerError> {
        let connection = dial(options, format!("{}/{purpose}", options.connection_name)).await?;
        topology::declare(&connection, options.delivery_limit).await?;
        let channel = channels::open(&connection).await?;
        let mut arguments = FieldTable::default();
        arguments.insert("x-max-length".into(), AMQPValue::LongInt(LONGEST_QUEUE));
        let declared = channel.queue_declare("".into(), QueueDeclareOptions::exclusive().auto_delete(), arguments);
        let queue = channels::bounded(declared).await?.name().clone();
        let pattern = lapin::types::ShortString::try_new(pattern).unwrap_or_default();
        let none = FieldTable::default;
        let bound = channel.queue_bind(
            queue.clone(),
            exchange.into(),
            pattern,
            QueueBindOptions::default(),
            none(),
        );
        channels::bounded(bound).await?;
        channels::bounded(channel.basic_qos(PREFETCH, BasicQosOptions::default())).await?;
        let how = BasicConsumeOptions {
            no_ack: !acked,
            exclusive: true,
            ..Default::default()
        };
        let consumer = channels::bounded(channel.basic_consume(queue, "".into(), how, none())).await?;
        Ok(Self {
            consumer,
            _channel: channel,
            connection,
        })
    }

    /// The next message; `None` when the connection is gone. Cancel-safe.
    pub async fn next(&mut self) -> Option<Delivery> {
        self.consumer.next().await?.ok()
    }

    /// Says goodbye; the queue is gone then.
    pub async fn close(self) {
        let _ = timeout(GOODBYE, self.connection.close(200, "goodbye".into())).await;
    }
}
