//! Which records have a key, as far as it was asked.

use crate::keys::Key;
use std::collections::{BTreeMap, BTreeSet};

/// Records by key. Asked keys without hits are there too: "nobody" is an answer.
#[derive(Debug, Clone)]
pub struct KeyHits<Id> {
    hits: BTreeMap<Key, BTreeSet<Id>>,
    over_budget: BTreeMap<Key, i64>,
}

impl<Id> Default for KeyHits<Id> {
    fn default() -> Self {
        Self {
            hits: BTreeMap::new(),
            over_budget: BTreeMap::new(),
        }
    }
}

impl<Id: Copy + Ord> KeyHits<Id> {
    /// A record has this key.
    pub fn add(&mut self, key: Key, id: Id) {
        self.hits.entry(key).or_default().insert(id);
    }

    /// Who has this key has been looked up, even if nobody has it.
    pub fn look_up(&mut self, key: Key) {
        self.hits.entry(key).or_default();
    }

    /// It is known who has this key, or that nobody has.
    pub fn knows(&self, key: Key) -> bool {
        self.hits.contains_key(&key)
    }

    /// A record had the keys `old` and has the keys `new` now.
    pub(super) fn move_to(&mut self, id: Id, old: &BTreeSet<Key>, new: BTreeSet<Key>) {
        for gone in old.difference(&new) {
            if let Some(ids) = self.hits.get_mut(gone) {
                ids.remove(&id);
            }
        }
        for key in new {
            self.add(key, id);
        }
    }

    /// The key has more hits than the budget (rules 3.5): about `estimate` of them.
    pub fn mark_over_budget(&mut self, key: Key, estimate: i64) {
        self.over_budget.insert(key, estimate);
    }

    /// About how many hits an over-budget key has.
    pub fn over_budget(&self, key: Key) -> Option<i64> {
        self.over_budget.get(&key).copied()
    }

    /// The records with this key, by id.
    pub fn of(&self, key: Key) -> impl Iterator<Item = Id> + '_ {
        self.hits.get(&key).into_iter().flatten().copied()
    }

    /// This record is known to have this key.
    pub fn has(&self, key: Key, id: Id) -> bool {
        self.hits.get(&key).is_some_and(|ids| ids.contains(&id))
    }
}
