//! What has to be read while something is compared. Comparing is pure: it notes what it misses, somebody reads it, and
//! it is done again.

use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// A kind of record that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Lead,
    Customer,
    Team,
    Stage,
    Salesperson,
}

/// Something that can be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// One record, by its id.
    Record(Kind, String),
    /// The timeline of the lead with this id.
    Timeline(String),
    /// The conversions of the batch with this id, by lead.
    Items(String),
    /// All records of a kind.
    All(Kind),
}

/// What was read so far, and what was missed.
#[derive(Default)]
pub struct Seen {
    found: BTreeMap<Look, Value>,
    missing: RefCell<BTreeSet<Look>>,
}

impl Seen {
    /// What was read; null when it was not, and then it is noted.
    pub fn look(&self, look: Look) -> Value {
        if let Some(value) = self.found.get(&look) {
            return value.clone();
        }
        self.missing.borrow_mut().insert(look);
        Value::Null
    }

    /// Nothing was missed, so that what came of it holds.
    pub fn is_complete(&self) -> bool {
        self.missing.borrow().is_empty()
    }

    /// What was missed since it was last asked.
    pub fn take_missing(&mut self) -> Vec<Look> {
        std::mem::take(self.missing.get_mut()).into_iter().collect()
    }

    /// Remembers what was read.
    pub fn found(&mut self, look: Look, value: Value) {
        self.found.insert(look, value);
    }
}
