//! The dead-letter queue as operators see it: list, replay, drop.

use crate::channels;
use crate::error::BrokerError;
use crate::headers::{self, DEATHS, QUEUE, REASON, TRACEPARENT};
use crate::job_message;
use crate::publisher::AmqpPublisher;
use crate::queues;
use crate::topology::{BULK_QUEUE, DEAD_QUEUE};
use chrono::{DateTime, Utc};
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicGetOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{BasicProperties, Channel};
use opportune_application::ports::QueueName;
use opportune_domain::ids::{ConversionId, TenantId};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Longest wait for letters to go back to their places.
const SETTLING: Duration = Duration::from_secs(2);
/// Pause between two looks whether they have.
const LOOK: Duration = Duration::from_millis(10);

/// A message in the dead-letter queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Place in the queue, counted from 1. Changes when letters before it are replayed or dropped.
    pub position: usize,
    /// Its message id; empty when it has none.
    pub id: String,
    /// Why it is here: `delivery_limit` from the broker, else what we wrote down.
    pub reason: String,
    /// The queue that it came from; empty when that is not known.
    pub queue: String,
    /// When it got here, to the second.
    pub time: Option<DateTime<Utc>>,
    /// Whose, if it can be read.
    pub tenant: Option<TenantId>,
    /// Which conversions; empty when it cannot be read.
    pub conversions: Vec<ConversionId>,
    /// Trace of the call; empty = none.
    pub traceparent: String,
    /// Size of the body in bytes.
    pub size: usize,
}

/// Which dead letters are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All that are there now.
    All,
    /// The first so many.
    First(usize),
    /// The one at this place, counted from 1.
    Position(usize),
    /// Those about this conversion.
    Conversion(ConversionId),
}

/// What became of the selected letters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Sent to their work queue again, and gone from here.
    pub replayed: usize,
    /// Cannot be read, so that sending them again would bring them back; still here.
    pub unreadable: usize,
}

/// Operations on the dead-letter queue. What is only looked at goes back when the operation ends.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    publisher: Arc<AmqpPublisher>,
}

impl DeadLetters {
    /// Dead letters on the publisher's broker.
    pub fn new(publisher: Arc<AmqpPublisher>) -> Self {
        Self { publisher }
    }

    /// The first letters, at most `limit`; they stay.
    ///
    /// # Errors
    /// When the broker is away or refuses.
    pub async fn list(&self, limit: usize) -> Result<Vec<DeadLetter>, BrokerError> {
        let mut scan = Scan::start(&self.publisher, Selection::First(limit)).await?;
        let mut letters = Vec::new();
        while let Some((letter, _)) = scan.next().await? {
            letters.push(letter);
        }
        scan.end().await;
        Ok(letters)
    }

    /// Sends the selected jobs to their work queues again and removes them from here, one by one: published and confirmed
    /// first, then acknowledged. Broken off in between, one job may be in both queues, which is harmless.
    ///
    /// # Errors
    /// When the broker is away or refuses; what was replayed until then stays replayed.
    pub async fn replay(&self, selection: Selection) -> Result<Replayed, BrokerError> {
        let mut scan = Scan::start(&self.publisher, selection).await?;
        let mut count = Replayed::default();
        while let Some((letter, delivery)) = scan.next().await? {
            let Some(tenant) = letter.tenant else {
                count.unreadable += 1;
                continue;
            };
            let queue = if letter.queue == BULK_QUEUE {
                QueueName::Bulk
            } else {
                QueueName::Interactive
            };
            let id = if letter.id.is_empty() {
                format!("replay-{}", letter.position)
            } else {
                letter.id
            };
            let job = job_message::outgoing(queue, tenant, &letter.conversions, &letter.traceparent, id);
            self.publisher.send_one(&job).await?;
            scan.remove(&delivery).await?;
            count.replayed += 1;
        }
        scan.end().await;
        Ok(count)
    }

    /// Deletes the selected letters. Returns how many.
    ///
    /// # Errors
    /// When the broker is away or refuses; what was deleted until then stays deleted.
    pub async fn drop(&self, selection: Selection) -> Result<usize, BrokerError> {
        let mut scan = Scan::start(&self.publisher, selection).await?;
        let mut dropped = 0;
        while let Some((_, delivery)) = scan.next().await? {
            scan.remove(&delivery).await?;
            dropped += 1;
        }
        scan.end().await;
        Ok(dropped)
    }
}

