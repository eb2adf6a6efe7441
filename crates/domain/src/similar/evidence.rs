//! What two records have in common, and what speaks against it (rules 3.2).

use super::Form;
use crate::normal::{self, NameAgreement};
use crate::tenant::Settings;

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
    /// Log-odds (natural logarithm).
    pub weight: f64,
    /// For a salesperson: what agrees or not. It names no value.
    pub detail: &'static str,
    /// Enough on its own for STRONG (rules 3.3).
    pub decisive: bool,
}

/// All evidence between two records, in no particular order. Symmetric.
pub(super) fn evidence(settings: &Settings, a: &Form, b: &Form) -> Vec<Evidence> {
    let names = normal::compare(a.person.as_ref(), b.person.as_ref());
    [
        customer(a, b),
        email(a, b, names),
        folded(a, b, names),
        phone(a, b),
        domain(settings, a, b),
        company(a, b),
        person(names),
        address(a, b),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn some(key: EvidenceKey, weight: f64, detail: &'static str) -> Option<Evidence> {
    Some(Evidence {
        key,
        weight,
        detail,
        decisive: false,
    })
}

fn decisive(key: EvidenceKey, weight: f64, detail: &'static str) -> Option<Evidence> {
    Some(Evidence {
        key,
        weight,
        detail,
        decisive: true,
    })
}

fn customer(a: &Form, b: &Form) -> Option<Evidence> {
    let (ours, theirs) = (a.customer?, b.customer?);
    if ours.0 == theirs.0 {
        // All deals of one company would be duplicates if a company as customer were enough.
        return if ours.1 {
            decisive(EvidenceKey::Customer, 7.0, "same customer")
        } else {
            some(EvidenceKey::Customer, 2.5, "same company as customer")
        };
    }
    if a.entity == b.entity {
        some(EvidenceKey::CommercialEntity, 2.0, "customers of the same company")
    } else {
        None
    }
}

/// Plain and folded address are one kind, of which the better piece counts. Both are shown: one shared mailbox says less
/// than a person's own that is written differently.
fn email(a: &Form, b: &Form, names: NameAgreement) -> Option<Evidence> {
    let shared = |email: &&normal::Email| b.contact.emails.contains(email);
    let same = a.contact.emails.iter().filter(shared);
    let best = same.map(|email| email.is_role_mailbox()).min();
    match best {
        Some(false) => decisive(EvidenceKey::Email, 6.0, "same e-mail address"),
        Some(true) if names == NameAgreement::Conflict => {
            some(EvidenceKey::Email, 2.0, "same shared mailbox, another person")
        }
        Some(true) => decisive(EvidenceKey::Email, 4.0, "same shared mailbox"),
        None => None,
    }
}

fn folded(a: &Form, b: &Form, names: NameAgreement) -> Option<Evidence> {
    let written_differently = |email: &&normal::Email| {
        let folded = email.folded();
        let mut theirs = b.contact.emails.iter();
        theirs.any(|other| other != *email && other.folded() == folded)
    };
    let same = a.contact.emails.iter().filter(written_differently);
    let weight = match same.map(|email| email.is_role_mailbox()).min()? {
        false => 5.0,
        true if names == NameAgreement::Conflict => 1.5,
        true => 3.5,
    };
    some(EvidenceKey::FoldedEmail, weight, "same mailbox, written differently")
}

fn phone(a: &Form, b: &Form) -> Option<Evidence> {
    if a.contact.phone.is_some() && a.contact.phone == b.contact.phone {
        some(EvidenceKey::Phone, 4.5, "same phone number")
    } else {
        None
    }
}

fn domain(settings: &Settings, a: &Form, b: &Form) -> Option<Evidence> {
    let shared = a
        .contact
        .domains
        .iter()
        .filter(|domain| b.contact.domains.contains(domain));
    if shared.into_iter().any(|domain| !settings.is_generic(&domain.domain)) {
        some(EvidenceKey::Domain, 1.5, "same e-mail or website domain")
    } else {
        None
    }
}

fn company(a: &Form, b: &Form) -> Option<Evidence> {
    match normal::compare_company(a.company.as_ref(), b.company.as_ref()) {
        NameAgreement::Same => some(EvidenceKey::CompanyName, 2.0, "same company name"),
        NameAgreement::Close => some(EvidenceKey::CompanyName, 1.2, "similar company name"),
        NameAgreement::Weak => some(EvidenceKey::CompanyName, 0.4, "company names have a part in common"),
        NameAgreement::Unknown | NameAgreement::Conflict => None,
    }
}

fn person(names: NameAgreement) -> Option<Evidence> {
    match names {
        NameAgreement::Same => some(EvidenceKey::PersonName, 4.0, "same name"),
        NameAgreement::Close => some(EvidenceKey::PersonName, 3.0, "same name, written differently"),
        NameAgreement::Weak => some(EvidenceKey::PersonName, 1.0, "names may be the same"),
        NameAgreement::Unknown => None,
        NameAgreement::Conflict => some(EvidenceKey::PersonName, -4.0, "another name"),
    }
}

fn address(a: &Form, b: &Form) -> Option<Evidence> {
    if crate::address::same_place(&a.address, &b.address) {
        some(EvidenceKey::Address, 2.0, "same address")
    } else {
        None
    }
}
