//! Two records side by side: a level for each field. Symmetric.

mod company;
mod mail;
mod person;
mod phone;
mod spot;

pub(crate) use mail::label;

use super::levels::{Company, Context, Cross, Domain, Mail, Name, Phone, Spot};
use super::{Form, Rarity};
use crate::tenant::Settings;

/// The levels of two records.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The person's name.
    pub name: Name,
    /// E-mail addresses.
    pub mail: Mail,
    /// Names in mailboxes.
    pub cross: Cross,
    /// Phone numbers.
    pub phone: Phone,
    /// Company names.
    pub company: Company,
    /// Domains.
    pub domain: Domain,
    /// Addresses.
    pub spot: Spot,
    /// What is known about the person altogether.
    pub context: Context,
    /// How many others have what both share.
    pub rarity: Rarity,
}

/// Compares two records.
pub fn compare(settings: &Settings, a: &Form, b: &Form, rarity: Rarity) -> Comparison {
    let name = person::name(a, b);
    let mail = mail::mail(settings, a, b);
    let cross = person::cross(a, b);
    Comparison {
        name,
        mail,
        cross,
        phone: phone::phone(a, b, rarity),
        company: company::company(a, b),
        domain: company::domain(settings, a, b),
        spot: spot::spot(&a.place, &b.place),
        context: context(a, b, name, mail, cross),
        rarity,
    }
}

fn context(a: &Form, b: &Form, name: Name, mail: Mail, cross: Cross) -> Context {
    // Names that contradict are overruled by an address only, or by a telling mailbox name if a word agrees.
    let overruled = mail >= Mail::Folded || (mail >= Mail::LongName && name > Name::Conflict);
    if name < Name::Unknown && !overruled {
        return Context::Conflict;
    }
    if name >= Name::Initial || mail >= Mail::Pattern || cross >= Cross::Initial {
        return Context::Agree;
    }
    if name == Name::Part || cross == Cross::Word || mail == Mail::ShortName {
        return Context::Partial;
    }
    match (a.is_anonymous(), b.is_anonymous()) {
        (true, true) => Context::Anonymous,
        (true, false) | (false, true) => Context::OneSided,
        // Two people, and nothing of one in the other: an address without a name, a name without an address.
        (false, false) if cross == Cross::No || mail < Mail::Unknown => Context::Conflict,
        (false, false) => Context::OneSided,
    }
}
