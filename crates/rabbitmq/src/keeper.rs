//! Keeps a connection to the broker: makes the first one, watches it, and makes a new one when it is lost.
//!
//! The client library can recover connections by itself. It is not used for that: a new connection that the broker
//! accepts and does not answer would be waited for without end and without a sign.

use crate::dial::dial;
use crate::error::BrokerError;
use crate::health::{self, BrokerHealth};
use crate::options::BrokerOptions;
use crate::topology;
use backon::{ExponentialBuilder, Retryable};
use lapin::Connection;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

/// First and longest pause between two tries to connect again.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// Pause between two tries of the first connection.
const FIRST_RETRY: Duration = Duration::from_millis(250);

/// Connects for the first time, trying again until `options.connect_timeout` is over.
///
/// # Errors
/// [`BrokerError::Url`] and [`BrokerError::Rejected`] at once, [`BrokerError::Unreachable`] after the time-out.
pub(crate) async fn first(options: &BrokerOptions) -> Result<Connection, BrokerError> {
    let deadline = Instant::now() + options.connect_timeout;
    loop {
        let last = match timeout_at(deadline, connect(options)).await {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(error @ (BrokerError::Rejected(_) | BrokerError::Url))) => return Err(error),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
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

/// Replaces the connection whenever it is lost, and says how it stands. Ends when nobody listens any more.
pub(crate) async fn keep(
    options: BrokerOptions,
    connection: watch::Sender<Arc<Connection>>,
    health: watch::Sender<BrokerHealth>,
) {
    while !health.is_closed() {
        let current = connection.borrow().clone();
        health::watch(&current, &health).await;
        drop(current);
        let renewed = again(&options).await;
        let now = BrokerHealth::of(renewed.status());
        connection.send_replace(Arc::new(renewed));
        health::tell(&health, now);
    }
}

/// Connects again, trying for ever.
async fn again(options: &BrokerOptions) -> Connection {
    let (first, longest) = BACKOFF;
    let pauses = ExponentialBuilder::default()
        .with_min_delay(first)
        .with_max_delay(longest)
        .with_jitter()
        .without_max_times();
    loop {
        let tries = (|| connect(options)).retry(pauses);
        let tries = tries.notify(|error: &BrokerError, _| tracing::debug!(%error, "the broker is still away"));
        // Only the lack of a try left would be an error.
        if let Ok(connection) = tries.await {
            return connection;
        }
    }
}

/// A connection with everything declared that is published to and consumed from.
async fn connect(options: &BrokerOptions) -> Result<Connection, BrokerError> {
    let connection = dial(options, options.connection_name.clone()).await?;
    topology::declare(&connection, options.delivery_limit).await?;
    Ok(connection)
}
