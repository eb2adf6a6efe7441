//! A few confirming channels, each used by one publisher at a time.

use crate::channels;
use crate::connection::Broker;
use crate::error::BrokerError;
use lapin::Channel;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

/// The channels that are not in use, and leave to use some.
pub(crate) struct Pool {
    broker: Broker,
    permits: Semaphore,
    idle: Mutex<Vec<Channel>>,
    /// A channel has ended: perhaps the broker closed it because an exchange is missing.
    broken: AtomicBool,
}

/// A channel in use. Dropped without [`Lease::give_back`], it is closed: who knows what it still waits for.
pub(crate) struct Lease<'a> {
    pool: &'a Pool,
    channel: Option<Channel>,
    _permit: SemaphorePermit<'a>,
}

impl Pool {
    pub fn new(broker: Broker) -> Self {
        let channels = broker.options().publish_channels.max(1);
        Self {
            broker,
            permits: Semaphore::new(channels),
            idle: Mutex::new(Vec::with_capacity(channels)),
            broken: AtomicBool::new(false),
        }
    }

    pub fn broker(&self) -> &Broker {
        &self.broker
    }

    /// A channel of one's own.
    ///
    /// # Errors
    /// [`BrokerError::Away`] when there is none before `deadline`.
    pub async fn lease(&self, deadline: Instant) -> Result<Lease<'_>, BrokerError> {
        if !self.broker.wait_ready(deadline).await {
            let health = self.broker.health();
            let why = if health.blocked {
                "it takes no messages"
            } else {
                "not connected"
            };
            return Err(BrokerError::Away(why.to_owned()));
        }
        let permit = match timeout_at(deadline, self.permits.acquire()).await {
            Ok(Ok(permit)) => permit,
            _ => return Err(BrokerError::Away("no channel became free in time".to_owned())),
        };
        let channel = match self.take_idle() {
            Some(channel) => channel,
            None => timeout_at(deadline, self.open())
                .await
                .map_err(|_| BrokerError::Away("no channel could be opened in time".to_owned()))??,
        };
        Ok(Lease {
            pool: self,
            channel: Some(channel),
            _permit: permit,
        })
    }

    fn take_idle(&self) -> Option<Channel> {
        let mut idle = self.idle();
        while let Some(channel) = idle.pop() {
            if channel.status().connected() {
                return Some(channel);
            }
            self.broken.store(true, Ordering::Relaxed);
        }
        None
    }

    async fn open(&self) -> Result<Channel, BrokerError> {
        if self.broken.swap(false, Ordering::Relaxed) {
            self.broker.declare_topology().await?;
        }
        self.broker.confirming_channel().await
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Channel>> {
        // A list is whole after any panic: every change of it is one call.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease<'_> {
    /// The channel; `None` never happens before the lease ends.
    pub fn channel(&self) -> Option<&Channel> {
        self.channel.as_ref()
    }

    /// Nothing is pending on the channel: the next one may have it.
    pub fn give_back(mut self) {
        if let Some(channel) = self.channel.take() {
            self.pool.idle().push(channel);
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if let Some(channel) = self.channel.take() {
            if !channel.status().connected() {
                self.pool.broken.store(true, Ordering::Relaxed);
            }
            channels::retire(channel);
        }
    }
}
