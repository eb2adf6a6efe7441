//! What must be true after the last step.

use super::expect::{Checker, differs, shown};
use super::scene::Scene;
use super::seen::{Kind, Look, Seen};
use super::view::is_empty;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What of the small world is compared with what it is afterwards.
pub struct Before {
    customers: Option<usize>,
    records: BTreeMap<String, Value>,
}

impl Scene<'_> {
    /// Notes what the checks afterwards need to know.
    ///
    /// # Errors
    /// When something cannot be read.
    pub async fn before(&self, then: &Map<String, Value>) -> Result<Before, String> {
        let customers = match then.get("customers_created") {
            Some(_) => Some(self.count_customers().await?),
            None => None,
        };
        let mut records = BTreeMap::new();
        for name in texts(then.get("unchanged")) {
            records.insert(name.to_owned(), self.fixture(name).await?);
        }
        Ok(Before { customers, records })
    }

    /// What differs from what must be true.
    pub async fn after(&self, then: &Map<String, Value>, before: &Before) -> Vec<String> {
        let mut differences = Vec::new();
        for (key, expected) in then {
            let found = match key.as_str() {
                "customers_created" => self.created(expected, before).await,
                "unchanged" => self.unchanged(before).await,
                "same" => self.groups(expected, is_one).await,
                "different" => self.groups(expected, are_many).await,
                "leads" => self.compared(key, expected, Some(Look::All(Kind::Lead))).await,
                "customers" => self.compared(key, expected, Some(Look::All(Kind::Customer))).await,
                "events" => self.events(expected).await,
                "no_events" => self.no_events(expected).await,
                name => {
                    let fixture = self.names.fixture_named(name);
                    let look = fixture.map(|(kind, id)| Look::Record(kind, id.to_owned()));
                    self.compared(name, expected, look).await
                }
            };
            let found = found.unwrap_or_else(|problem| vec![problem]);
            differences.extend(found.into_iter().map(|wrong| format!("then {wrong}")));
        }
        differences
    }

    /// A record that is read again, or a captured answer.
    async fn compared(&self, key: &str, expected: &Value, look: Option<Look>) -> Result<Vec<String>, String> {
        let actual = match look {
            Some(look) => self.see(look).await?,
            None => self
                .names
                .captured_named(key)
                .cloned()
                .ok_or_else(|| format!("nothing is called {key}"))?,
        };
        self.look(|seen| self.checker(seen).differences(key, expected, &actual))
            .await
    }

    async fn created(&self, expected: &Value, before: &Before) -> Result<Vec<String>, String> {
        let (now, then) = (self.count_customers().await?, before.customers.unwrap_or_default());
        // Also fewer than before are a number.
        let more = json!(i64::try_from(now).unwrap_or_default() - i64::try_from(then).unwrap_or_default());
        self.look(|seen| self.checker(seen).differences("customers_created", expected, &more))
            .await
    }

    async fn count_customers(&self) -> Result<usize, String> {
        let all = self.see(Look::All(Kind::Customer)).await?;
        Ok(all.as_array().map_or(0, Vec::len))
    }

    async fn unchanged(&self, before: &Before) -> Result<Vec<String>, String> {
        let mut wrong = Vec::new();
        for (name, was) in &before.records {
            let now = self.fixture(name).await?;
            let was = was.as_object().into_iter().flatten();
            let changed = was.filter(|(field, value)| now.get(field) != Some(value));
            wrong.extend(changed.map(|(field, value)| {
                let now = now.get(field).cloned().unwrap_or_default();
                differs(&format!("unchanged {name}.{field}"), value, &now)
            }));
            let fields = now.as_object().into_iter().flatten();
            let new = fields.filter(|(field, _)| before.records[name].get(field.as_str()).is_none());
            wrong.extend(new.map(|(field, now)| format!("unchanged {name}.{field}: is now {}", shown(now))));
        }
        Ok(wrong)
    }

    async fn fixture(&self, name: &str) -> Result<Value, String> {
        let name = name.strip_prefix('$').unwrap_or(name);
        let (kind, id) = self
            .names
            .fixture_named(name)
            .ok_or_else(|| format!("no record is called {name}"))?;
        self.see(Look::Record(kind, id.to_owned())).await
    }

    /// Groups of paths, each of whose values must be as `holds` says.
    async fn groups(&self, groups: &Value, holds: fn(&[Value]) -> bool) -> Result<Vec<String>, String> {
        let mut wrong = Vec::new();
        for group in groups.as_array().into_iter().flatten() {
            let paths: Vec<&str> = texts(Some(group)).collect();
            let values: Vec<Value> = self
                .look(|seen| {
                    let values = paths.iter().map(|path| self.names.resolve(path, seen));
                    values.collect::<Result<_, _>>()
                })
                .await??;
            if !holds(&values) {
                wrong.push(format!("{paths:?} are {}", shown(&Value::from(values))));
            }
        }
        Ok(wrong)
    }

    /// Compares by the names of this vector.
    pub fn checker<'s>(&'s self, seen: &'s Seen) -> Checker<'s> {
        Checker {
            names: &self.names,
            seen,
        }
    }
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str)
}

/// All equal, and not empty.
fn is_one(values: &[Value]) -> bool {
    values
        .iter()
        .all(|value| !is_empty(value) && values.first() == Some(value))
}

/// No two are equal.
fn are_many(values: &[Value]) -> bool {
    let pairs = (0..values.len()).flat_map(|one| (0..one).map(move |other| (one, other)));
    pairs.into_iter().all(|(one, other)| values[one] != values[other])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(json: Value) -> Vec<Value> {
        json.as_array().unwrap().clone()
    }

    #[test]
    fn the_same_are_equal_and_not_empty() {
        assert!(is_one(&values(json!(["x", "x", "x"]))));
        assert!(!is_one(&values(json!(["x", "x", "y"]))));
        assert!(!is_one(&values(json!(["", ""]))));
    }

    #[test]
    fn the_different_are_different_in_pairs() {
        assert!(are_many(&values(json!(["x", "y", ""]))));
        assert!(!are_many(&values(json!(["x", "y", "x"]))));
    }
}
