//! Companies, by name and by domain.

use super::mail::{label, slip};
use crate::normal::{self, CompanyName, NameAgreement, slips};
use crate::similar::Form;
use crate::similar::levels::{Company, Domain};
use crate::tenant::Settings;

/// Letters by which a shortened name is known.
const STEM: usize = 5;

pub(super) fn company(a: &Form, b: &Form) -> Company {
    let (Some(one), Some(other)) = (&a.company, &b.company) else {
        return Company::Unknown;
    };
    match normal::compare_company(Some(one), Some(other)) {
        NameAgreement::Same => Company::Same,
        NameAgreement::Close => Company::Close,
        NameAgreement::Weak => Company::Part,
        NameAgreement::Unknown => Company::Unknown,
        NameAgreement::Conflict if near(&one.tokens.concat(), &other.tokens.concat()) => Company::Close,
        NameAgreement::Conflict if shortened(one, other) || shortened(other, one) => Company::Part,
        NameAgreement::Conflict => Company::Other,
    }
}

/// Slips in one letter of six.
fn near(a: &str, b: &str) -> bool {
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    let allowed = short / 6;
    short >= 5 && long <= 60 && long - short <= allowed && slips::within(a, b, allowed)
}

/// `northauto` beside `north automotive`.
fn shortened(short: &CompanyName, long: &CompanyName) -> bool {
    let (a, b) = (short.tokens.concat(), long.tokens.concat());
    a.len() >= STEM && b.len() > a.len() && b.starts_with(&a)
}

pub(super) fn domain(settings: &Settings, a: &Form, b: &Form) -> Domain {
    let (ours, theirs) = (own(settings, a), own(settings, b));
    let pairs = ours
        .iter()
        .flat_map(|one| theirs.iter().map(move |other| (*one, *other)));
    let level = |(one, other): (&str, &str)| match () {
        () if one == other => Domain::Same,
        () if slip(one, other) => Domain::Close,
        () => Domain::Other,
    };
    let best = pairs.map(level).max();
    match best {
        Some(level) if level > Domain::Other => level,
        _ if shows(&ours, b) || shows(&theirs, a) => Domain::Cross,
        Some(level) => level,
        None => Domain::Unknown,
    }
}

/// The domains that are no provider's.
fn own<'f>(settings: &Settings, form: &'f Form) -> Vec<&'f str> {
    let domains = form.contact.domains.iter().map(|one| one.domain.as_str());
    domains.filter(|domain| !settings.is_generic(domain)).collect()
}

/// Whether a domain is made of the other side's company name.
fn shows(domains: &[&str], form: &Form) -> bool {
    let Some(company) = form.company.as_ref().filter(|_| !domains.is_empty()) else {
        return false;
    };
    let name = company.tokens.concat();
    domains.iter().any(|domain| {
        let label = label(domain);
        let fits = label.len().min(name.len()) >= STEM && (name.starts_with(&*label) || label.starts_with(&name));
        fits || (label == name && !name.is_empty()) || near(&label, &name)
    })
}
