//! What a conversion changed in a record: field by field, before and after. Audit and revert stand on it (rules 10).

use serde::Serialize;
use serde_json::{Map, Value, json};

/// Fields that move with every change and are never reverted.
const MOVING: [&str; 2] = ["version", "update_time"];

/// `{"field": {"before": …, "after": …}}` for each field that differs.
pub fn touched<T: Serialize>(before: &T, after: &T) -> Map<String, Value> {
    let (before, after) = (fields(before), fields(after));
    after
        .into_iter()
        .filter(|(name, _)| !MOVING.contains(&name.as_str()))
        .filter_map(|(name, after)| {
            let before = before.get(&name).cloned().unwrap_or(Value::Null);
            (before != after).then(|| (name, json!({"before": before, "after": after})))
        })
        .collect()
}

fn fields<T: Serialize>(record: &T) -> Map<String, Value> {
    match serde_json::to_value(record) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}
