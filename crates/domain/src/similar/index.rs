//! Many records in memory, each findable by its keys: for the audit of a whole tenant, for micro-batches, and for
//! measuring how well the engine does.

use super::ask::keys_of;
use super::find::COUNTED;
use super::{Around, Bond, Form, Judgement, Model, Rarity, Tie, judge_with};
use crate::keys::{Key, KeyKind, most_hits};
use crate::tenant::Settings;
use std::collections::{BTreeSet, HashMap};

/// Records by key.
#[derive(Debug, Default)]
pub struct Index {
    forms: Vec<Form>,
    ties: Vec<Option<Tie>>,
    keys: Vec<BTreeSet<Key>>,
    /// Those of the keys that tell how rare something is: few, and looked at for each pair.
    telling: Vec<Vec<Key>>,
    hits: HashMap<i64, Vec<u32>>,
}

impl Index {
    /// Adds a record; its number is how many there were before.
    pub fn add(&mut self, settings: &Settings, form: Form, tie: Option<Tie>) {
        let number = u32::try_from(self.forms.len()).unwrap_or(u32::MAX);
        let mut keys = keys_of(settings, &form).all();
        keys.extend(tie.map(|tie| Key::of_customer(tie.customer)));
        for key in &keys {
            self.hits.entry(key.hash).or_default().push(number);
        }
        self.telling.push(keys.iter().copied().filter(Rarity::counts).collect());
        self.keys.push(keys);
        self.forms.push(form);
        self.ties.push(tie);
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.forms.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// The normal forms of a record.
    pub fn form(&self, number: u32) -> &Form {
        &self.forms[number as usize]
    }

    /// How many keys of a kind a record has, on average.
    pub fn keys_of_kind(&self, kind: KeyKind) -> f64 {
        let count = self.keys.iter().flatten().filter(|key| key.kind == kind).count();
        #[expect(clippy::cast_precision_loss, reason = "an average")]
        let average = count as f64 / self.len().max(1) as f64;
        average
    }

    /// The records that share a key with one, each once, in their order. `without` leaves out kinds of keys.
    pub fn candidates(&self, number: u32, without: &[KeyKind]) -> Vec<u32> {
        let form = self.form(number);
        let mut found: Vec<u32> = self.keys[number as usize]
            .iter()
            .filter(|key| !without.contains(&key.kind))
            .filter_map(|key| Some((key, self.hits.get(&key.hash)?)))
            .filter(|(key, hits)| hits.len() <= most_hits(form, **key))
            .flat_map(|(_, hits)| hits.iter().copied())
            .filter(|other| *other != number)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// How many records have what both share.
    pub fn rarity(&self, a: u32, b: u32) -> Rarity {
        let (ours, theirs) = (&self.telling[a as usize], &self.telling[b as usize]);
        let shared = theirs.iter().filter(|key| ours.contains(key));
        Rarity::of(shared.map(|key| {
            let hits = self.hits.get(&key.hash).map_or(0, Vec::len);
            (*key, u32::try_from(hits.min(COUNTED)).unwrap_or(u32::MAX))
        }))
    }

    /// What speaks for and against two records being the same.
    pub fn judge(&self, model: &Model, settings: &Settings, a: u32, b: u32) -> Option<Judgement> {
        let around = Around {
            rarity: self.rarity(a, b),
            bond: Bond::between(self.ties[a as usize], self.ties[b as usize]),
            records: self.len() as u64,
        };
        judge_with(model, settings, self.form(a), self.form(b), around)
    }
}
