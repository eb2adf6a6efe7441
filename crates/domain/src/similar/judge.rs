//! From levels to a probability and a strength (rules 3.3, 3.4).

use super::evidence::{self, Evidence};
use super::levels::{Company, Mail, Name, Phone, Spot};
use super::model::{Activity, Model, prior};
use super::relation::{Relation, relation};
use super::{Bond, Comparison, Form, Rarity, compare};
use crate::tenant::Settings;
use std::collections::BTreeSet;

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

/// What two records have to do with each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Probability that they are the same, 0 to 1.
    pub score: f64,
    /// How sure that is.
    pub strength: Strength,
    /// Why, the heaviest first.
    pub reasons: Vec<Evidence>,
    /// What they are if they are not the same.
    pub relation: Option<Relation>,
}

/// What is known about two records beside their forms.
#[derive(Debug, Clone, Copy, Default)]
pub struct Around {
    /// How many records have what both share.
    pub rarity: Rarity,
    /// What their customers have in common.
    pub bond: Option<Bond>,
    /// How many records the tenant has.
    pub records: u64,
}

/// Judges two records. None if they share none of the evidence of rules 3.2, whatever else is alike (rules 3.5).
/// Symmetric.
pub fn judge(settings: &Settings, a: &Form, b: &Form, around: Around) -> Option<Judgement> {
    judge_with(Model::builtin(), settings, a, b, around)
}

/// The same with other weights: for fitting and measuring them.
pub fn judge_with(model: &Model, settings: &Settings, a: &Form, b: &Form, around: Around) -> Option<Judgement> {
    let comparison = compare(settings, a, b, around.rarity);
    let reasons = evidence::evidence(model, a, b, around.bond, &comparison);
    if !reasons.iter().any(|piece| piece.supports) {
        return None;
    }
    let log_odds = log_odds(model, &comparison) + evidence::customer_weight(around.bond);
    let score = probability(log_odds + prior(around.records));
    let strength = strength(settings, a, b, &comparison, &reasons, score);
    Some(Judgement {
        score,
        strength,
        relation: if strength == Strength::Possible {
            relation(around.bond, &comparison)
        } else {
            None
        },
        reasons,
    })
}

/// The sum of the fitted weights.
fn log_odds(model: &Model, comparison: &Comparison) -> f64 {
    let active = Activity::of(comparison).all().into_iter();
    active.map(|active| model.weight(active)).sum()
}

fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// STRONG by decisive evidence, or by a high score that independent kinds support (rules 3.3).
fn strength(
    settings: &Settings,
    a: &Form,
    b: &Form,
    comparison: &Comparison,
    reasons: &[Evidence],
    score: f64,
) -> Strength {
    let decided = reasons.iter().any(|piece| piece.decisive);
    if decided || (score >= settings.strong_threshold && is_supported(a, b, comparison, reasons)) {
        Strength::Strong
    } else if score >= settings.probable_threshold {
        Strength::Probable
    } else {
        Strength::Possible
    }
}

/// Two independent kinds of evidence or more, one of them about the person; or about an organisation without a person
/// on either side. Names that contradict, and look-alike letters, are never acted upon without a human.
fn is_supported(a: &Form, b: &Form, comparison: &Comparison, reasons: &[Evidence]) -> bool {
    if comparison.name < Name::Unknown || a.lookalike || b.lookalike {
        return false;
    }
    // Relatives who work together have the same surnames and a mailbox each.
    if comparison.mail == Mail::Colleague && comparison.phone != Phone::Same {
        return false;
    }
    let kinds: BTreeSet<u8> = reasons
        .iter()
        .filter(|piece| piece.acts)
        .map(|piece| piece.key.kind())
        .collect();
    // An initial and one word of a name fit others of the same company: they need the person's own number or mailbox.
    let of_person = comparison.mail >= Mail::Folded
        || comparison.name >= Name::Close
        || (comparison.name >= Name::Initial && comparison.phone == Phone::Same);
    let organisation = a.is_anonymous()
        && b.is_anonymous()
        && comparison.company >= Company::Close
        && (comparison.phone == Phone::Same || comparison.spot == Spot::Same);
    kinds.len() >= 2 && (of_person || organisation)
}
