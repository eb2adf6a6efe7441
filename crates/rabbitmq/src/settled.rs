//! Notices about settled conversions, from the process that worked to the processes where callers wait.

use crate::connection::Broker;
use crate::error::BrokerError;
use crate::job_message;
use crate::options::BrokerOptions;
use crate::outgoing::{short, transient};
use crate::subscription::Subscription;
use crate::topology::SETTLED_EXCHANGE;
use async_trait::async_trait;
use lapin::Channel;
use lapin::message::Delivery;
use lapin::options::BasicPublishOptions;
use opportune_application::ports::Notices;
use opportune_contract::jobs::SettledNotice;
use opportune_domain::ids::{ConversionId, TenantId};
use prost::{Message, Name};
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// Longest time that announcing may take; waiters look for themselves later.
const BOUND: Duration = Duration::from_millis(500);
/// Most conversions in one notice.
const MOST: usize = 1_000;
/// First and longest pause between two tries to listen.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// The notices port on a broker: transient, unconfirmed, bounded in time.
#[derive(Debug)]
pub struct AmqpNotices {
    broker: Broker,
    channel: Mutex<Option<Channel>>,
}

impl AmqpNotices {
    /// Announces on `broker`.
    pub fn new(broker: Broker) -> Self {
        Self {
            broker,
            channel: Mutex::new(None),
        }
    }

    async fn send(&self, tenant: TenantId, settled: &[ConversionId]) -> Result<(), BrokerError> {
        let channel = self.channel().await?;
        for part in settled.chunks(MOST) {
            let conversion_ids = part.iter().map(ToString::to_string).collect();
            let body = SettledNotice {
                tenant_id: tenant.to_string(),
                conversion_ids,
            }
            .encode_to_vec();
            let properties = transient(job_message::CONTENT_TYPE).with_type(short(SettledNotice::full_name()));
            let options = BasicPublishOptions::default();
            channel
                .basic_publish(SETTLED_EXCHANGE.into(), "".into(), options, &body, properties)
                .await?;
        }
        Ok(())
    }

    async fn channel(&self) -> Result<Channel, BrokerError> {
        let mut place = self.channel.lock().await;
        if let Some(channel) = place.as_ref()
            && channel.status().connected()
        {
            return Ok(channel.clone());
        }
        let channel = self.broker.channel().await?;
        Ok(place.insert(channel).clone())
    }
}

#[async_trait]
impl Notices for AmqpNotices {
    async fn announce(&self, tenant: TenantId, settled: &[ConversionId]) {
        if settled.is_empty() || !self.broker.is_ready() {
            return;
        }
        match timeout(BOUND, self.send(tenant, settled)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "settled conversions could not be announced"),
            Err(_) => tracing::debug!("settled conversions could not be announced in time"),
        }
    }
}

/// Listens until it is dropped.
#[derive(Debug)]
pub struct Listener {
    listening: watch::Receiver<bool>,
    task: JoinHandle<()>,
}

impl Listener {
    /// Waits until notices are heard: for the first time, or again after a lost connection.
    pub async fn ready(&mut self) {
        // The task ends only with this listener.
        let _ = self.listening.wait_for(|listening| *listening).await;
    }

    /// Notices are heard at the moment.
    pub fn is_listening(&self) -> bool {
        *self.listening.borrow()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Calls `on_settled` for each notice, from a connection of its own. Never fails: a broker that is away is tried again
/// for ever, and what is announced meanwhile is not heard. `on_settled` must be quick.
pub fn listen(
    options: BrokerOptions,
    on_settled: impl Fn(TenantId, Vec<ConversionId>) + Send + Sync + 'static,
) -> Listener {
    let (sender, listening) = watch::channel(false);
    let task = tokio::spawn(async move {
        let (first, longest) = PAUSE;
        let mut pause = first;
        loop {
            match Subscription::open(&options, "settled", SETTLED_EXCHANGE, "", false).await {
                Ok(mut subscription) => {
                    pause = first;
                    sender.send_replace(true);
                    while let Some(delivery) = subscription.next().await {
                        if let Some((tenant, settled)) = decode(&delivery) {
                            on_settled(tenant, settled);
                        }
                    }
                    sender.send_replace(false);
                    tracing::debug!("settled conversions are not heard for the moment");
                }
                Err(error) => tracing::debug!(%error, "settled conversions cannot be heard yet"),
            }
            sleep(pause).await;
            pause = (pause * 2).min(longest);
        }
    });
    Listener { listening, task }
}

/// What a notice says; one that cannot be read says nothing, since waiters also look for themselves.
fn decode(delivery: &Delivery) -> Option<(TenantId, Vec<ConversionId>)> {
    let notice = SettledNotice::decode(delivery.data.as_slice()).ok()?;
    let tenant = notice.tenant_id.parse().map(TenantId).ok()?;
    Some((tenant, job_message::conversions(&notice.conversion_ids)?))
}
