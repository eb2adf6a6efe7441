//! Sending stored events again, to one queue.

use crate::channels;
use crate::connection::Broker;
use crate::envelope;
use crate::error::BrokerError;
use crate::publisher::AmqpPublisher;
use crate::queues;
use opportune_application::ports::{PublishError, StoredEvent};

/// Publishes events to one queue and nowhere else, in the order given, confirmed, with the same ids as the first time.
/// Returns how many; call it page by page.
///
/// # Errors
/// [`BrokerError::NoQueue`] when the queue does not exist or goes away meanwhile; otherwise the first failure. What came
/// before it was sent.
pub async fn replay_to_queue(
    publisher: &AmqpPublisher,
    queue: &str,
    events: &[StoredEvent],
) -> Result<usize, BrokerError> {
    let format = publisher.broker().options().event_format;
    // Looked at before and after: mandatory publishing would have lost events written to the log, data and all.
    expect_queue(publisher.broker(), queue).await?;
    let mut messages = Vec::with_capacity(events.len());
    for stored in events {
        let mut message = envelope::outgoing(stored.tenant, &stored.event, format).map_err(|error| {
            tracing::error!(event.id = %stored.event.id, %error, "an event cannot be written");
            PublishError::Refused
        })?;
        message.exchange = "";
        queue.clone_into(&mut message.routing_key);
        messages.push(message);
    }
    for result in publisher.send(&messages).await {
        result?;
    }
    expect_queue(publisher.broker(), queue).await?;
    Ok(messages.len())
}

async fn expect_queue(broker: &Broker, queue: &str) -> Result<(), BrokerError> {
    let channel = broker.channel().await?;
    let looked = queues::look(&channel, queue).await;
    if looked.is_ok() {
        channels::close(&channel).await;
    } else {
        channels::retire(channel);
    }
    looked.map(|_| ())
}
