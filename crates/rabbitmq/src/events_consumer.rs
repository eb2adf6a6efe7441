//! Listening to events, for `opportune tail` and whoever wants to see them as a consumer does.

use crate::error::BrokerError;
use crate::headers;
use crate::options::BrokerOptions;
use crate::subscription::Subscription;
use crate::topology::EVENTS_EXCHANGE;
use lapin::message::Delivery;
use lapin::options::BasicAckOptions;
use lapin::types::ShortString;
use std::collections::BTreeMap;

/// An event as a consumer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TailedEvent {
    /// `<entity>.<verb>.<tenant>`.
    pub routing_key: String,
    /// CloudEvents attributes (with their prefix `cloudEvents_`) and `traceparent`, as texts.
    pub headers: BTreeMap<String, String>,
    /// `application/json` or `application/protobuf`.
    pub content_type: String,
    /// One message of `opportune.events.v1`.
    pub body: Vec<u8>,
    /// The broker has delivered it before.
    pub redelivered: bool,
}

/// Events as they are published, from the moment of opening; a queue of its own that ends with it.
pub struct EventTail(Subscription);

impl EventTail {
    /// Subscribes to the events whose routing key fits: `#` for all, `opportunity.created.*`, `*.*.<tenant>`. Whatever is
    /// published after this returned is heard.
    ///
    /// # Errors
    /// When the broker is away or refuses.
    pub async fn open(options: &BrokerOptions, pattern: &str) -> Result<Self, BrokerError> {
        Ok(Self(
            Subscription::open(options, "tail", EVENTS_EXCHANGE, pattern, true).await?,
        ))
    }

    /// The next event; `None` when the connection is lost: open again, what was published in between is not heard.
    /// Cancel-safe.
    pub async fn next(&mut self) -> Option<TailedEvent> {
        let delivery = self.0.next().await?;
        // Not waited for: cancelled between delivery and acknowledgement, the event would be lost to the caller.
        let acker = delivery.acker.clone();
        tokio::spawn(async move { acker.ack(BasicAckOptions::default()).await });
        Some(read(delivery))
    }

    /// Ends the subscription in order.
    pub async fn close(self) {
        self.0.close().await;
    }
}

fn read(delivery: Delivery) -> TailedEvent {
    let headers = headers::table(&delivery.properties)
        .into_iter()
        .flat_map(|table| table.inner())
        .map(|(name, value)| (name.to_string(), headers::readable(value)))
        .collect();
    TailedEvent {
        routing_key: delivery.routing_key.to_string(),
        headers,
        content_type: delivery
            .properties
            .content_type()
            .as_ref()
            .map(ShortString::to_string)
            .unwrap_or_default(),
        redelivered: delivery.redelivered,
        body: delivery.data,
    }
}
