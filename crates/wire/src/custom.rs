//! The caller's own fields: a proto struct on the wire, a JSON object inside.

use opportune_domain::refusal::Refusal;
use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value as Message};
use serde_json::{Map, Number, Value};

/// Up to here every whole number is exact in the floating-point number that it travels as.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A JSON object as a message.
pub fn structure(fields: &Map<String, Value>) -> Struct {
    Struct {
        fields: fields
            .iter()
            .map(|(key, value)| (key.clone(), message(value)))
            .collect(),
    }
}

/// The JSON object that a field holds.
///
/// # Errors
/// `FIELD_INVALID` naming the field when it holds what JSON cannot say (not a number, infinity) or a NUL character.
pub fn parse_structure(field: &str, message: Struct) -> Result<Map<String, Value>, Refusal> {
    object(message).map_err(|description| Refusal::field(field, description))
}

fn message(value: &Value) -> Message {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(value) => Kind::BoolValue(*value),
        Value::Number(value) => Kind::NumberValue(value.as_f64().unwrap_or_default()),
        Value::String(value) => Kind::StringValue(value.clone()),
        Value::Array(values) => Kind::ListValue(ListValue {
            values: values.iter().map(message).collect(),
        }),
        Value::Object(fields) => Kind::StructValue(structure(fields)),
    };
    Message { kind: Some(kind) }
}

fn object(message: Struct) -> Result<Map<String, Value>, &'static str> {
    message
        .fields
        .into_iter()
        .map(|(key, value)| Ok((storable(key)?, json(value)?)))
        .collect()
}

fn json(message: Message) -> Result<Value, &'static str> {
    match message.kind {
        None | Some(Kind::NullValue(_)) => Ok(Value::Null),
        Some(Kind::BoolValue(value)) => Ok(Value::Bool(value)),
        Some(Kind::NumberValue(value)) => number(value),
        Some(Kind::StringValue(value)) => storable(value).map(Value::String),
        Some(Kind::ListValue(list)) => list
            .values
            .into_iter()
            .map(json)
            .collect::<Result<_, _>>()
            .map(Value::Array),
        Some(Kind::StructValue(fields)) => object(fields).map(Value::Object),
    }
}

/// A whole number stays one, so that 3 is not read back as 3.0 by people.
fn number(value: f64) -> Result<Value, &'static str> {
    if value.fract() == 0.0 && value.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and in the range of exact numbers")]
        return Ok(Value::from(value as i64));
    }
    Number::from_f64(value)
        .map(Value::Number)
        .ok_or("holds a number that is not finite")
}

fn storable(text: String) -> Result<String, &'static str> {
    if text.contains('\0') {
        Err("contains a NUL character")
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn fields(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            (-1.0e9..1.0e9_f64)
                .prop_filter("whole numbers are whole", |x| x.fract() != 0.0)
                .prop_map(Value::from),
            "[a-zé ]{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,4}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_comes_back_as_it_was(value in any_value()) {
            let sent = fields(json!({ "field": value }));
            prop_assert_eq!(parse_structure("custom_fields", structure(&sent)).unwrap(), sent);
        }
    }

    #[test]
    fn what_json_cannot_say_is_refused() {
        for kind in [
            Kind::NumberValue(f64::NAN),
            Kind::NumberValue(f64::INFINITY),
            Kind::StringValue("a\0b".into()),
        ] {
            let message = Struct {
                fields: [("x".to_owned(), Message { kind: Some(kind) })].into(),
            };
            let refusal = parse_structure("custom_fields", message).unwrap_err();
            assert_eq!(refusal.violations[0].field, "custom_fields");
        }
    }
}
