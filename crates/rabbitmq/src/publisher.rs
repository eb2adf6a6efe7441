//! Confirmed publishing: what this says is sent, the broker has.

use crate::connection::Broker;
use crate::job_message;
use crate::options::EventFormat;
use crate::outgoing::Outgoing;
use crate::pool::{Lease, Pool};
use crate::window::{self, Fate};
use crate::{burial, envelope};
use async_trait::async_trait;
use opportune_application::ports::{Outbound, OutboxRow, PublishError, Publisher, QueueName};
use opportune_domain::ids::{ConversionId, TenantId};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// Most messages on the way at the same time on one channel.
const WINDOW: usize = 256;
/// Pause before what could not be sent is tried on another channel.
const PAUSE: Duration = Duration::from_millis(20);

/// The publisher port on a broker. Several tasks may publish at the same time, each on a channel of its own.
pub struct AmqpPublisher {
    pool: Pool,
    format: EventFormat,
    timeout: Duration,
}

impl AmqpPublisher {
    /// A publisher with the format, time-out and number of channels of the broker's options.
    pub fn new(broker: Broker) -> Self {
        let (format, timeout) = (broker.options().event_format, broker.options().publish_timeout);
        Self {
            pool: Pool::new(broker),
            format,
            timeout,
        }
    }

    /// The broker it publishes to.
    pub(crate) fn broker(&self) -> &Broker {
        self.pool.broker()
    }

    /// Publishes one message and waits for its confirm.
    pub(crate) async fn send_one(&self, message: &Outgoing) -> Result<(), PublishError> {
        let mut results = self.send(std::slice::from_ref(message)).await;
        results.pop().unwrap_or(Ok(()))
    }

    /// Publishes messages in order and waits for their confirms, window by window. When the broker turns out to be away,
    /// the windows behind are not tried.
    pub(crate) async fn send(&self, messages: &[Outgoing]) -> Vec<Result<(), PublishError>> {
        let mut results = Vec::with_capacity(messages.len());
        let mut away: Option<String> = None;
        for part in messages.chunks(WINDOW) {
            if let Some(why) = &away {
                results.extend(part.iter().map(|_| Err(PublishError::Away(why.clone()))));
                continue;
            }
            let part = self.send_window(part).await;
            away = part.iter().find_map(|result| match result {
                Err(PublishError::Away(why)) => Some(why.clone()),
                _ => None,
            });
            results.extend(part);
        }
        results
    }

    /// Publishes a window. What did not leave this process, because the connection was just coming back or the channel
    /// had died, is tried again until the time-out; what may have arrived is not.
    async fn send_window(&self, messages: &[Outgoing]) -> Vec<Result<(), PublishError>> {
        let deadline = Instant::now() + self.timeout;
        let mut results: Vec<Option<Result<(), PublishError>>> = messages.iter().map(|_| None).collect();
        let mut why = String::new();
        loop {
            let open: Vec<usize> = (0..messages.len())
                .filter(|&at| matches!(results.get(at), Some(None)))
                .collect();
            if open.is_empty() || (Instant::now() >= deadline && !why.is_empty()) {
                break;
            }
            let lease = match self.pool.lease(deadline).await {
                Ok(lease) => lease,
                Err(error) => {
                    why = error.to_string();
                    break;
                }
            };
            let outgoing: Vec<&Outgoing> = open.iter().filter_map(|&at| messages.get(at)).collect();
            let fates = self.try_window(lease, &outgoing, deadline).await;
            for (at, fate) in open.into_iter().zip(fates) {
                let result = match fate {
                    Fate::Stored => Ok(()),
                    Fate::Returned => Err(PublishError::Unroutable),
                    Fate::Refused => Err(PublishError::Refused),
                    Fate::Lost(why) => Err(PublishError::Away(why)),
                    Fate::NotSent(error) => {
                        why = error.to_string();
                        continue;
                    }
                };
                if let Some(place) = results.get_mut(at) {
                    *place = Some(result);
                }
            }
        }
        results
            .into_iter()
            .map(|result| result.unwrap_or_else(|| Err(PublishError::Away(why.clone()))))
            .collect()
    }

    /// One try on one channel, which is given back if it can be used again.
    async fn try_window(&self, lease: Lease<'_>, messages: &[&Outgoing], deadline: Instant) -> Vec<Fate> {
        let Some(channel) = lease.channel().cloned() else {
            return Vec::new();
        };
        let interrupted = async {
            tokio::select! {
                () = sleep_until(deadline) => "no confirm in time",
                () = self.broker().lost() => "the connection was lost before the confirm",
            }
        };
        let fates = window::publish(&channel, messages, interrupted).await;
        if fates.iter().all(Fate::is_answered) {
            lease.give_back();
        } else {
            // Dead with its connection, or confirms that come late would be taken for those of other messages.
            drop(lease);
            sleep(PAUSE).await;
        }
        fates
    }

    fn encode(&self, row: &OutboxRow) -> Result<Outgoing, PublishError> {
        match &row.message {
            Outbound::Jobs {
                bulk,
                conversions,
                traceparent,
            } => {
                let queue = if *bulk { QueueName::Bulk } else { QueueName::Interactive };
                let id = format!("job-{}", row.id);
                Ok(job_message::outgoing(queue, row.tenant, conversions, traceparent, id))
            }
            Outbound::Event(event) => envelope::outgoing(row.tenant, event, self.format).map_err(|error| {
                tracing::error!(event.id = %event.id, %error, "an event cannot be written");
                PublishError::Refused
            }),
        }
    }
}

#[async_trait]
impl Publisher for AmqpPublisher {
    async fn publish(&self, rows: &[OutboxRow]) -> Vec<Result<(), PublishError>> {
        let mut messages = Vec::with_capacity(rows.len());
        let encoded: Vec<Result<(), PublishError>> = rows
            .iter()
            .map(|row| self.encode(row).map(|message| messages.push(message)))
            .collect();
        let mut sent = self.send(&messages).await.into_iter();
        let result = |encoded: Result<(), PublishError>| encoded.and_then(|()| sent.next().unwrap_or(Ok(())));
        encoded.into_iter().map(result).collect()
    }

    async fn dead_letter(&self, tenant: TenantId, conversion: ConversionId, reason: &str) -> Result<(), PublishError> {
        self.send_one(&burial::notice(tenant, conversion, reason)).await
    }
}

impl std::fmt::Debug for AmqpPublisher {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("AmqpPublisher")
            .field("broker", self.broker())
            .field("format", &self.format)
            .finish()
    }
}
