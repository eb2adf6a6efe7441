//! What a vector calls by name: fixtures, captured answers, random ids. `$` stands before a name where it is used.

use super::seen::{Kind, Look, Seen};
use super::{members, view};
use serde_json::Value;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use uuid::{Builder, Uuid};

/// The names of one vector.
#[derive(Default)]
pub struct Names {
    fixtures: BTreeMap<String, (Kind, String)>,
    captured: BTreeMap<String, Value>,
    random: RandomState,
}

impl Names {
    /// Remembers a record that was made before the first step.
    pub fn fixture(&mut self, name: &str, kind: Kind, id: &str) {
        self.fixtures.insert(name.to_owned(), (kind, id.to_owned()));
    }

    /// Remembers an answer.
    pub fn capture(&mut self, name: &str, answer: Value) {
        self.captured.insert(name.to_owned(), answer);
    }

    /// The fixture of this name.
    pub fn fixture_named(&self, name: &str) -> Option<(Kind, &str)> {
        self.fixtures.get(name).map(|(kind, id)| (*kind, id.as_str()))
    }

    /// The captured answer of this name.
    pub fn captured_named(&self, name: &str) -> Option<&Value> {
        self.captured.get(name)
    }

    /// An id that nobody else has, the same for the same name.
    pub fn random_id(&self, name: &str) -> Uuid {
        let half = |salt: u8| u128::from(self.random.hash_one((salt, name)));
        Builder::from_random_bytes(((half(1) << 64) | half(2)).to_be_bytes()).into_uuid()
    }

    /// The value of a reference, its `$` included or not. A field that is not there is null.
    ///
    /// # Errors
    /// When nothing has this name.
    pub fn resolve(&self, reference: &str, seen: &Seen) -> Result<Value, String> {
        let path = reference.strip_prefix('$').unwrap_or(reference);
        let (name, rest) = path
            .split_once('.')
            .map_or((path, None), |(name, rest)| (name, Some(rest)));
        let whole = if let Some((kind, id)) = self.fixtures.get(name) {
            match rest {
                None => return Ok(Value::from(id.as_str())),
                Some(_) => seen.look(Look::Record(*kind, id.clone())),
            }
        } else if let Some(answer) = self.captured.get(name) {
            match rest {
                None => return members::member(answer, "id", seen),
                Some(_) => answer.clone(),
            }
        } else if is_random(name) && rest.is_none() {
            return Ok(Value::from(self.random_id(name).to_string()));
        } else {
            return Err(format!("nothing is called {reference}"));
        };
        members::at_path(&whole, rest.unwrap_or_default(), seen)
    }

    /// The same JSON with every reference replaced by its value; what follows from `view` stays behind.
    ///
    /// # Errors
    /// When nothing has a name, or its value is nothing: a request would silently lose a field.
    pub fn replace(&self, json: &Value, seen: &Seen) -> Result<Value, String> {
        Ok(match json {
            Value::String(text) if text.starts_with('$') => {
                let value = self.resolve(text, seen)?;
                if value.is_null() && seen.is_complete() {
                    return Err(format!("{text} has no value"));
                }
                view::plain(&value)
            }
            Value::Array(items) => items
                .iter()
                .map(|item| self.replace(item, seen))
                .collect::<Result<Vec<_>, _>>()?
                .into(),
            Value::Object(fields) => Value::Object(
                fields
                    .iter()
                    .map(|(name, field)| Ok((name.clone(), self.replace(field, seen)?)))
                    .collect::<Result<_, String>>()?,
            ),
            other => other.clone(),
        })
    }
}

fn is_random(name: &str) -> bool {
    name.strip_prefix("uuid")
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names() -> Names {
        let mut names = Names::default();
        names.fixture("a", Kind::Lead, "id-of-a");
        names.capture(
            "sim",
            json!({"id": "id-of-sim", "matches": [{"score": 0.5}], "total": 1}),
        );
        names
    }

    #[test]
    fn a_name_alone_is_an_id_and_a_path_is_a_field() {
        let (names, seen) = (names(), Seen::default());
        assert_eq!(names.resolve("$a", &seen), Ok(json!("id-of-a")));
        assert_eq!(names.resolve("$sim", &seen), Ok(json!("id-of-sim")));
        assert_eq!(names.resolve("$sim.matches.0.score", &seen), Ok(json!(0.5)));
        assert!(names.resolve("$b", &seen).is_err());
    }

    #[test]
    fn a_random_id_is_the_same_within_a_vector_and_another_in_the_next() {
        let (one, other, seen) = (names(), names(), Seen::default());
        assert_eq!(one.resolve("$uuid1", &seen), one.resolve("$uuid1", &seen));
        assert_ne!(one.resolve("$uuid1", &seen), one.resolve("$uuid2", &seen));
        assert_ne!(one.resolve("$uuid1", &seen), other.resolve("$uuid1", &seen));
        assert!(one.resolve("$uuidx", &seen).is_err());
    }

    #[test]
    fn a_field_of_a_fixture_is_read_when_it_is_asked_for() {
        let (names, mut seen) = (names(), Seen::default());
        assert_eq!(names.resolve("$a.etag", &seen), Ok(Value::Null));
        let look = Look::Record(Kind::Lead, "id-of-a".to_owned());
        assert_eq!(seen.take_missing(), vec![look.clone()]);
        seen.found(look, json!({"etag": "7"}));
        assert_eq!(names.resolve("$a.etag", &seen), Ok(json!("7")));
    }

    #[test]
    fn references_are_replaced_wherever_they_stand_in_a_request() {
        let (names, seen) = (names(), Seen::default());
        let request = json!({"lead_ids": ["$a", "x"], "nested": {"id": "$sim"}, "n": 1});
        let expected = json!({"lead_ids": ["id-of-a", "x"], "nested": {"id": "id-of-sim"}, "n": 1});
        assert_eq!(names.replace(&request, &seen), Ok(expected));
        assert!(names.replace(&json!("$sim.matches.0.reason"), &seen).is_err());
    }
}
