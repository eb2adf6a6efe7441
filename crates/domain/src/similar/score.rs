//! From evidence to a score and a strength (rules 3.3, 3.4).

use super::Evidence;
use crate::tenant::Settings;
use std::collections::{BTreeMap, BTreeSet};

/// Log-odds that two records which share something are the same, before looking at what they share.
const PRIOR: f64 = -5.0;

/// How sure a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// For people to look at.
    Possible,
    /// Likely; for people to look at.
    Probable,
    /// May be acted upon without a human.
    Strong,
}

/// A probability, 0 to 1. Within one kind the strongest piece counts: correlated evidence is not counted twice.
pub fn score(evidence: &[Evidence]) -> f64 {
    let mut kinds: BTreeMap<u8, f64> = BTreeMap::new();
    for piece in evidence {
        let best = kinds.entry(piece.key.kind()).or_insert(f64::NEG_INFINITY);
        *best = best.max(piece.weight);
    }
    let log_odds = PRIOR + kinds.values().sum::<f64>();
    1.0 / (1.0 + (-log_odds).exp())
}

/// STRONG by decisive evidence, or by a high score that two independent kinds support (rules 3.3).
pub fn strength(settings: &Settings, evidence: &[Evidence], score: f64) -> Strength {
    let kinds: BTreeSet<u8> = evidence
        .iter()
        .filter(|piece| piece.weight > 0.0)
        .map(|piece| piece.key.kind())
        .collect();
    let supported = score >= settings.strong_threshold && kinds.len() >= 2;
    if supported || evidence.iter().any(|piece| piece.decisive) {
        Strength::Strong
    } else if score >= settings.probable_threshold {
        Strength::Probable
    } else {
        Strength::Possible
    }
}
