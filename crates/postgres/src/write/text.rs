//! Values that travel as text, because a list of lists cannot: `UNNEST` would flatten it.

use crate::error::DbError;
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt::{Display, Write};

/// PostgreSQL's notation of a list of texts: `{"a","b \" c"}`.
pub(super) fn array<T: AsRef<str>>(items: &[T]) -> String {
    let mut out = String::from("{");
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push('"');
        for c in item.as_ref().chars() {
            if matches!(c, '"' | '\\') {
                out.push('\\');
            }
            out.push(c);
        }
        out.push('"');
    }
    out.push('}');
    out
}

/// PostgreSQL's notation of a list of ids or numbers, whose text needs no quotes.
pub(super) fn plain<T: Display>(items: &[T]) -> String {
    let mut out = String::from("{");
    for (index, item) in items.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        // Writing to a string does not fail.
        let _ = write!(out, "{comma}{item}");
    }
    out.push('}');
    out
}

/// A JSON object, which has text for keys and so can always be written.
pub(super) fn json_object(object: &Map<String, Value>) -> String {
    if object.is_empty() {
        return "{}".to_owned();
    }
    serde_json::to_string(object).unwrap_or_else(|_| "{}".to_owned())
}

/// Anything as JSON; `what` names it should that fail.
pub(super) fn json<T: Serialize>(what: &'static str, value: &T) -> Result<String, DbError> {
    serde_json::to_string(value).map_err(|error| DbError::Json(what, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_an_array_are_quoted() {
        assert_eq!(array::<&str>(&[]), "{}");
        assert_eq!(
            array(&["plain", "", "a,b", r#"qu"o\te"#]),
            r#"{"plain","","a,b","qu\"o\\te"}"#
        );
    }

    #[test]
    fn ids_are_separated_by_commas() {
        assert_eq!(plain::<i32>(&[]), "{}");
        assert_eq!(plain(&[1, 2]), "{1,2}");
    }
}
