//! What two records have in common, and what speaks against it (rules 3.2).

use super::levels::{Company, Context, Cross, Domain, Mail, Name, Phone, Spot};
use super::model::{Active, Activity, Model};
use super::{Bond, Comparison, Form};

/// The kinds of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the contract's and say all")]
pub enum EvidenceKey {
    Customer,
    CommercialEntity,
    Email,
    Phone,
    FoldedEmail,
    Domain,
    CompanyName,
    PersonName,
    Address,
}

impl EvidenceKey {
    /// Independent kinds of evidence (rules 3.3): those with the same number are one kind.
    pub fn kind(self) -> u8 {
        match self {
            Self::Customer | Self::CommercialEntity => 0,
            Self::Email | Self::FoldedEmail => 1,
            Self::Phone => 2,
            Self::PersonName => 3,
            Self::Domain | Self::CompanyName => 4,
            Self::Address => 5,
        }
    }
}

/// One piece of evidence; a negative weight speaks against.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Its key.
    pub key: EvidenceKey,
    /// Log-odds (natural logarithm) that it adds to what not knowing would.
    pub weight: f64,
    /// For a salesperson: what agrees or not. It names no value.
    pub detail: &'static str,
    /// Is evidence of rules 3.2: without any such piece two records are no match.
    pub supports: bool,
    /// Counts as a kind of evidence for STRONG (rules 3.3).
    pub acts: bool,
    /// Enough on its own for STRONG (rules 3.3).
    pub decisive: bool,
}

/// A person as customer of both.
const SAME_CUSTOMER: f64 = 12.0;

/// A company as customer of both.
const SAME_COMPANY_AS_CUSTOMER: f64 = 2.5;

/// Customers of one commercial entity.
const SAME_ENTITY: f64 = 2.0;

/// What the customers of two records add.
pub(super) fn customer_weight(bond: Option<Bond>) -> f64 {
    customer(bond).map_or(0.0, |piece| piece.weight)
}

/// All evidence between two records, the heaviest first. Symmetric.
pub(super) fn evidence(
    model: &Model,
    a: &Form,
    b: &Form,
    bond: Option<Bond>,
    comparison: &Comparison,
) -> Vec<Evidence> {
    let mut pieces: Vec<Evidence> = [
        customer(bond),
        person(model, a, b, comparison),
        mail(model, comparison),
        cross(model, comparison),
        phone(model, comparison),
        company(model, comparison),
        domain(model, comparison),
        spot(model, comparison),
    ]
    .into_iter()
    .flatten()
    .collect();
    pieces.sort_by(|x, y| (y.weight.total_cmp(&x.weight)).then(x.key.cmp(&y.key)));
    pieces
}

fn customer(bond: Option<Bond>) -> Option<Evidence> {
    let (key, weight, detail, decisive) = match bond? {
        Bond::Person => (EvidenceKey::Customer, SAME_CUSTOMER, "same customer", true),
        Bond::Company => (
            EvidenceKey::Customer,
            SAME_COMPANY_AS_CUSTOMER,
            "same company as customer",
            false,
        ),
        Bond::Entity => (
            EvidenceKey::CommercialEntity,
            SAME_ENTITY,
            "customers of the same company",
            false,
        ),
    };
    Some(Evidence {
        key,
        weight,
        detail,
        supports: true,
        acts: true,
        decisive,
    })
}

/// What a level adds to what not knowing would add.
fn gain(model: &Model, level: Active, unknown: usize, index: usize) -> f64 {
    let unknown = level.0 + unknown - index;
    model.weight(level) - model.weight((unknown, 1.0))
}

fn person(model: &Model, a: &Form, b: &Form, comparison: &Comparison) -> Option<Evidence> {
    let level = comparison.name;
    if level == Name::Unknown {
        return None;
    }
    let [own, common] = Activity::of(comparison).name;
    let context = Activity::of(comparison).context;
    let one_sided = context.0 + Context::OneSided.index() - comparison.context.index();
    // What is known about the person altogether is told with the name.
    let weight = gain(model, own, Name::Unknown.index(), level.index()) + model.weight(common) + model.weight(context)
        - model.weight((one_sided, 1.0));
    // Two mailboxes of one name are no name: somebody must have given one.
    let given = a.person.is_some() || b.person.is_some();
    Some(Evidence {
        key: EvidenceKey::PersonName,
        weight,
        detail: if comparison.rarity.name > 20 && level > Name::Unknown {
            "same name, which many have"
        } else {
            level.detail()
        },
        supports: given && level > Name::Unknown,
        acts: given && level >= Name::Initial,
        decisive: false,
    })
}

