//! Finding the records like one record in a world where the candidates are loaded (rules 3).

use super::ask::{ask_by_form, is_crowded};
use super::{Around, Bond, Candidate, Evidence, EvidenceKey, Form, Judgement, Rarity, Relation, Strength, Tie, judge};
use crate::access::Caller;
use crate::ids::{CustomerId, LeadId};
use crate::keys::{Key, KeyKind, Sought, holds, most_hits};
use crate::lead::{Lead, LeadStatus};
use crate::world::World;
use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Counts of a key's hits stop here.
pub(super) const COUNTED: usize = 100;

/// What to leave out.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Options {
    /// Matches below this score are left out; 0 = none is.
    pub min_score: f64,
    /// Won, lost and archived records are left out.
    pub exclude_closed: bool,
}

/// A similar record.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Which.
    pub lead_id: LeadId,
    /// Probability that it is the same, 0 to 1.
    pub score: f64,
    /// How sure that is.
    pub strength: Strength,
    /// Why, strongest first.
    pub reasons: Vec<Evidence>,
    /// What the two are to each other if they are not the same.
    pub relation: Option<Relation>,
}

/// A likely existing customer (rules 3.6).
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerMatch {
    /// Which.
    pub customer_id: CustomerId,
    /// Probability that it is the same, 0 to 1.
    pub score: f64,
    /// How sure that is.
    pub strength: Strength,
    /// Why, strongest first.
    pub reasons: Vec<Evidence>,
}

/// A key that too many records have (rules 3.5): it raised scores, it found nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedKey {
    /// What it is made of.
    pub key: EvidenceKey,
    /// About how many records have it.
    pub estimated_hits: i64,
}

/// Everything that was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// Similar records, best first.
    pub matches: Vec<Match>,
    /// Likely customers, best first.
    pub customers: Vec<CustomerMatch>,
    /// Keys over budget.
    pub skipped: Vec<SkippedKey>,
}

/// A record, with what is made of it to look for others like it: once, for it is slow to make.
#[derive(Debug, Clone)]
pub struct Search {
    subject: Lead,
    form: Form,
    asked: BTreeSet<Key>,
}

impl Search {
    /// For records like `subject`. Its customer and their commercial entity should be loaded.
    pub fn of(world: &World, subject: Lead) -> Self {
        let form = Form::of_lead(world, &subject);
        let asked = ask_by_form(world, &subject, &form).all();
        Self { subject, form, asked }
    }

    /// The keys to look under (rules 3.2).
    pub fn asked(&self) -> &BTreeSet<Key> {
        &self.asked
    }

    /// The same, each with the number of hits up to which it finds anybody.
    pub fn sought(&self) -> impl Iterator<Item = Sought> + '_ {
        self.asked.iter().map(|key| Sought {
            key: *key,
            most: most_hits(&self.form, *key),
        })
    }

    /// The records and customers like it, best first; ties newest first, then by id (rules 3.4). Who has the asked keys
    /// should be loaded.
    pub fn find(&self, world: &World, caller: &Caller, options: Options) -> Found {
        let query = Query::new(world, &self.subject, &self.form, &self.asked);
        Found {
            matches: query.matches(candidates(world, &self.asked), caller, options),
            customers: query.customers(&self.asked),
            skipped: skipped(world, &self.asked),
        }
    }
}

/// STRONG matches that are open (rules 3.7): what `on_duplicates` means. Looked for under the keys that can decide
/// alone, whatever else this world has loaded: the answer must not depend on who shares the micro-batch.
pub fn duplicates(world: &World, subject: &Lead, caller: &Caller) -> Vec<Match> {
    let options = Options {
        min_score: 0.0,
        exclude_closed: true,
    };
    let form = Form::of_lead(world, subject);
    let asked = ask_by_form(world, subject, &form).strong;
    let found = candidates(world, &telling(world, &asked));
    let mut matches = Query::new(world, subject, &form, &asked).matches(found, caller, options);
    matches.retain(|found| found.strength == Strength::Strong);
    matches
}

/// Without what so many open records have that it says nothing: nobody is a duplicate by that, and comparing with all of
/// them is slow. Who has it and is one is found under another key.
fn telling(world: &World, asked: &BTreeSet<Key>) -> BTreeSet<Key> {
    let says_something = |key: &Key| !is_crowded(key) || hits(world, *key) < COUNTED;
    asked.iter().copied().filter(says_something).collect()
}

fn candidates(world: &World, asked: &BTreeSet<Key>) -> BTreeSet<LeadId> {
    asked.iter().flat_map(|key| world.lead_hits.of(*key)).collect()
}

fn hits(world: &World, key: Key) -> usize {
    if world.lead_hits.over_budget(key).is_some() {
        COUNTED
    } else {
        world.lead_hits.of(key).take(COUNTED).count()
    }
}

