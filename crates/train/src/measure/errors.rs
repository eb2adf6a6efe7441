//! What a model gets wrong, pair by pair.

use super::Bench;
use opportune_domain::similar::{Model, Strength};
use std::collections::HashMap;

/// Two records by their numbers, and the score of the pair; -1 = it was never compared.
type Pair = (u32, u32, f64);

/// What a model gets wrong.
#[derive(Debug, Default)]
pub struct Errors {
    /// Said to be STRONG, but two contacts.
    pub strong: Vec<Pair>,
    /// Other wrong ones at the cut.
    pub wrong: Vec<Pair>,
    /// One contact, but below the cut.
    pub missing: Vec<Pair>,
}

impl Bench<'_> {
    /// What the model gets wrong: pairs with the numbers of both records.
    pub fn errors(&self, model: &Model) -> Errors {
        let mut errors = Errors::default();
        let mut by_cluster: HashMap<&str, Vec<u32>> = HashMap::new();
        for number in 0..self.records.len() as u32 {
            by_cluster
                .entry(&self.record(number).cluster_id)
                .or_default()
                .push(number);
        }
        for a in 0..self.records.len() as u32 {
            let candidates = self.index.candidates(a, &self.without);
            for b in candidates.iter().copied() {
                if a < b && !self.dont_care(a, b) && !self.same(a, b) {
                    self.note_wrong(model, a, b, &mut errors);
                }
            }
            let own = by_cluster[self.record(a).cluster_id.as_str()].iter().copied();
            for b in own.filter(|b| a < *b) {
                self.note_missing(model, a, b, candidates.contains(&b), &mut errors.missing);
            }
        }
        errors
    }

    fn note_wrong(&self, model: &Model, a: u32, b: u32, errors: &mut Errors) {
        let Some(judgement) = self.index.judge(model, &self.settings, a, b) else {
            return;
        };
        if judgement.strength == Strength::Strong {
            errors.strong.push((a, b, judgement.score));
        } else if judgement.score >= self.settings.probable_threshold {
            errors.wrong.push((a, b, judgement.score));
        }
    }

    fn note_missing(&self, model: &Model, a: u32, b: u32, known: bool, missing: &mut Vec<Pair>) {
        let judged = self.index.judge(model, &self.settings, a, b).filter(|_| known);
        let score = judged.map_or(if known { 0.0 } else { -1.0 }, |one| one.score);
        if score < self.settings.probable_threshold {
            missing.push((a, b, score));
        }
    }
}
