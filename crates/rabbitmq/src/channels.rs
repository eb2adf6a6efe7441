//! Opening and closing channels, and never waiting for ever.

use crate::error::BrokerError;
use lapin::options::ConfirmSelectOptions;
use lapin::{Channel, Connection};
use std::future::Future;
use std::time::Duration;

/// Longest wait for an answer of the broker to anything but a publish.
const PATIENCE: Duration = Duration::from_secs(5);

/// Waits for the broker's answer, at most 5 s: a connection that is lost without a sign answers never.
pub(crate) async fn bounded<T>(answer: impl Future<Output = lapin::Result<T>>) -> Result<T, BrokerError> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(BrokerError::Away("no answer in time".to_owned())),
    }
}

/// Opens a channel.
pub(crate) async fn open(connection: &Connection) -> Result<Channel, BrokerError> {
    bounded(connection.create_channel()).await
}

/// Opens a channel whose publishes are confirmed.
pub(crate) async fn open_confirming(connection: &Connection) -> Result<Channel, BrokerError> {
    let channel = open(connection).await?;
    bounded(channel.confirm_select(ConfirmSelectOptions::default())).await?;
    Ok(channel)
}

/// Closes a channel of which nothing is expected any more. Failing is fine: then it is closed already.
pub(crate) async fn close(channel: &Channel) {
    let _ = bounded(channel.close(200, "OK".into())).await;
}

/// Closes a channel in the background, so that the broker takes back at once what was delivered on it.
pub(crate) fn retire(channel: Channel) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current()
        && channel.status().connected()
    {
        runtime.spawn(async move { close(&channel).await });
    }
}
