//! Header names, and reading header tables.

use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable};

/// W3C trace context, on jobs, events and dead letters.
pub(crate) const TRACEPARENT: &str = "traceparent";
/// Why a message is in the dead-letter queue, where the broker itself does not say it.
pub(crate) const REASON: &str = "x-opportune-reason";
/// The queue that a dead letter came from, where the broker itself does not say it.
pub(crate) const QUEUE: &str = "x-opportune-queue";
/// How often the broker has delivered the message before; absent on the first delivery.
pub(crate) const DELIVERY_COUNT: &str = "x-delivery-count";
/// What the broker writes about each death of a message, the last one first.
pub(crate) const DEATHS: &str = "x-death";

/// A text as a header's value.
pub(crate) fn text(value: impl Into<String>) -> AMQPValue {
    AMQPValue::LongString(value.into().into_bytes().into())
}

/// The header table of a message, if it has one.
pub(crate) fn table(properties: &BasicProperties) -> Option<&FieldTable> {
    properties.headers().as_ref()
}

/// A header of a message, if it has it.
pub(crate) fn get<'a>(properties: &'a BasicProperties, name: &str) -> Option<&'a AMQPValue> {
    table(properties)?.inner().get(name)
}

/// A header as text; `None` when it is absent or something else.
pub(crate) fn get_text(properties: &BasicProperties, name: &str) -> Option<String> {
    get(properties, name).and_then(to_text)
}

/// A header as a number; `None` when it is absent or something else.
pub(crate) fn get_number(properties: &BasicProperties, name: &str) -> Option<i64> {
    get(properties, name).and_then(to_number)
}

/// A value as text.
pub(crate) fn to_text(value: &AMQPValue) -> Option<String> {
    match value {
        AMQPValue::LongString(text) => Some(text.to_string()),
        AMQPValue::ShortString(text) => Some(text.to_string()),
        _ => None,
    }
}

/// A value as a number, whatever its width.
pub(crate) fn to_number(value: &AMQPValue) -> Option<i64> {
    match *value {
        AMQPValue::ShortShortInt(number) => Some(number.into()),
        AMQPValue::ShortShortUInt(number) => Some(number.into()),
        AMQPValue::ShortInt(number) => Some(number.into()),
        AMQPValue::ShortUInt(number) => Some(number.into()),
        AMQPValue::LongInt(number) => Some(number.into()),
        AMQPValue::LongUInt(number) => Some(number.into()),
        AMQPValue::LongLongInt(number) => Some(number),
        AMQPValue::Timestamp(number) => i64::try_from(number).ok(),
        _ => None,
    }
}

/// A value as a person would read it: texts and numbers as they are, anything else by its kind.
pub(crate) fn readable(value: &AMQPValue) -> String {
    to_text(value)
        .or_else(|| to_number(value).map(|number| number.to_string()))
        .or_else(|| value.as_bool().map(|truth| truth.to_string()))
        .unwrap_or_else(|| format!("({:?})", value.get_type()))
}
