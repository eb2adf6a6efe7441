//! Finding the records like one record in a world where the candidates are loaded (rules 3).

use super::ask::{ask_by_form, is_crowded};
use super::{Evidence, EvidenceKey, Form, Judgement, Rarity, Relation, Strength, judge};
use crate::access::Caller;
use crate::ids::{CustomerId, LeadId};
use crate::keys::{Key, KeyKind, rarity_keys};
use crate::lead::{Lead, LeadStatus};
use crate::world::World;
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

/// The records and customers like `subject`, best first; ties newest first, then by id (rules 3.4).
pub fn find(world: &World, subject: &Lead, caller: &Caller, options: Options) -> Found {
    let form = Form::of_lead(world, subject);
    let asked = ask_by_form(world, subject, &form).all();
    Found {
        matches: matches(
            world,
            subject,
            &form,
            &asked,
            candidates(world, &asked),
            caller,
            options,
        ),
        customers: customers(world, subject, &form, &asked),
        skipped: skipped(world, &asked),
    }
}

fn matches(
    world: &World,
    subject: &Lead,
    form: &Form,
    asked: &BTreeSet<Key>,
    candidates: Vec<&Lead>,
    caller: &Caller,
    options: Options,
) -> Vec<Match> {
    let mut matches: Vec<(Match, &Lead)> = candidates
        .into_iter()
        .filter(|lead| lead.id != subject.id && lead.status != LeadStatus::Merged && caller.sees(lead))
        .filter(|lead| !options.exclude_closed || lead.is_open())
        .filter_map(|lead| Some((compare(world, form, asked, lead)?, lead)))
        .filter(|(found, _)| found.score >= options.min_score)
        .collect();
    matches.sort_by(|(a, x), (b, y)| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| (Reverse(x.create_time), x.id).cmp(&(Reverse(y.create_time), y.id)))
    });
    matches.into_iter().map(|(found, _)| found).collect()
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
    let mut matches = matches(world, subject, &form, &asked, found, caller, options);
    matches.retain(|found| found.strength == Strength::Strong);
    matches
}

/// Without what so many open records have that it says nothing: nobody is a duplicate by that, and comparing with all of
/// them is slow. Who has it and is one is found under another key.
fn telling(world: &World, asked: &BTreeSet<Key>) -> BTreeSet<Key> {
    let says_something = |key: &Key| !is_crowded(key) || hits(world, *key) < COUNTED;
    asked.iter().copied().filter(says_something).collect()
}

fn candidates<'w>(world: &'w World, asked: &BTreeSet<Key>) -> Vec<&'w Lead> {
    let ids: BTreeSet<LeadId> = asked.iter().flat_map(|key| world.lead_hits.of(*key)).collect();
    ids.into_iter().filter_map(|id| world.leads.get(&id)).collect()
}

/// Rarity is counted under the keys that were asked for this subject only: the answer must not depend on who shares
/// the micro-batch. Counts stop at [`COUNTED`], so that a policy, which looks at fewer records, comes to the same score.
fn compare(world: &World, subject: &Form, asked: &BTreeSet<Key>, lead: &Lead) -> Option<Match> {
    let other = Form::of_lead(world, lead);
    let theirs: Vec<Key> = rarity_keys(&other)
        .into_iter()
        .chain(other.contact.phone_key())
        .collect();
    let rarity = Rarity::of(theirs.iter().filter(|key| asked.contains(key)), |key| {
        u32::try_from(hits(world, key)).unwrap_or(u32::MAX)
    });
    let judgement = judge_in(world, subject, &other, rarity)?;
    Some(Match {
        lead_id: lead.id,
        score: judgement.score,
        strength: judgement.strength,
        reasons: judgement.reasons,
        relation: judgement.relation,
    })
}

fn hits(world: &World, key: Key) -> usize {
    if world.lead_hits.over_budget(key).is_some() {
        COUNTED
    } else {
        world.lead_hits.of(key).take(COUNTED).count()
    }
}

fn judge_in(world: &World, a: &Form, b: &Form, rarity: Rarity) -> Option<Judgement> {
    judge(&world.config.settings, a, b, rarity, world.records)
}

fn customers(world: &World, subject: &Lead, form: &Form, asked: &BTreeSet<Key>) -> Vec<CustomerMatch> {
    let ids: BTreeSet<CustomerId> = asked.iter().flat_map(|key| world.customer_hits.of(*key)).collect();
    let mut found: Vec<CustomerMatch> = ids
        .into_iter()
        .filter(|id| Some(*id) != subject.customer_id)
        .filter_map(|id| world.customers.get(&id))
        .filter_map(|customer| {
            let other = Form::of_customer(world, customer);
            let judgement = judge_in(world, form, &other, Rarity::default())?;
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
