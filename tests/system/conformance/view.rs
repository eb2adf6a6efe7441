//! Answers as vectors see them: snake_case names, short enum values, durations in seconds, dates as days, errors flat.
//!
//! Fields that are empty but have no presence are there with their default; what is absent is absent. Each message
//! carries the name of its type under [`KIND`], by which it is known which fields it could have.

use super::errors;
use opportune_contract::google::rpc::Status;
use opportune_contract::json::descriptor_pool;
use prost_reflect::{DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MapKey, ReflectMessage};
use serde_json::{Map, Number, Value, json};

/// Where the type of a message is noted; no field has this name.
pub const KIND: &str = "~kind";
/// The short name of every enum's value 0.
pub const UNSPECIFIED: &str = "UNSPECIFIED";

/// A message as JSON.
pub fn view(message: &DynamicMessage) -> Value {
    let descriptor = message.descriptor();
    match descriptor.full_name() {
        "google.protobuf.Duration" => json!(number(message, "seconds") + number(message, "nanos") / 1e9),
        "google.type.Date" => {
            let part = |name| number(message, name);
            Value::from(format!("{:04}-{:02}-{:02}", part("year"), part("month"), part("day")))
        }
        "google.rpc.Status" => message
            .transcode_to::<Status>()
            .map_or(Value::Null, |status| errors::stored(&status)),
        name if name.starts_with("google.protobuf.") => serde_json::to_value(message).unwrap_or_default(),
        name => {
            let mut fields = Map::new();
            fields.insert(KIND.to_owned(), Value::from(name));
            for field in descriptor.fields() {
                if !field.supports_presence() || message.has_field(&field) {
                    fields.insert(field.name().to_owned(), field_view(message, &field));
                }
            }
            Value::Object(fields)
        }
    }
}

/// The message's type has a field of this name.
pub fn has_field(kind: &str, name: &str) -> bool {
    descriptor_pool()
        .get_message_by_name(kind)
        .is_none_or(|descriptor| descriptor.get_field_by_name(name).is_some())
}

/// The fields of an object, without the note of its type.
pub fn fields(object: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    object.iter().filter(|(name, _)| *name != KIND)
}

/// The same without notes of types: as it may stand in a request.
pub fn plain(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(object) => Value::Object(
            fields(object)
                .map(|(name, field)| (name.clone(), plain(field)))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// What counts as nothing: absent, `""`, 0, `false`, `[]`, `{}`, an enum that is not given, a message of such.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty() || text == UNSPECIFIED,
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => fields(object).all(|(_, field)| is_empty(field)),
    }
}

/// `LEAD` for `LEAD_TYPE_LEAD`: the value without the name of its enum.
pub fn short<'n>(descriptor: &EnumDescriptor, name: &'n str) -> &'n str {
    name.strip_prefix(&prefix(descriptor)).unwrap_or(name)
}

/// `LEAD_TYPE_` of `LeadType`.
pub fn prefix(descriptor: &EnumDescriptor) -> String {
    upper_snake(descriptor.name()) + "_"
}

/// `LEAD_TYPE` of `LeadType`.
pub fn upper_snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_uppercase());
    }
    snake
}

fn field_view(message: &DynamicMessage, field: &FieldDescriptor) -> Value {
    let value = message.get_field(field);
    match &*value {
        prost_reflect::Value::List(items) => items.iter().map(|item| single(item, &field.kind())).collect(),
        prost_reflect::Value::Map(entries) => {
            let kind = field.kind();
            let of = kind.as_message().map(|entry| entry.map_entry_value_field().kind());
            let of = of.expect("the kind of a map is its entry");
            let entry = |(key, value)| (text_of_key(key), single(value, &of));
            Value::Object(entries.iter().map(entry).collect())
        }
        value => single(value, &field.kind()),
    }
}

