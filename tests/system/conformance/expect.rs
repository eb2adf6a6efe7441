//! Compares what was answered with what is expected.

use super::errors::{ERROR, names_field};
use super::names::Names;
use super::seen::Seen;
use super::view::{self, KIND};
use super::{members, operators, same};
use serde_json::{Map, Value};

/// The whole answer around its main message.
pub const RESPONSE: &str = "~response";

/// Compares within one vector.
pub struct Checker<'a> {
    pub names: &'a Names,
    pub seen: &'a Seen,
}

impl Checker<'_> {
    /// What of `actual` is not as expected, each with the path to it; empty when everything is.
    pub fn differences(&self, at: &str, expected: &Value, actual: &Value) -> Vec<String> {
        match expected {
            Value::String(text) if text.starts_with('$') => match self.names.resolve(text, self.seen) {
                Ok(value) => self.literal(at, &value, actual),
                Err(problem) => vec![format!("{at}: {problem}")],
            },
            Value::Array(items) => self.list(at, items, actual),
            Value::Object(fields) => fields
                .iter()
                .flat_map(|(key, field)| self.entry(at, key, field, actual))
                .collect(),
            scalar => self.literal(at, scalar, actual),
        }
    }

    /// Nothing differs.
    pub fn holds(&self, expected: &Value, actual: &Value) -> bool {
        self.differences("", expected, actual).is_empty()
    }

    /// The value that an argument stands for.
    pub fn value(&self, argument: &Value) -> Result<Value, String> {
        match argument {
            Value::String(text) if text.starts_with('$') => self.names.resolve(text, self.seen),
            other => Ok(other.clone()),
        }
    }

    /// The same as a text, as ids and keys are.
    pub fn text(&self, argument: &Value) -> Result<String, String> {
        match self.value(argument)? {
            Value::String(text) => Ok(text),
            other => Ok(other.to_string()),
        }
    }

    /// One entry of an expected object: an operator on the value, or one of its fields.
    fn entry(&self, at: &str, key: &str, expected: &Value, actual: &Value) -> Vec<String> {
        match key {
            KIND => Vec::new(),
            RESPONSE => self.field(at, key, expected, actual),
            _ if key.starts_with('~') => operators::differences(self, at, key, expected, actual),
            _ if key.starts_with('$') => match self.names.resolve(key, self.seen) {
                Ok(Value::String(name)) => self.field(at, &name, expected, actual),
                Ok(other) => vec![format!("{at}: {key} is {other} and cannot be a key")],
                Err(problem) => vec![format!("{at}: {problem}")],
            },
            _ => self.field(at, key, expected, actual),
        }
    }

    fn field(&self, at: &str, name: &str, expected: &Value, actual: &Value) -> Vec<String> {
        if actual.get(KIND).is_some_and(|kind| kind == ERROR) {
            match name {
                "mentions" => return self.mentions(at, expected, actual),
                "fields" => return self.fields(at, expected, actual),
                _ => {}
            }
        }
        let at = if at.is_empty() {
            name.to_owned()
        } else {
            format!("{at}.{name}")
        };
        let value = match members::member(actual, name, self.seen) {
            Ok(value) => value,
            Err(problem) => return vec![format!("{at}: {problem}")],
        };
        // Where nothing is, nothing can be said about its fields.
        let must_exist = name == "error" || members::is_looked_up(actual, name) || members::is_map(actual);
        if value.is_null() && must_exist && is_plain(expected) && self.seen.is_complete() {
            return vec![format!("{at}: there is none")];
        }
        self.differences(&at, expected, &value)
    }

    /// Without operators and references: values that themselves were answered, and scalars.
    fn literal(&self, at: &str, expected: &Value, actual: &Value) -> Vec<String> {
        match (expected, actual) {
            (Value::Object(fields), _) => view::fields(fields)
                .flat_map(|(name, field)| {
                    let value = members::member(actual, name, self.seen).unwrap_or_default();
                    self.literal(&format!("{at}.{name}"), field, &value)
                })
                .collect(),
            (Value::Array(expected), Value::Array(items)) if expected.len() == items.len() => expected
                .iter()
                .zip(items)
                .enumerate()
                .flat_map(|(index, (expected, item))| self.literal(&format!("{at}.{index}"), expected, item))
                .collect(),
            (Value::Null, actual) if view::is_empty(actual) => Vec::new(),
            (expected, actual) if same::is_same(expected, actual) => Vec::new(),
            _ => vec![differs(at, expected, actual)],
        }
    }

    fn list(&self, at: &str, expected: &[Value], actual: &Value) -> Vec<String> {
        let none = Vec::new();
        let items = match actual {
            Value::Null => &none,
            Value::Array(items) => items,
            other => return vec![format!("{at}: expected a list, got {}", shown(other))],
        };
        if items.len() != expected.len() {
            let (wanted, got) = (expected.len(), items.len());
            return vec![format!(
                "{at}: expected {wanted} elements, got {got}: {}",
                shown(actual)
            )];
        }
        let pairs = expected.iter().zip(items).enumerate();
        pairs
            .flat_map(|(index, (expected, item))| self.differences(&format!("{at}.{index}"), expected, item))
            .collect()
    }

    fn mentions(&self, at: &str, expected: &Value, error: &Value) -> Vec<String> {
        let text = error["text"].as_str().unwrap_or_default();
        let missing = |mention: String| {
            let is_there = text.contains(&mention);
            (!is_there).then(|| format!("{at}: {mention} is not mentioned in {text}"))
        };
        self.each_text(at, expected, missing)
    }

    fn fields(&self, at: &str, expected: &Value, error: &Value) -> Vec<String> {
        let missing = |field: String| {
            (!names_field(error, &field)).then(|| format!("{at}: field {field} is not in {}", error["fields"]))
        };
        self.each_text(at, expected, missing)
    }

    fn each_text(&self, at: &str, expected: &Value, wrong: impl Fn(String) -> Option<String>) -> Vec<String> {
        let one = [expected.clone()];
        let texts = expected.as_array().map_or(one.as_slice(), Vec::as_slice);
        texts
            .iter()
            .filter_map(|text| match self.text(text) {
                Ok(text) => wrong(text),
                Err(problem) => Some(format!("{at}: {problem}")),
            })
            .collect()
    }
}

/// An object of fields, without an operator: something that has to exist.
fn is_plain(expected: &Value) -> bool {
    let has_operator = |fields: &Map<String, Value>| fields.keys().any(|key| key.starts_with('~') && key != RESPONSE);
    expected.as_object().is_some_and(|fields| !has_operator(fields))
}

/// A difference in words.
pub fn differs(at: &str, expected: &Value, actual: &Value) -> String {
    format!("{at}: expected {}, got {}", shown(expected), shown(actual))
}

/// A value in a line, cut where it is long.
pub fn shown(value: &Value) -> String {
    const MOST: usize = 300;
    if value.is_null() {
        return "nothing".to_owned();
    }
    let text = view::plain(value).to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
#[path = "expect_tests.rs"]
mod tests;
