//! Fields of what was answered, those included that are looked up rather than stored.

use super::errors::ERROR;
use super::seen::{Kind, Look, Seen};
use super::view::{self, KIND};
use serde_json::{Map, Value};

const LEAD: &str = "opportune.v1.Lead";
const CUSTOMER: &str = "opportune.v1.Customer";
const BATCH: &str = "opportune.v1.Batch";

/// A field of a value, or an element of a list by its number; null when it is absent.
///
/// # Errors
/// When the value can have no such field: a name that is misspelt must not pass for an empty field.
pub fn member(value: &Value, name: &str, seen: &Seen) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Array(items) => match name.parse::<usize>() {
            Ok(index) => Ok(items.get(index).cloned().unwrap_or_default()),
            Err(_) => Err(format!("a list has no field {name}")),
        },
        Value::Object(object) => match object.get(name) {
            Some(field) => Ok(field.clone()),
            None => absent(object, name, seen),
        },
        scalar => Err(format!("{scalar} has no field {name}")),
    }
}

/// What stands at a path such as `lead.customer.name` or `matches.0.score`.
///
/// # Errors
/// As [`member`].
pub fn at_path(value: &Value, path: &str, seen: &Seen) -> Result<Value, String> {
    path.split('.')
        .try_fold(value.clone(), |value, name| member(&value, name, seen))
}

/// The field is read from elsewhere.
pub fn is_looked_up(value: &Value, name: &str) -> bool {
    matches!(
        (kind_of(value), name),
        (LEAD, "customer" | "survivor" | "timeline") | (CUSTOMER, "parent") | (BATCH, "items")
    )
}

/// The object has free keys, not those of a message.
pub fn is_map(value: &Value) -> bool {
    value.is_object() && kind_of(value).is_empty()
}

fn kind_of(value: &Value) -> &str {
    value.get(KIND).and_then(Value::as_str).unwrap_or_default()
}

fn absent(object: &Map<String, Value>, name: &str, seen: &Seen) -> Result<Value, String> {
    let text = |field: &str| object.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let record = |kind, field: &str| match text(field) {
        id if id.is_empty() => Value::Null,
        id => seen.look(Look::Record(kind, id)),
    };
    Ok(match (text(KIND).as_str(), name) {
        (LEAD, "customer") => record(Kind::Customer, "customer_id"),
        (LEAD, "survivor") => record(Kind::Lead, "survivor_id"),
        (LEAD, "timeline") => seen.look(Look::Timeline(text("id"))),
        (CUSTOMER, "parent") => record(Kind::Customer, "parent_id"),
        (BATCH, "items") => seen.look(Look::Items(text("id"))),
        ("" | ERROR, _) => Value::Null,
        (kind, name) if view::has_field(kind, name) => Value::Null,
        (kind, name) => return Err(format!("{kind} has no field {name}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_looked_up_is_asked_for_once_it_has_an_id() {
        let mut seen = Seen::default();
        let lead = json!({KIND: LEAD, "id": "l", "customer_id": "c", "survivor_id": ""});
        assert_eq!(member(&lead, "survivor", &seen), Ok(Value::Null));
        assert_eq!(member(&lead, "customer", &seen), Ok(Value::Null));
        let look = Look::Record(Kind::Customer, "c".to_owned());
        assert_eq!(seen.take_missing(), vec![look.clone()]);
        seen.found(look, json!({KIND: CUSTOMER, "name": "Kim"}));
        assert_eq!(at_path(&lead, "customer.name", &seen), Ok(json!("Kim")));
        assert!(seen.is_complete());
    }

    #[test]
    fn a_field_that_a_message_cannot_have_is_an_error() {
        let seen = Seen::default();
        let lead = json!({KIND: LEAD, "id": "l"});
        assert_eq!(member(&lead, "probability", &seen), Ok(Value::Null));
        assert!(member(&lead, "probabilty", &seen).is_err());
        assert!(member(&json!("text"), "id", &seen).is_err());
        assert_eq!(member(&json!({"free": 1}), "other", &seen), Ok(Value::Null));
    }
}
