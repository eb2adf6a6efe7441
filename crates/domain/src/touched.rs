//! What a conversion changed in a record: field by field, before and after. Audit and revert stand on it (rules 10).

use crate::ids::{ConversionId, CustomerId, LeadId};
use crate::lead::Lead;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Fields that move with every change and are never reverted.
const MOVING: [&str; 2] = ["version", "update_time"];
/// Fields of a record that tell of a conversion, a merge or an end on top of this one. They are in every image, changed
/// or not, so that a revert sees it.
const GUARDS: [&str; 5] = ["type", "status", "survivor_id", "merged_lead_ids", "convert_time"];

/// A field before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its value before the conversion.
    pub before: Value,
    /// The value that the conversion left.
    pub after: Value,
}

impl Change {
    /// The conversion wrote another value than was there.
    pub fn touched(&self) -> bool {
        self.before != self.after
    }
}

/// A record as a conversion found and left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeforeImage {
    /// The conversion.
    pub conversion_id: ConversionId,
    /// The record.
    pub lead_id: LeadId,
    /// The touched fields, and those that a revert looks at anyway.
    pub fields: BTreeMap<String, Change>,
}

impl BeforeImage {
    /// What `conversion` changes in a record.
    pub fn of(conversion: ConversionId, before: &Lead, after: &Lead) -> Self {
        let (old, new) = (fields(before), fields(after));
        let kept = |name: &str, change: &Change| change.touched() || GUARDS.contains(&name);
        Self {
            conversion_id: conversion,
            lead_id: after.id,
            fields: changes(old, new).filter(|(name, change)| kept(name, change)).collect(),
        }
    }

    /// The customer that the record had, if the conversion gave it another one or none.
    pub fn customer_before(&self) -> Option<CustomerId> {
        let change = self.fields.get("customer_id")?;
        serde_json::from_value(change.before.clone()).ok().flatten()
    }
}

/// The fields that differ, each before and after.
pub fn touched<T: Serialize>(before: &T, after: &T) -> BTreeMap<String, Change> {
    changes(fields(before), fields(after))
        .filter(|(_, change)| change.touched())
        .collect()
}

fn changes(mut before: Map<String, Value>, after: Map<String, Value>) -> impl Iterator<Item = (String, Change)> {
    let settled = |name: &String| !MOVING.contains(&name.as_str());
    after
        .into_iter()
        .filter(move |(name, _)| settled(name))
        .map(move |(name, after)| {
            let before = before.remove(&name).unwrap_or(Value::Null);
            (name, Change { before, after })
        })
}

/// The fields of a record, as they are stored in images.
pub(crate) fn fields<T: Serialize>(record: &T) -> Map<String, Value> {
    match serde_json::to_value(record) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}
