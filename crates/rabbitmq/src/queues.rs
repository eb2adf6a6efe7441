//! How full the queues are.

use crate::channels;
use crate::connection::Broker;
use crate::error::BrokerError;
use crate::topology::QUEUES;
use lapin::Channel;
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;

/// A queue and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueDepth {
    /// Its name.
    pub name: &'static str,
    /// Messages that wait to be delivered.
    pub messages: u32,
    /// Consumers.
    pub consumers: u32,
}

/// How full the work queues and the dead-letter queue are.
///
/// # Errors
/// When the broker is away or a queue is missing.
pub async fn depths(broker: &Broker) -> Result<Vec<QueueDepth>, BrokerError> {
    let channel = broker.channel().await?;
    let mut depths = Vec::with_capacity(QUEUES.len());
    for name in QUEUES {
        match look(&channel, name).await {
            Ok((messages, consumers)) => depths.push(QueueDepth {
                name,
                messages,
                consumers,
            }),
            Err(error) => {
                channels::retire(channel);
                return Err(error);
            }
        }
    }
    channels::close(&channel).await;
    Ok(depths)
}

/// Messages and consumers of a queue. When there is no such queue, the channel is dead afterwards.
///
/// # Errors
/// [`BrokerError::NoQueue`].
pub(crate) async fn look(channel: &Channel, name: &str) -> Result<(u32, u32), BrokerError> {
    let Ok(short) = lapin::types::ShortString::try_new(name) else {
        return Err(BrokerError::NoQueue(name.to_owned()));
    };
    let passive = QueueDeclareOptions::default().passive();
    match channels::bounded(channel.queue_declare(short, passive, FieldTable::default())).await {
        Ok(queue) => Ok((queue.message_count(), queue.consumer_count())),
        Err(error) if error.reply_code() == Some(404) => Err(BrokerError::NoQueue(name.to_owned())),
        Err(error) => Err(error),
    }
}
