//! One connection to the broker that is made anew when it is lost.

use crate::channels;
use crate::error::BrokerError;
use crate::health::BrokerHealth;
use crate::keeper;
use crate::options::BrokerOptions;
use crate::topology;
use lapin::{Channel, Connection};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// Pause between two looks at a connection that is coming back.
const LOOK: Duration = Duration::from_millis(20);
/// Longest wait for an orderly end.
const GOODBYE: Duration = Duration::from_secs(5);

/// A connection to the broker, shared by cloning. Ends when the last clone and everything made from it is dropped.
#[derive(Clone)]
pub struct Broker(Arc<Inner>);

/// What the clones share.
struct Inner {
    options: BrokerOptions,
    /// The newest connection; while the broker is away, the one that was lost.
    connection: watch::Receiver<Arc<Connection>>,
    health: watch::Receiver<BrokerHealth>,
    keeper: JoinHandle<()>,
}

impl Broker {
    /// Connects, and declares exchanges and queues. A broker that is away is tried again until
    /// `options.connect_timeout` is over; once connected, a lost connection is tried again for ever.
    ///
    /// # Errors
    /// [`BrokerError::Url`] and [`BrokerError::Rejected`] at once, [`BrokerError::Unreachable`] after the time-out.
    pub async fn connect(options: BrokerOptions) -> Result<Self, BrokerError> {
        let connection = keeper::first(&options).await?;
        let (tell_health, health) = watch::channel(BrokerHealth::of(connection.status()));
        let (hand_over, connection) = watch::channel(Arc::new(connection));
        let keeper = tokio::spawn(keeper::keep(options.clone(), hand_over, tell_health));
        Ok(Self(Arc::new(Inner {
            options,
            connection,
            health,
            keeper,
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
        topology::declare(&self.current(), self.0.options.delivery_limit).await
    }

    /// Says goodbye. Everything made from this broker stops working; unacknowledged jobs go back to their queues.
    pub async fn close(&self) {
        self.0.keeper.abort();
        let connection = self.current();
        let goodbye = connection.close(200, "goodbye".into());
        if let Ok(Err(error)) = timeout(GOODBYE, goodbye).await {
            tracing::debug!(%error, "the connection to the broker was not closed in order");
        }
    }

    fn current(&self) -> Arc<Connection> {
        self.0.connection.borrow().clone()
    }

    /// A new channel. It ends with the connection that is there now.
    pub(crate) async fn channel(&self) -> Result<Channel, BrokerError> {
        channels::open(&self.current()).await
    }

    /// A new channel whose publishes are confirmed. It ends with the connection that is there now.
    pub(crate) async fn confirming_channel(&self) -> Result<Channel, BrokerError> {
        channels::open_confirming(&self.current()).await
    }

    /// The state of this very moment, where [`Broker::health`] may be a blink behind.
    pub(crate) fn is_ready(&self) -> bool {
        BrokerHealth::of(self.current().status()).ready()
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
        self.keeper.abort();
    }
}
