//! One connection to the broker that recovers by itself.

use crate::channels;
use crate::error::{BrokerError, reply_code};
use crate::health::{self, BrokerHealth};
use crate::options::BrokerOptions;
use crate::topology;
use lapin::{Channel, Connection, ConnectionProperties};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// First and longest pause between two tries to connect again.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// Pause between two tries of the first connection.
const FIRST_RETRY: Duration = Duration::from_millis(250);
/// Longest single try of the first connection.
const ONE_TRY: Duration = Duration::from_secs(10);
/// Pause between two looks at a connection that is coming back.
const LOOK: Duration = Duration::from_millis(20);
/// Longest wait for an orderly end.
const GOODBYE: Duration = Duration::from_secs(5);

/// A connection to the broker, shared by cloning. Ends when the last clone and everything made from it is dropped.
#[derive(Clone)]
pub struct Broker(Arc<Inner>);

/// What the clones share.
pub(crate) struct Inner {
    options: BrokerOptions,
    connection: Connection,
    health: watch::Receiver<BrokerHealth>,
    watchdog: JoinHandle<()>,
}

impl Broker {
    /// Connects, and declares exchanges and queues. A broker that is away is tried again until
    /// `options.connect_timeout` is over; once connected, a lost connection is tried again for ever.
    ///
    /// # Errors
    /// [`BrokerError::Url`] and [`BrokerError::Rejected`] at once, [`BrokerError::Unreachable`] after the time-out.
    pub async fn connect(options: BrokerOptions) -> Result<Self, BrokerError> {
        let connection = first_connection(&options).await?;
        topology::declare(&connection, options.delivery_limit).await?;
        let (sender, health) = watch::channel(BrokerHealth::of(connection.status()));
        let watched = health::watch(connection.status().clone(), connection.events_listener(), sender);
        let watchdog = tokio::spawn(watched);
        Ok(Self(Arc::new(Inner {
            options,
            connection,
            health,
            watchdog,
        })))
    }

    /// Whether the broker is there: for readiness, and to end a process that has been cut off for too long.
    pub fn health(&self) -> BrokerHealth {
        *self.0.health.borrow()
    }

    /// Health as it changes.
    pub fn watch_health(&self) -> watch::Receiver<BrokerHealth> {
        self.0.health.clone()
    }

    /// The options it was connected with.
    pub fn options(&self) -> &BrokerOptions {
        &self.0.options
    }

    /// Declares exchanges and queues again; what is there stays.
    ///
    /// # Errors
    /// When the broker is away, or its user may not declare.
    pub async fn declare_topology(&self) -> Result<(), BrokerError> {
        topology::declare(&self.0.connection, self.0.options.delivery_limit).await
    }

    /// Says goodbye. Everything made from this broker stops working; unacknowledged jobs go back to their queues.
    pub async fn close(&self) {
        self.0.watchdog.abort();
        let goodbye = self.0.connection.close(200, "goodbye".into());
        if let Ok(Err(error)) = timeout(GOODBYE, goodbye).await {
            tracing::debug!(%error, "the connection to the broker was not closed in order");
        }
    }

    /// A new channel.
    pub(crate) async fn channel(&self) -> Result<Channel, BrokerError> {
        channels::open(&self.0.connection).await
    }

    /// A new channel whose publishes are confirmed.
    pub(crate) async fn confirming_channel(&self) -> Result<Channel, BrokerError> {
        channels::open_confirming(&self.0.connection).await
    }

    /// Closes a channel for good, also if the connection is lost at the moment.
    pub(crate) fn retire(&self, channel: Channel) {
        channels::retire(channel, self.downgrade());
    }

    pub(crate) fn downgrade(&self) -> Weak<Inner> {
        Arc::downgrade(&self.0)
    }

    /// The state of this very moment, where [`Broker::health`] may be a blink behind.
    pub(crate) fn is_ready(&self) -> bool {
        BrokerHealth::of(self.0.connection.status()).ready()
    }

    /// Waits until messages can be published; false when that is not before `deadline`.
    pub(crate) async fn wait_ready(&self, deadline: Instant) -> bool {
        if self.is_ready() {
            return true;
        }
        // Not the watched state, which may still show what was before the loss.
        let ready = async {
            while !self.is_ready() {
                sleep(LOOK).await;
            }
        };
        timeout_at(deadline, ready).await.is_ok()
    }

    /// Returns when the connection is lost.
    pub(crate) async fn lost(&self) {
        let mut health = self.watch_health();
        if health.wait_for(|health| !health.connected).await.is_err() {
            // Nobody watches any more: the broker was closed.
            std::future::pending::<()>().await;
        }
    }
}

impl std::fmt::Debug for Broker {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Broker")
            .field("url", &self.0.options.url)
            .field("health", &self.health())
            .finish()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.watchdog.abort();
    }
}

/// Connects, trying again until the time-out.
async fn first_connection(options: &BrokerOptions) -> Result<Connection, BrokerError> {
    let deadline = Instant::now() + options.connect_timeout;
    loop {
        let last = match probe(options).await {
            Ok(()) => match timeout_at(deadline, connect(options, recovering(options))).await {
                Ok(connected) => return connected,
                Err(_) => "no answer in time".to_owned(),
            },
            Err(error @ (BrokerError::Rejected(_) | BrokerError::Url)) => return Err(error),
            Err(error) => error.to_string(),
        };
        if Instant::now() + FIRST_RETRY >= deadline {
            return Err(BrokerError::Unreachable {
                waited: options.connect_timeout,
                last,
            });
        }
        tracing::debug!(last, "the broker is not there yet");
        sleep(FIRST_RETRY).await;
    }
}

/// Connects without recovery and says goodbye: a recovering connection never says why it does not come about.
async fn probe(options: &BrokerOptions) -> Result<(), BrokerError> {
    let connection = connect_once(options, "probe").await?;
    let _ = timeout(GOODBYE, connection.close(200, "goodbye".into())).await;
    Ok(())
}

/// Connects once, without recovery.
///
/// # Errors
/// [`BrokerError::Rejected`] when trying again cannot help.
pub(crate) async fn connect_once(options: &BrokerOptions, purpose: &str) -> Result<Connection, BrokerError> {
    let name = format!("{}/{purpose}", options.connection_name);
    let properties = ConnectionProperties::default().with_connection_name(name.into());
    let connected = match timeout(ONE_TRY, connect(options, properties)).await {
        Ok(connected) => connected,
        Err(_) => Err(BrokerError::Away("no answer in time".to_owned())),
    };
    match connected {
        // 403: credentials; 530: no such vhost, or not ours.
        Err(BrokerError::Failed(error)) if matches!(reply_code(&error), Some(403 | 530)) => {
            Err(BrokerError::Rejected(error))
        }
        other => other,
    }
}

async fn connect(options: &BrokerOptions, properties: ConnectionProperties) -> Result<Connection, BrokerError> {
    Ok(Connection::connect_uri(options.url.parse()?, properties).await?)
}

/// Tries for ever: a client that has used up its tries looks alive and does nothing.
fn recovering(options: &BrokerOptions) -> ConnectionProperties {
    let (first, longest) = BACKOFF;
    ConnectionProperties::default()
        .with_connection_name(options.connection_name.clone().into())
        .enable_auto_recover()
        .configure_backoff(|backoff| {
            backoff
                .with_min_delay(first)
                .with_max_delay(longest)
                .with_jitter()
                .without_max_times()
        })
}
