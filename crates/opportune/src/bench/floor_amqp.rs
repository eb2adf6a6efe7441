//! The floor's messages: as many jobs, the same events, by the bare client library; confirmed, consumed, acknowledged.

use super::{Stage, sink};
use anyhow::{Result, ensure};
use futures_util::future::join_all;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties};
use opportune_rabbitmq::topology::EVENTS_EXCHANGE;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// A quorum queue, like the one for jobs.
const JOBS: &str = "bench.floor.jobs";
/// A durable queue, like the one of the event sink.
const EVENTS: &str = "bench.floor.events";
/// Conversions in a job message of the bulk case.
const JOB_SIZE: usize = 100;
/// Messages on the way between two waits for confirms.
const WINDOW: usize = 500;

/// Two queues, each with a consumer.
pub struct AmqpFloor {
    channel: Channel,
    _connection: Connection,
}

impl AmqpFloor {
    /// Declares the queues and consumes them.
    pub async fn start(stage: &Stage) -> Result<Self> {
        let connection = Connection::connect(stage.amqp(), ConnectionProperties::default()).await?;
        let channel = connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        let mut quorum = FieldTable::default();
        quorum.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
        channel
            .queue_declare(JOBS.into(), QueueDeclareOptions::durable(), quorum)
            .await?;
        channel
            .queue_declare(EVENTS.into(), QueueDeclareOptions::durable(), FieldTable::default())
            .await?;
        let options = QueueBindOptions::default();
        let key = "bench.floor";
        channel
            .queue_bind(
                EVENTS.into(),
                EVENTS_EXCHANGE.into(),
                key.into(),
                options,
                FieldTable::default(),
            )
            .await?;
        for queue in [JOBS, EVENTS] {
            tokio::spawn(sink::drain(connection.create_channel().await?, queue, |_| true));
        }
        Ok(Self {
            channel,
            _connection: connection,
        })
    }

    /// One conversion after another: its job, confirmed, then its events, confirmed; `callers` at a time.
    pub async fn one_by_one(&self, conversions: usize, events: &[Vec<u8>], callers: usize) -> Result<Duration> {
        let shares: Arc<[Vec<Vec<u8>>]> = shares(events, conversions).into();
        let next = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        let begun = Instant::now();
        for _ in 0..callers {
            let (channel, shares, next) = (self.channel.clone(), shares.clone(), next.clone());
            tasks.spawn(async move {
                while let Some(share) = shares.get(next.fetch_add(1, Ordering::Relaxed)) {
                    publish(&channel, &[job(1)], Target::Jobs).await?;
                    publish(&channel, share, Target::Events).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(ended) = tasks.join_next().await {
            ended??;
        }
        Ok(begun.elapsed())
    }

    /// Everything pipelined: jobs of a hundred conversions, then all events.
    pub async fn in_sets(&self, conversions: usize, events: &[Vec<u8>]) -> Result<Duration> {
        let begun = Instant::now();
        let jobs: Vec<Vec<u8>> = (0..conversions.div_ceil(JOB_SIZE)).map(|_| job(JOB_SIZE)).collect();
        for (messages, target) in [(jobs.as_slice(), Target::Jobs), (events, Target::Events)] {
            for window in messages.chunks(WINDOW) {
                publish(&self.channel, window, target).await?;
            }
        }
        Ok(begun.elapsed())
    }
}

#[derive(Debug, Clone, Copy)]
enum Target {
    Jobs,
    Events,
}

/// Publishes messages pipelined and waits for all confirms.
async fn publish(channel: &Channel, messages: &[Vec<u8>], target: Target) -> Result<()> {
    let (exchange, key) = match target {
        Target::Jobs => ("", JOBS),
        Target::Events => (EVENTS_EXCHANGE, "bench.floor"),
    };
    let options = BasicPublishOptions {
        mandatory: true,
        immediate: false,
    };
    let mut confirms = Vec::with_capacity(messages.len());
    for message in messages {
        let properties = BasicProperties::default().with_delivery_mode(2);
        confirms.push(
            channel
                .basic_publish(exchange.into(), key.into(), options, message, properties)
                .await?,
        );
    }
    for confirm in join_all(confirms).await {
        ensure!(
            matches!(confirm?, Confirmation::Ack(None)),
            "a message of the floor was not taken"
        );
    }
    Ok(())
}

/// The events of each conversion: as even as they go.
fn shares(events: &[Vec<u8>], conversions: usize) -> Vec<Vec<Vec<u8>>> {
    let mut shares = vec![Vec::new(); conversions];
    for (index, event) in events.iter().enumerate() {
        shares[index % conversions].push(event.clone());
    }
    shares
}

/// A body as long as that of a job message.
fn job(conversions: usize) -> Vec<u8> {
    vec![b'x'; 38 * (conversions + 1)]
}
