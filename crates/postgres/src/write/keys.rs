//! The keys that records got and lost, as columns. Which they are was decided where the record was changed.

use opportune_domain::keys::Key;
use opportune_domain::world::KeyChange;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Keys with the record that has them, as two columns.
#[derive(Debug, Default)]
pub(super) struct KeyColumns {
    pub keys: Vec<i64>,
    pub ids: Vec<Uuid>,
}

/// Keys that come and keys that go.
#[derive(Debug, Default)]
pub(super) struct KeyChanges {
    pub added: KeyColumns,
    pub gone: KeyColumns,
}

impl KeyColumns {
    /// All keys of these records, in the order of the index: they are written faster so.
    pub fn of<'k, Id: Into<Uuid>>(records: impl Iterator<Item = (Id, &'k BTreeSet<Key>)>) -> Self {
        let mut columns = Self::default();
        for (id, keys) in records {
            columns.extend(id.into(), hashes(keys));
        }
        columns.sorted()
    }

    /// In the order of the index.
    pub fn sorted(self) -> Self {
        let mut pairs: Vec<(i64, Uuid)> = self.keys.into_iter().zip(self.ids).collect();
        pairs.sort_unstable();
        let (keys, ids) = pairs.into_iter().unzip();
        Self { keys, ids }
    }

    /// More keys of one record.
    pub fn extend(&mut self, id: Uuid, hashes: impl Iterator<Item = i64>) {
        for hash in hashes {
            self.keys.push(hash);
            self.ids.push(id);
        }
    }
}

impl KeyChanges {
    /// Of the records with these ids.
    pub fn of<Id: Copy + Ord + Into<Uuid>>(ids: impl Iterator<Item = Id>, changes: &BTreeMap<Id, KeyChange>) -> Self {
        let mut columns = Self::default();
        for (id, change) in ids.filter_map(|id| Some((id, changes.get(&id)?))) {
            columns.added.extend(id.into(), hashes(&change.added));
            columns.gone.extend(id.into(), hashes(&change.gone));
        }
        Self {
            added: columns.added.sorted(),
            gone: columns.gone.sorted(),
        }
    }
}

fn hashes(keys: &BTreeSet<Key>) -> impl Iterator<Item = i64> + '_ {
    keys.iter().map(|key| key.hash)
}
