//! A message on its way to the broker.

use crate::headers::{self, TRACEPARENT};
use lapin::BasicProperties;
use lapin::types::{FieldTable, ShortString};

/// What the `app-id` of our messages is.
const APP_ID: &str = "opportune";
/// Delivery mode of messages that survive a restart of the broker.
const PERSISTENT: u8 = 2;
/// Delivery mode of messages that may be lost.
const TRANSIENT: u8 = 1;

/// A message on its way to the broker.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    /// Empty = the default exchange, where the routing key is a queue's name.
    pub exchange: &'static str,
    /// Where it goes from there.
    pub routing_key: String,
    /// A message that no queue takes is an error.
    pub mandatory: bool,
    /// Properties and headers.
    pub properties: BasicProperties,
    /// What it says.
    pub body: Vec<u8>,
}

impl Outgoing {
    /// The id that the broker names when it gives the message back.
    pub fn id(&self) -> Option<&str> {
        self.properties.message_id().as_ref().map(ShortString::as_str)
    }
}

/// Properties that all persistent messages have.
pub(crate) fn persistent(content_type: &str, id: String) -> BasicProperties {
    BasicProperties::default()
        .with_app_id(APP_ID.into())
        .with_delivery_mode(PERSISTENT)
        .with_content_type(short(content_type))
        .with_message_id(short(id))
}

/// Properties of messages that may be lost.
pub(crate) fn transient(content_type: &str) -> BasicProperties {
    BasicProperties::default()
        .with_app_id(APP_ID.into())
        .with_delivery_mode(TRANSIENT)
        .with_content_type(short(content_type))
}

/// A header table with the trace, if there is one.
pub(crate) fn traced(traceparent: &str) -> FieldTable {
    let mut table = FieldTable::default();
    if !traceparent.is_empty() {
        table.insert(TRACEPARENT.into(), headers::text(traceparent));
    }
    table
}

/// A short string of the protocol: at most 255 bytes, what is longer is left out.
pub(crate) fn short(text: impl Into<String>) -> ShortString {
    ShortString::try_new(text).unwrap_or_default()
}
