//! Where jobs come from.

use crate::burial;
use crate::channels;
use crate::connection::Broker;
use crate::error::BrokerError;
use crate::job_message;
use crate::publisher::AmqpPublisher;
use crate::topology::queue_name;
use async_trait::async_trait;
use futures_util::StreamExt;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use lapin::{Acker, Channel, Consumer};
use opportune_application::ports::{Deliveries, Delivery, Job, JobQueue, PublishError, QueueName};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Longest wait for an acknowledgement to leave: a blocked connection writes nothing.
const ACK: Duration = Duration::from_secs(5);

type OnStale = Arc<dyn Fn() + Send + Sync>;

/// The job queue port on a broker.
#[derive(Clone)]
pub struct AmqpJobQueue {
    broker: Broker,
    publisher: Arc<AmqpPublisher>,
    on_stale: OnStale,
}

impl AmqpJobQueue {
    /// Jobs come from `broker`; what cannot be decoded is dead-lettered through `publisher`, which may be on another
    /// connection. `on_stale` is called for each acknowledgement that came too late, because the connection was lost
    /// in between: the job comes again.
    pub fn new(broker: Broker, publisher: Arc<AmqpPublisher>, on_stale: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            broker,
            publisher,
            on_stale: Arc::new(on_stale),
        }
    }

    async fn consume(&self, queue: &'static str, prefetch: u16) -> Result<AmqpDeliveries, BrokerError> {
        self.broker.declare_topology().await?;
        let channel = self.broker.channel().await?;
        let started = async {
            // 0 would mean: without bound.
            channels::bounded(channel.basic_qos(prefetch.max(1), BasicQosOptions::default())).await?;
            let options = BasicConsumeOptions::default();
            channels::bounded(channel.basic_consume(queue.into(), "".into(), options, FieldTable::default())).await
        };
        match started.await {
            Ok(consumer) => {
                let (publisher, on_stale) = (self.publisher.clone(), self.on_stale.clone());
                Ok(AmqpDeliveries {
                    consumer,
                    channel,
                    queue,
                    publisher,
                    on_stale,
                    burials: JoinSet::new(),
                })
            }
            Err(error) => {
                channels::retire(channel);
                Err(error)
            }
        }
    }
}

#[async_trait]
impl JobQueue for AmqpJobQueue {
    async fn subscribe(&self, queue: QueueName, prefetch: u16) -> Result<Box<dyn Deliveries>, PublishError> {
        Ok(Box::new(self.consume(queue_name(queue), prefetch).await?))
    }
}

/// A subscription with a channel of its own. It ends with the connection: whoever wants more subscribes again.
struct AmqpDeliveries {
    consumer: Consumer,
    channel: Channel,
    queue: &'static str,
    publisher: Arc<AmqpPublisher>,
    on_stale: OnStale,
    /// Messages that are on their way to the dead-letter queue; they do not hold up the others.
    burials: JoinSet<()>,
}

#[async_trait]
impl Deliveries for AmqpDeliveries {
    async fn next(&mut self) -> Option<Box<dyn Delivery>> {
        loop {
            while self.burials.try_join_next().is_some() {}
            let delivery = match self.consumer.next().await {
                Some(Ok(delivery)) => delivery,
                Some(Err(error)) => {
                    // The stream would stay silent for ever after an error that closed its channel.
                    tracing::warn!(queue = self.queue, %error, "the subscription ended");
                    return None;
                }
                None => return None,
            };
            match job_message::decode(&delivery.properties, &delivery.data, delivery.redelivered) {
                Ok(job) => {
                    let on_stale = self.on_stale.clone();
                    return Some(Box::new(AmqpDelivery {
                        job,
                        acker: delivery.acker,
                        on_stale,
                    }));
                }
                Err(why) => {
                    self.burials
                        .spawn(burial::bury(self.publisher.clone(), delivery, self.queue, why));
                }
            }
        }
    }
}

impl Drop for AmqpDeliveries {
    fn drop(&mut self) {
        channels::retire(self.channel.clone());
    }
}

/// One job in hand.
struct AmqpDelivery {
    job: Job,
    acker: Acker,
    on_stale: OnStale,
}

#[async_trait]
impl Delivery for AmqpDelivery {
    fn job(&self) -> &Job {
        &self.job
    }

    async fn ack(self: Box<Self>) {
        let acked = timeout(ACK, self.acker.ack(BasicAckOptions::default())).await;
        // `Ok(false)` is how the client library says that the channel of this delivery is gone.
        if !matches!(acked, Ok(Ok(true))) {
            tracing::debug!("an acknowledgement came too late; the job comes again");
            (self.on_stale)();
        }
    }
}