/// One way through the queue. What is not acknowledged goes back to its place when the channel closes.
struct Scan {
    channel: Channel,
    publisher: Arc<AmqpPublisher>,
    selection: Selection,
    position: usize,
    /// How many letters there were at the start.
    there: usize,
    /// How many of them are looked at: one that is replayed and dies again is not met twice.
    total: usize,
    removed: usize,
}

impl Scan {
    async fn start(publisher: &Arc<AmqpPublisher>, selection: Selection) -> Result<Self, BrokerError> {
        let channel = publisher.broker().channel().await?;
        let (messages, _) = queues::look(&channel, DEAD_QUEUE).await?;
        let there = usize::try_from(messages).unwrap_or(usize::MAX);
        let total = match selection {
            Selection::First(limit) | Selection::Position(limit) => there.min(limit),
            Selection::All | Selection::Conversion(_) => there,
        };
        let publisher = publisher.clone();
        Ok(Self {
            channel,
            publisher,
            selection,
            position: 0,
            there,
            total,
            removed: 0,
        })
    }

    /// The next selected letter.
    async fn next(&mut self) -> Result<Option<(DeadLetter, Delivery)>, BrokerError> {
        while self.position < self.total {
            let got = channels::bounded(self.channel.basic_get(DEAD_QUEUE.into(), BasicGetOptions::default())).await?;
            let Some(message) = got else {
                return Ok(None);
            };
            self.position += 1;
            let letter = read(self.position, &message.delivery);
            let meant = match &self.selection {
                Selection::All | Selection::First(_) => true,
                Selection::Position(position) => *position == self.position,
                Selection::Conversion(id) => letter.conversions.contains(id),
            };
            if meant {
                return Ok(Some((letter, message.delivery)));
            }
        }
        Ok(None)
    }

    /// Takes a letter out of the queue for good.
    async fn remove(&mut self, delivery: &Delivery) -> Result<(), BrokerError> {
        if !channels::bounded(delivery.acker.ack(BasicAckOptions::default())).await? {
            return Err(BrokerError::Away("the connection was lost in the middle".to_owned()));
        }
        self.removed += 1;
        Ok(())
    }

    /// Closes the channel and waits until what was only looked at is in its place again, so that the next look finds
    /// it. Not for long: another operator may be looking too.
    async fn end(self) {
        channels::close(&self.channel).await;
        let back = async {
            while let Ok(depths) = queues::depths(self.publisher.broker()).await {
                let dead = depths
                    .iter()
                    .find(|depth| depth.name == DEAD_QUEUE)
                    .map_or(0, |depth| depth.messages);
                if usize::try_from(dead).unwrap_or(usize::MAX) >= self.there.saturating_sub(self.removed) {
                    return;
                }
                sleep(LOOK).await;
            }
        };
        let _ = timeout(SETTLING, back).await;
    }
}

impl Drop for Scan {
    fn drop(&mut self) {
        channels::retire(self.channel.clone());
    }
}

fn read(position: usize, delivery: &Delivery) -> DeadLetter {
    let properties = &delivery.properties;
    let death = last_death(properties);
    let said = |name: &str| {
        death
            .and_then(|death| death.inner().get(name))
            .and_then(headers::to_text)
    };
    let job = job_message::decode(properties, &delivery.data, false).ok();
    let died = death
        .and_then(|death| death.inner().get("time"))
        .and_then(headers::to_number);
    let written = properties.timestamp().and_then(|seconds| i64::try_from(seconds).ok());
    DeadLetter {
        position,
        id: properties
            .message_id()
            .as_ref()
            .map(ShortString::to_string)
            .unwrap_or_default(),
        reason: headers::get_text(properties, REASON)
            .or_else(|| said("reason"))
            .unwrap_or_default(),
        queue: headers::get_text(properties, QUEUE)
            .or_else(|| said("queue"))
            .unwrap_or_default(),
        time: died
            .or(written)
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
        tenant: job.as_ref().map(|job| job.tenant),
        conversions: job.map(|job| job.conversions).unwrap_or_default(),
        traceparent: headers::get_text(properties, TRACEPARENT).unwrap_or_default(),
        size: delivery.data.len(),
    }
}

/// What the broker wrote about the last death of a message, if it was the broker that buried it.
fn last_death(properties: &BasicProperties) -> Option<&FieldTable> {
    match headers::get(properties, DEATHS)? {
        AMQPValue::FieldArray(deaths) => match deaths.as_slice().first()? {
            AMQPValue::FieldTable(death) => Some(death),
            _ => None,
        },
        _ => None,
    }
}
