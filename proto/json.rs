//! Canonical proto JSON of every message of the contract, through the descriptor set.
//!
//! Enum values are their names, 64-bit numbers are text, timestamps are RFC 3339, durations end in `s`, and fields
//! that are empty are left out. The details of a `google.rpc.Status` are written out as the messages they are.

use std::sync::OnceLock;

use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor, SerializeOptions};
use serde_json::Value;

/// Why a message could not be written as JSON, or JSON not be read as a message.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// The message is not part of the contract, so its fields have no known names.
    #[error("the contract has no message {0}")]
    UnknownMessage(String),
    /// The message holds what JSON cannot say: an `Any` of an unknown type, or a time out of range.
    #[error("the message cannot be written as JSON: {0}")]
    Write(#[source] serde_json::Error),
    /// The text is not JSON, or not JSON of this message.
    #[error("the text is not JSON of the message: {0}")]
    Read(#[source] serde_json::Error),
    /// The descriptor and the Rust type disagree, which only a broken build can cause.
    #[error("the message does not fit its descriptor: {0}")]
    Transcode(#[source] prost::DecodeError),
}

/// The descriptors of all messages and services of the contract, built once.
pub fn descriptor_pool() -> &'static DescriptorPool {
    static POOL: OnceLock<DescriptorPool> = OnceLock::new();
    POOL.get_or_init(|| {
        DescriptorPool::decode(crate::DESCRIPTOR_SET).expect("the build wrote a descriptor set that links")
    })
}

/// Canonical JSON with lowerCamelCase names: what event bodies are.
///
/// # Errors
/// [`JsonError`] when the message is not part of the contract or holds an `Any` that is not.
pub fn to_json<M: Message + Name>(message: &M) -> Result<Value, JsonError> {
    write(message, &SerializeOptions::new())
}

/// The same with the field names of the proto files (`lead_id`, not `leadId`): what people at a terminal see.
///
/// # Errors
/// As [`to_json`].
pub fn to_json_proto_names<M: Message + Name>(message: &M) -> Result<Value, JsonError> {
    write(message, &SerializeOptions::new().use_proto_field_name(true))
}

/// [`to_json`] as the bytes of a message body.
///
/// # Errors
/// As [`to_json`].
pub fn to_json_bytes<M: Message + Name>(message: &M) -> Result<Vec<u8>, JsonError> {
    let mut body = Vec::with_capacity(message.encoded_len() * 2);
    dynamic(message)?
        .serialize_with_options(&mut serde_json::Serializer::new(&mut body), &SerializeOptions::new())
        .map_err(JsonError::Write)?;
    Ok(body)
}

/// Reads JSON with either kind of names; a field that the message does not have is an error.
///
/// # Errors
/// [`JsonError::Read`] when the text is not JSON of this message.
pub fn from_json<M: Message + Name + Default>(text: &str) -> Result<M, JsonError> {
    read(text, &DeserializeOptions::new().deny_unknown_fields(true))
}

/// Reads JSON and skips fields that the message does not have: what a consumer of events written by a newer version
/// needs.
///
/// # Errors
/// As [`from_json`].
pub fn from_json_lenient<M: Message + Name + Default>(text: &str) -> Result<M, JsonError> {
    read(text, &DeserializeOptions::new().deny_unknown_fields(false))
}

fn write<M: Message + Name>(message: &M, options: &SerializeOptions) -> Result<Value, JsonError> {
    dynamic(message)?
        .serialize_with_options(serde_json::value::Serializer, options)
        .map_err(JsonError::Write)
}

fn read<M: Message + Name + Default>(text: &str, options: &DeserializeOptions) -> Result<M, JsonError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let message = DynamicMessage::deserialize_with_options(descriptor::<M>()?, &mut deserializer, options)
        .map_err(JsonError::Read)?;
    deserializer.end().map_err(JsonError::Read)?;
    message.transcode_to().map_err(JsonError::Transcode)
}

fn dynamic<M: Message + Name>(message: &M) -> Result<DynamicMessage, JsonError> {
    let mut dynamic = DynamicMessage::new(descriptor::<M>()?);
    dynamic.transcode_from(message).map_err(JsonError::Transcode)?;
    Ok(dynamic)
}

fn descriptor<M: Name>() -> Result<MessageDescriptor, JsonError> {
    let name = M::full_name();
    descriptor_pool()
        .get_message_by_name(&name)
        .ok_or(JsonError::UnknownMessage(name))
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