/// A record that others are compared with.
struct Query<'w> {
    world: &'w World,
    subject: &'w Lead,
    form: &'w Form,
    tie: Option<Tie>,
    /// Those of the asked keys that tell how rare something is, with their hits. Rarity is counted under the keys that
    /// were asked for this subject only: the answer must not depend on who shares the micro-batch. Counts stop at
    /// [`COUNTED`], so that a policy, which looks at fewer records, comes to the same score.
    counted: Vec<(Key, usize)>,
}

impl<'w> Query<'w> {
    fn new(world: &'w World, subject: &'w Lead, form: &'w Form, asked: &BTreeSet<Key>) -> Self {
        let counted = asked.iter().filter(|key| Rarity::counts(key));
        Self {
            world,
            subject,
            form,
            tie: world.tie(subject.customer_id),
            counted: counted.map(|key| (*key, hits(world, *key))).collect(),
        }
    }

    fn matches(&self, ids: BTreeSet<LeadId>, caller: &Caller, options: Options) -> Vec<Match> {
        let mut matches: Vec<(Match, DateTime<Utc>)> = ids
            .into_iter()
            .filter(|id| *id != self.subject.id)
            .filter_map(|id| Some((id, self.world.candidate(id)?)))
            .filter(|(_, one)| one.status != LeadStatus::Merged && caller.sees_those_of(one.salesperson_id))
            .filter(|(_, one)| !options.exclude_closed || one.status == LeadStatus::Open)
            .filter_map(|(id, one)| Some((self.compare(id, &one)?, one.create_time)))
            .filter(|(found, _)| found.score >= options.min_score)
            .collect();
        matches.sort_by(|(a, x), (b, y)| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| (Reverse(x), a.lead_id).cmp(&(Reverse(y), b.lead_id)))
        });
        matches.into_iter().map(|(found, _)| found).collect()
    }

    fn compare(&self, id: LeadId, other: &Candidate) -> Option<Match> {
        let tie = self.world.tie(other.customer_id);
        let judgement = self.judge(&other.form, tie, self.rarity(id, &other.form))?;
        Some(Match {
            lead_id: id,
            score: judgement.score,
            strength: judgement.strength,
            reasons: judgement.reasons,
            relation: judgement.relation,
        })
    }

    fn judge(&self, other: &Form, tie: Option<Tie>, rarity: Rarity) -> Option<Judgement> {
        let around = Around {
            rarity,
            bond: Bond::between(self.tie, tie),
            records: self.world.records,
        };
        judge(&self.world.config.settings, self.form, other, around)
    }

    /// Who has a key that few have was loaded with it. Of one that many have only some may have been.
    fn rarity(&self, id: LeadId, other: &Form) -> Rarity {
        let shared = self
            .counted
            .iter()
            .filter(|(key, hits)| self.world.lead_hits.has(*key, id) || (*hits == COUNTED && holds(other, *key)));
        Rarity::of(shared.map(|(key, hits)| (*key, u32::try_from(*hits).unwrap_or(u32::MAX))))
    }

    fn customers(&self, asked: &BTreeSet<Key>) -> Vec<CustomerMatch> {
        let world = self.world;
        let ids: BTreeSet<CustomerId> = asked.iter().flat_map(|key| world.customer_hits.of(*key)).collect();
        let others = ids.into_iter().filter(|id| Some(*id) != self.subject.customer_id);
        let mut found: Vec<CustomerMatch> = others
            .filter_map(|id| world.customers.get(&id))
            .filter_map(|customer| {
                let other = Form::of_customer(world, customer);
                let judgement = self.judge(&other, world.tie(Some(customer.id)), Rarity::default())?;
                Some(CustomerMatch {
                    customer_id: customer.id,
                    score: judgement.score,
                    strength: judgement.strength,
                    reasons: judgement.reasons,
                })
            })
            .collect();
        found.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| a.customer_id.cmp(&b.customer_id))
        });
        found
    }
}

fn skipped(world: &World, asked: &BTreeSet<Key>) -> Vec<SkippedKey> {
    asked
        .iter()
        .filter_map(|key| {
            Some(SkippedKey {
                key: evidence_key(key.kind)?,
                estimated_hits: world.lead_hits.over_budget(*key)?,
            })
        })
        .collect()
}

fn evidence_key(kind: KeyKind) -> Option<EvidenceKey> {
    match kind {
        KeyKind::Customer => Some(EvidenceKey::Customer),
        KeyKind::Email => Some(EvidenceKey::Email),
        KeyKind::FoldedEmail => Some(EvidenceKey::FoldedEmail),
        KeyKind::Phone => Some(EvidenceKey::Phone),
        KeyKind::Domain => Some(EvidenceKey::Domain),
        KeyKind::CompanyName => Some(EvidenceKey::CompanyName),
        KeyKind::PersonName => Some(EvidenceKey::PersonName),
        _ => None,
    }
}
