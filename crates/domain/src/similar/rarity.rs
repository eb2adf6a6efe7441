//! How many records have what two share: a shared rare value says more than a shared common one (rules 3.4).

use crate::keys::{Key, KeyKind};

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
    /// Whether this kind of key tells how rare something is.
    pub fn counts(key: &Key) -> bool {
        Self::default().field(key.kind).is_some()
    }

    /// The counts of the keys that both hold. Of several keys of one kind the rarest counts.
    pub fn of(shared: impl Iterator<Item = (Key, u32)>) -> Self {
        let mut rarity = Self::default();
        for (key, hits) in shared {
            let Some(field) = rarity.field(key.kind) else { continue };
            *field = if *field == 0 { hits } else { hits.min(*field) };
        }
        rarity
    }

    /// What a kind of key is counted under.
    fn field(&mut self, kind: KeyKind) -> Option<&mut u32> {
        match kind {
            KeyKind::PersonName => Some(&mut self.name),
            KeyKind::Phone | KeyKind::PhoneEnd => Some(&mut self.phone),
            KeyKind::CompanyName => Some(&mut self.company),
            _ => None,
        }
    }
}