fn single(value: &prost_reflect::Value, kind: &Kind) -> Value {
    use prost_reflect::Value as Proto;
    match value {
        Proto::Bool(value) => Value::from(*value),
        Proto::I32(value) => Value::from(*value),
        Proto::I64(value) => Value::from(*value),
        Proto::U32(value) => Value::from(*value),
        Proto::U64(value) => Value::from(*value),
        Proto::F32(value) => float(f64::from(*value)),
        Proto::F64(value) => float(*value),
        Proto::String(text) => Value::from(text.as_str()),
        Proto::Bytes(bytes) => Value::from(String::from_utf8_lossy(bytes)),
        Proto::EnumNumber(number) => enum_value(*number, kind),
        Proto::Message(message) => view(message),
        Proto::List(_) | Proto::Map(_) => unreachable!("no list or map stands in another"),
    }
}

fn enum_value(number: i32, kind: &Kind) -> Value {
    if number == 0 {
        return Value::from(UNSPECIFIED);
    }
    let descriptor = kind.as_enum().expect("a number of an enum");
    match descriptor.get_value(number) {
        Some(value) => Value::from(short(descriptor, value.name())),
        None => Value::from(number),
    }
}

fn float(value: f64) -> Value {
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

fn text_of_key(key: &MapKey) -> String {
    match key {
        MapKey::String(text) => text.clone(),
        MapKey::Bool(value) => value.to_string(),
        MapKey::I32(value) => value.to_string(),
        MapKey::I64(value) => value.to_string(),
        MapKey::U32(value) => value.to_string(),
        MapKey::U64(value) => value.to_string(),
    }
}

fn number(message: &DynamicMessage, name: &str) -> f64 {
    let value = message.get_field_by_name(name);
    match value.as_deref() {
        Some(prost_reflect::Value::I32(value)) => f64::from(*value),
        #[expect(clippy::cast_precision_loss, reason = "seconds of a duration are small")]
        Some(prost_reflect::Value::I64(value)) => *value as f64,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opportune_contract::google::r#type::Date;
    use opportune_contract::v1::{Lead, LeadStatus, Settings};
    use prost::{Message, Name};
    use prost_types::Timestamp;

    fn viewed<M: Message + Name>(message: &M) -> Value {
        let descriptor = descriptor_pool().get_message_by_name(&M::full_name()).unwrap();
        let mut dynamic = DynamicMessage::new(descriptor);
        dynamic.transcode_from(message).unwrap();
        view(&dynamic)
    }

    #[test]
    fn enums_are_short_dates_are_days_and_what_is_optional_may_be_absent() {
        let lead = viewed(&Lead {
            status: LeadStatus::Open.into(),
            expected_close_date: Some(Date {
                year: 2027,
                month: 3,
                day: 1,
            }),
            create_time: Some(Timestamp {
                seconds: 0,
                nanos: 5_000_000,
            }),
            ..Lead::default()
        });
        assert_eq!(lead["status"], "OPEN");
        assert_eq!(lead["type"], UNSPECIFIED);
        assert_eq!(lead["expected_close_date"], "2027-03-01");
        assert_eq!(lead["create_time"], "1970-01-01T00:00:00.005Z");
        assert_eq!(lead["title"], "");
        assert_eq!(lead["tags"], json!([]));
        assert_eq!(lead.get("probability"), None);
        assert_eq!(lead.get("expected_revenue"), None);
        let sure = viewed(&Lead {
            probability: Some(0.0),
            ..Lead::default()
        });
        assert_eq!(sure["probability"], json!(0.0));
    }

    #[test]
    fn durations_are_seconds() {
        let settings = viewed(&Settings {
            revert_window: Some(prost_types::Duration {
                seconds: 90,
                nanos: 500_000_000,
            }),
            ..Settings::default()
        });
        assert_eq!(settings["revert_window"], json!(90.5));
    }

    #[test]
    fn a_message_of_defaults_is_empty_and_one_with_a_value_is_not() {
        assert!(is_empty(&viewed(&Lead::default())));
        assert!(!is_empty(&viewed(&Lead {
            title: "x".to_owned(),
            ..Lead::default()
        })));
        assert!(!has_field("opportune.v1.Lead", "titel"));
        assert!(has_field("opportune.v1.Lead", "title"));
    }
}
