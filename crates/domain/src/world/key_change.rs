//! How the keys of a record changed: computed once, where the record is written, for the world and for the store.

use crate::keys::Key;
use std::collections::BTreeSet;

/// Keys that a record got and lost in one unit of work, from before its first change to after its last one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyChange {
    /// It is found by these now, and was not before.
    pub added: BTreeSet<Key>,
    /// It was found by these before, and is not now.
    pub gone: BTreeSet<Key>,
}

impl KeyChange {
    /// Then the keys changed again, from `old` to `new`.
    pub(super) fn then(&mut self, old: &BTreeSet<Key>, new: &BTreeSet<Key>) {
        for lost in old.difference(new) {
            if !self.added.remove(lost) {
                self.gone.insert(*lost);
            }
        }
        for got in new.difference(old) {
            if !self.gone.remove(got) {
                self.added.insert(*got);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::KeyKind;

    fn keys(words: &[&str]) -> BTreeSet<Key> {
        words.iter().map(|word| Key::new(KeyKind::Word, word)).collect()
    }

    #[test]
    fn changes_one_after_another_add_up_to_the_difference_between_first_and_last() {
        let (first, middle, last) = (keys(&["a", "b"]), keys(&["b", "c", "d"]), keys(&["a", "d", "e"]));
        let mut change = KeyChange::default();
        change.then(&first, &middle);
        change.then(&middle, &last);
        assert_eq!(change.added, keys(&["d", "e"]));
        assert_eq!(change.gone, keys(&["b"]));
    }

    #[test]
    fn a_key_that_comes_back_has_not_changed() {
        let (first, other) = (keys(&["a"]), keys(&["b"]));
        let mut change = KeyChange::default();
        change.then(&first, &other);
        change.then(&other, &first);
        assert_eq!(change, KeyChange::default());
    }
}
