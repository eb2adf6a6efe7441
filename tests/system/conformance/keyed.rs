//! The operators that look at a list by a key of its elements.

use super::expect::{Checker, shown};
use super::members;
use super::operators::elements;
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct By {
    key: String,
    #[serde(default)]
    items: Map<String, Value>,
    #[serde(default)]
    only: bool,
    #[serde(default)]
    absent: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    key: String,
    items: Vec<Value>,
}

/// `~by`: these elements are there and as expected, no other with `only`, none of those that are `absent`.
pub fn by(checker: &Checker<'_>, at: &str, argument: &Value, actual: &Value) -> Vec<String> {
    look(checker, argument, actual, |by: By, keyed| {
        let mut wrong = Vec::new();
        let mut wanted = Vec::new();
        for (name, expected) in &by.items {
            let key = checker.text(&Value::from(name.as_str()))?;
            let mut found = keyed.iter().filter(|(other, _)| *other == key).peekable();
            if found.peek().is_none() {
                wrong.push(format!("{name} is not among {}", keys(keyed)));
            }
            let differences: Vec<_> = found
                .map(|(_, element)| checker.differences(name, expected, element))
                .collect();
            if let Some(best) = differences.into_iter().min_by_key(Vec::len) {
                wrong.extend(best);
            }
            wanted.push(key);
        }
        if by.only {
            let others = keyed.iter().filter(|(key, _)| !wanted.contains(key));
            wrong.extend(others.map(|(key, element)| format!("{key} is there too: {}", shown(element))));
        }
        for name in &by.absent {
            let key = checker.text(name)?;
            if keyed.iter().any(|(other, _)| *other == key) {
                wrong.push(format!("{} is there", shown(name)));
            }
        }
        Ok(wrong)
    })
    .into_iter()
    .map(|wrong| format!("{at}: {wrong}"))
    .collect()
}

/// `~order`: these elements stand in this order, whatever stands between them.
pub fn order(checker: &Checker<'_>, at: &str, argument: &Value, actual: &Value) -> Vec<String> {
    look(checker, argument, actual, |order: Order, keyed| {
        let mut places = Vec::new();
        for name in &order.items {
            let key = checker.text(name)?;
            match keyed.iter().position(|(other, _)| *other == key) {
                Some(place) => places.push(place),
                None => return Ok(vec![format!("{} is not among {}", shown(name), keys(keyed))]),
            }
        }
        if places.is_sorted_by(|one, next| one < next) {
            return Ok(Vec::new());
        }
        Ok(vec![format!("the elements stand at {places:?}")])
    })
    .into_iter()
    .map(|wrong| format!("{at}: {wrong}"))
    .collect()
}

trait Keyed {
    fn key(&self) -> &str;
}

impl Keyed for By {
    fn key(&self) -> &str {
        &self.key
    }
}

impl Keyed for Order {
    fn key(&self) -> &str {
        &self.key
    }
}

/// Reads the argument, gives each element its key, and looks.
fn look<A: Keyed + for<'de> Deserialize<'de>>(
    checker: &Checker<'_>,
    argument: &Value,
    actual: &Value,
    wrong: impl FnOnce(A, &[(String, &Value)]) -> Result<Vec<String>, String>,
) -> Vec<String> {
    let looked = A::deserialize(argument)
        .map_err(|error| error.to_string())
        .and_then(|argument| {
            let key = |element| {
                let key = members::at_path(element, argument.key(), checker.seen)?;
                Ok((checker.text(&key)?, element))
            };
            let keyed: Vec<_> = elements(actual).into_iter().map(key).collect::<Result<_, String>>()?;
            wrong(argument, &keyed)
        });
    looked.unwrap_or_else(|problem| vec![problem])
}

fn keys(keyed: &[(String, &Value)]) -> String {
    let keys: Vec<&str> = keyed.iter().map(|(key, _)| key.as_str()).collect();
    format!("{keys:?}")
}
