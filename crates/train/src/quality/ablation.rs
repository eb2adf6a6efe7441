//! What each kind of key, and each field, is good for.

use super::line;
use crate::measure::Bench;
use crate::records::Record;
use anyhow::Context;
use opportune_domain::keys::KeyKind;
use opportune_domain::similar::Model;

const KINDS: [(KeyKind, &str); 16] = [
    (KeyKind::Email, "e-mail"),
    (KeyKind::FoldedEmail, "folded e-mail"),
    (KeyKind::Phone, "phone"),
    (KeyKind::Domain, "domain"),
    (KeyKind::CompanyName, "company"),
    (KeyKind::PersonName, "name"),
    (KeyKind::NameAndInitial, "name and initial"),
    (KeyKind::Mailbox, "mailbox"),
    (KeyKind::PhoneEnd, "phone end"),
    (KeyKind::SoundAndCompany, "sound and company"),
    (KeyKind::Sounds, "sounds"),
    (KeyKind::SoundAndPostal, "sound and postal code"),
    (KeyKind::NameAndCity, "name and city"),
    (KeyKind::House, "house"),
    (KeyKind::CompanySounds, "company sounds"),
    (KeyKind::CompanyAndPlace, "company and place"),
];

const FIELDS: [&str; 7] = ["name", "mail", "cross", "phone", "company", "domain", "place"];

/// Kinds of keys by the names that the table gives them.
///
/// # Errors
/// There is no such kind.
pub fn kinds(names: &[String]) -> anyhow::Result<Vec<KeyKind>> {
    let kind = |name: &String| {
        let found = KINDS.iter().find(|(_, known)| known == name);
        found
            .map(|(kind, _)| *kind)
            .with_context(|| format!("there is no kind of key called {name:?}"))
    };
    names.iter().map(kind).collect()
}

/// Without each kind of key in turn, and how many of it a record has.
pub fn keys(model: &Model, records: &[Record]) {
    for (kind, name) in KINDS {
        let bench = Bench::new(records, &[kind]);
        let each = bench.index().keys_of_kind(kind);
        line(
            &format!("  without key: {name} ({each:.1} a record)"),
            &bench.measure(model),
        );
    }
}

/// With each field taken for unknown in turn; other fields keep their weights.
pub fn fields(model: &Model, records: &[Record]) {
    let bench = Bench::new(records, &[]);
    for field in FIELDS {
        line(
            &format!("  without field: {field}"),
            &bench.measure(&model.without(field)),
        );
    }
}
