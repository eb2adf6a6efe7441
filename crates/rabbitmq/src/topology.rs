//! Exchanges and queues, and how they hang together.
//!
//! ```text
//! opportune.jobs (direct) ─┬─▶ opportune.conversions ───────┐ delivery limit
//!                          └─▶ opportune.conversions.bulk ──┴─▶ opportune.dead (fanout) ─▶ opportune.conversions.dead
//! opportune.events (topic) ──▶ whoever binds a queue
//! opportune.settled (fanout) ─▶ one queue per process that waits
//! ```

use crate::channels;
use crate::error::BrokerError;
use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection, ExchangeKind};
use opportune_application::ports::QueueName;

/// Where jobs are published; the routing key is the queue's name.
pub const JOBS_EXCHANGE: &str = "opportune.jobs";
/// Where events are published; the routing key is `<entity>.<verb>.<tenant>`.
pub const EVENTS_EXCHANGE: &str = "opportune.events";
/// Where settled conversions are announced.
pub const SETTLED_EXCHANGE: &str = "opportune.settled";
/// Where messages go that nobody could work on.
pub const DEAD_EXCHANGE: &str = "opportune.dead";
/// Jobs of single calls.
pub const CONVERSIONS_QUEUE: &str = "opportune.conversions";
/// Jobs of batches and imports.
pub const BULK_QUEUE: &str = "opportune.conversions.bulk";
/// What cannot be decoded or ran out of tries.
pub const DEAD_QUEUE: &str = "opportune.conversions.dead";
/// All queues that live on, in the order in which they are declared.
pub const QUEUES: [&str; 3] = [DEAD_QUEUE, CONVERSIONS_QUEUE, BULK_QUEUE];

/// Looking at dead letters counts as delivering them; RabbitMQ 4 would throw them away after 20 looks.
const LOOKS_AT_DEAD_LETTERS: i32 = 1_000_000_000;

/// The name of a job queue on the broker.
pub fn queue_name(queue: QueueName) -> &'static str {
    match queue {
        QueueName::Interactive => CONVERSIONS_QUEUE,
        QueueName::Bulk => BULK_QUEUE,
    }
}

/// Declares everything; what is there already stays as it is.
///
/// A queue that exists with other arguments (say, another delivery limit) is used as it is, with a warning: arguments
/// of a queue cannot be changed, and jobs may wait in it.
///
/// # Errors
/// When the broker is away, or its user may not declare.
pub(crate) async fn declare(connection: &Connection, delivery_limit: u32) -> Result<(), BrokerError> {
    let channel = channels::open(connection).await?;
    for (name, kind) in [
        (JOBS_EXCHANGE, ExchangeKind::Direct),
        (EVENTS_EXCHANGE, ExchangeKind::Topic),
        (SETTLED_EXCHANGE, ExchangeKind::Fanout),
        (DEAD_EXCHANGE, ExchangeKind::Fanout),
    ] {
        let options = ExchangeDeclareOptions {
            durable: true,
            ..Default::default()
        };
        channels::bounded(channel.exchange_declare(name.into(), kind, options, FieldTable::default())).await?;
    }
    channels::close(&channel).await;
    for name in QUEUES {
        let arguments = if name == DEAD_QUEUE {
            dead_arguments()
        } else {
            work_arguments(delivery_limit)
        };
        let exchange = if name == DEAD_QUEUE {
            DEAD_EXCHANGE
        } else {
            JOBS_EXCHANGE
        };
        let channel = declare_queue(connection, name, arguments).await?;
        let bind = channel.queue_bind(
            name.into(),
            exchange.into(),
            name.into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        );
        channels::bounded(bind).await?;
        channels::close(&channel).await;
    }
    Ok(())
}

/// Declares a queue and returns the channel that it was done on.
async fn declare_queue(connection: &Connection, name: &str, arguments: FieldTable) -> Result<Channel, BrokerError> {
    let channel = channels::open(connection).await?;
    let declared = channel.queue_declare(name.into(), QueueDeclareOptions::durable(), arguments);
    let error = match channels::bounded(declared).await {
        Ok(_) => return Ok(channel),
        Err(error) => error,
    };
    if error.reply_code() != Some(406) {
        return Err(error);
    }
    tracing::warn!(queue = name, %error, "the queue has other arguments than the settings ask for; it is used as it is");
    channels::open(connection).await
}

fn work_arguments(delivery_limit: u32) -> FieldTable {
    let mut arguments = quorum(i32::try_from(delivery_limit).unwrap_or(i32::MAX));
    for (name, value) in [
        ("x-dead-letter-exchange", DEAD_EXCHANGE),
        // Dead letters are kept until the dead-letter queue has confirmed them; needs reject-publish.
        ("x-dead-letter-strategy", "at-least-once"),
        ("x-overflow", "reject-publish"),
    ] {
        arguments.insert(name.into(), AMQPValue::LongString(value.into()));
    }
    arguments
}

fn dead_arguments() -> FieldTable {
    quorum(LOOKS_AT_DEAD_LETTERS)
}

fn quorum(delivery_limit: i32) -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    arguments.insert("x-delivery-limit".into(), AMQPValue::LongInt(delivery_limit));
    arguments
}