fn mail(model: &Model, comparison: &Comparison) -> Option<Evidence> {
    let level = comparison.mail;
    let key = match level {
        Mail::Unknown => return None,
        Mail::Same | Mail::Role => EvidenceKey::Email,
        Mail::Folded => EvidenceKey::FoldedEmail,
        Mail::Colleague | Mail::Other | Mail::Slip => EvidenceKey::Email,
        // The same name of a mailbox elsewhere tells a name, not an address.
        Mail::ShortName | Mail::LongName | Mail::Pattern => EvidenceKey::PersonName,
    };
    let contradicted = level == Mail::Role && comparison.name < Name::Unknown;
    Some(Evidence {
        key,
        weight: gain(
            model,
            Activity::of(comparison).mail,
            Mail::Unknown.index(),
            level.index(),
        ),
        detail: if contradicted {
            "same shared mailbox, another person"
        } else {
            level.detail()
        },
        supports: matches!(level, Mail::Role | Mail::Folded | Mail::Same),
        acts: matches!(level, Mail::Role | Mail::Folded | Mail::Same),
        decisive: level == Mail::Same || (level == Mail::Role && !contradicted),
    })
}

fn cross(model: &Model, comparison: &Comparison) -> Option<Evidence> {
    let level = comparison.cross;
    // What the names say themselves needs no mailbox to say it.
    if level == Cross::Unknown || comparison.name != Name::Unknown || comparison.mail != Mail::Unknown {
        return None;
    }
    Some(Evidence {
        key: EvidenceKey::PersonName,
        weight: gain(
            model,
            Activity::of(comparison).cross,
            Cross::Unknown.index(),
            level.index(),
        ),
        detail: level.detail(),
        supports: level >= Cross::Initial,
        acts: false,
        decisive: false,
    })
}

fn phone(model: &Model, comparison: &Comparison) -> Option<Evidence> {
    let level = comparison.phone;
    let same = level == Phone::Same || level == Phone::Shared;
    (level != Phone::Unknown).then(|| Evidence {
        key: EvidenceKey::Phone,
        weight: gain(
            model,
            Activity::of(comparison).phone,
            Phone::Unknown.index(),
            level.index(),
        ),
        detail: level.detail(),
        supports: same,
        acts: same,
        decisive: false,
    })
}

fn company(model: &Model, comparison: &Comparison) -> Option<Evidence> {
    let level = comparison.company;
    let [own, common] = Activity::of(comparison).company;
    (level != Company::Unknown).then(|| Evidence {
        key: EvidenceKey::CompanyName,
        weight: gain(model, own, Company::Unknown.index(), level.index()) + model.weight(common),
        detail: level.detail(),
        supports: level > Company::Unknown,
        acts: level >= Company::Close,
        decisive: false,
    })
}

fn domain(model: &Model, comparison: &Comparison) -> Option<Evidence> {
    let level = comparison.domain;
    (level != Domain::Unknown).then(|| Evidence {
        key: EvidenceKey::Domain,
        weight: gain(
            model,
            Activity::of(comparison).domain,
            Domain::Unknown.index(),
            level.index(),
        ),
        detail: level.detail(),
        supports: level == Domain::Same,
        acts: level == Domain::Same,
        decisive: false,
    })
}

fn spot(model: &Model, comparison: &Comparison) -> Option<Evidence> {
    let level = comparison.spot;
    (level != Spot::Unknown).then(|| Evidence {
        key: EvidenceKey::Address,
        weight: gain(
            model,
            Activity::of(comparison).spot,
            Spot::Unknown.index(),
            level.index(),
        ),
        detail: level.detail(),
        supports: level == Spot::Same,
        acts: level == Spot::Same,
        decisive: false,
    })
}
