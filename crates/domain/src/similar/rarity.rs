//! How many records have what two share: a shared rare value says more than a shared common one (rules 3.4).

use crate::keys::{Key, KeyKind};
use std::collections::BTreeSet;

/// Counts, the two records included; 0 = not known, or not shared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rarity {
    /// Records with the same words of a name.
    pub name: u32,
    /// Records with the same phone number.
    pub phone: u32,
    /// Records with the same company name.
    pub company: u32,
}

impl Rarity {
    /// The counts of the keys that both hold. Of several keys of one kind the rarest counts.
    pub fn of(ours: &BTreeSet<Key>, theirs: &[Key], count: impl Fn(Key) -> u32) -> Self {
        let mut rarity = Self::default();
        for key in theirs {
            let field = match key.kind {
                KeyKind::PersonName => &mut rarity.name,
                KeyKind::Phone | KeyKind::PhoneEnd => &mut rarity.phone,
                KeyKind::CompanyName => &mut rarity.company,
                _ => continue,
            };
            if ours.contains(key) {
                let hits = count(*key);
                *field = if *field == 0 { hits } else { hits.min(*field) };
            }
        }
        rarity
    }
}
