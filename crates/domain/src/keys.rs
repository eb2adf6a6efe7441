//! Keys: short hashes of normal forms by which records find each other (rules 2 and 3.2).
//!
//! A key is computed when a record is written and stored beside it; two records that share a key share that piece of
//! evidence. Provider lists and commercial entities apply at query time (rules 2.4), so changing them needs no rebuild;
//! what else changes keys of records that are there already makes them anew in the background ([`crate::rekey`]).

mod fuzzy;

pub use fuzzy::{fuzzy_keys, holds, most_hits};

use crate::customer::Customer;
use crate::ids::CustomerId;
use crate::lead::{Lead, LeadStatus};
use crate::normal;
use crate::similar::{Form, Given};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use xxhash_rust::xxh3::xxh3_64;

/// Counts the rules by which keys and normal forms are made: raise it with every change after which a record would get
/// others than it has. Tenants whose keys are of an older version get new ones in the background.
pub const KEYS_VERSION: i32 = 3;

/// Hits from which a key that is evidence finds nobody (rules 3.5).
pub const BUDGET: usize = 1_000;

/// How a tenant reads contact data: what its settings say about keys.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// Reads local phone numbers where nobody has a country (rules 2.4); empty = none.
    pub default_country: &'a str,
    /// Addresses that give no key (rules 2.1).
    pub placeholders: &'a [String],
}

/// What a key is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum KeyKind {
    /// The customer a record is linked to.
    Customer,
    /// A normal e-mail address (rules 2.1).
    Email,
    /// A folded e-mail address that differs from the normal one (rules 2.2).
    FoldedEmail,
    /// A phone number in E.164 (rules 2.4).
    Phone,
    /// An e-mail domain or a website's registrable domain (rules 2.3, 2.6).
    Domain,
    /// A company's normal name.
    CompanyName,
    /// Two words of a person's name, or the only one.
    PersonName,
    /// A word of a person's name and the initial of another.
    NameAndInitial,
    /// The name of a personal mailbox, at whatever domain.
    Mailbox,
    /// The last digits of a phone number, whatever its country.
    PhoneEnd,
    /// The sound of a person's word and the beginning of the company's name or domain.
    SoundAndCompany,
    /// The sounds of two words of a person's name.
    Sounds,
    /// The sound of a person's word and the postal code.
    SoundAndPostal,
    /// A word of a person's name and the city.
    NameAndCity,
    /// The house number, and the street or the postal code.
    House,
    /// The sounds of a company's name.
    CompanySounds,
    /// The sound of a company's first word, and the city or the postal code.
    CompanyAndPlace,
    /// A word of the record, for text search.
    Word,
}

impl KeyKind {
    /// Only makes candidates: sharing it is no evidence of rules 3.2, and how many it gives is the engine's affair
    /// (rules 3.5).
    pub fn is_fuzzy(self) -> bool {
        matches!(
            self,
            Self::NameAndInitial
                | Self::Mailbox
                | Self::PhoneEnd
                | Self::SoundAndCompany
                | Self::Sounds
                | Self::SoundAndPostal
                | Self::NameAndCity
                | Self::House
                | Self::CompanySounds
                | Self::CompanyAndPlace
        )
    }
}

/// A key: its kind and the hash of kind and value, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// What it is made of.
    pub kind: KeyKind,
    /// 64 bits; the database has them as a signed integer.
    pub hash: i64,
}

impl Key {
    /// The key of a value that is in normal form already.
    pub fn new(kind: KeyKind, value: &str) -> Self {
        let tag = match kind {
            KeyKind::Customer => 'c',
            KeyKind::Email => 'e',
            KeyKind::FoldedEmail => 'f',
            KeyKind::Phone => 'p',
            KeyKind::Domain => 'd',
            KeyKind::CompanyName => 'n',
            KeyKind::PersonName => 'm',
            KeyKind::NameAndInitial => 'i',
            KeyKind::Mailbox => 'l',
            KeyKind::PhoneEnd => '8',
            KeyKind::SoundAndCompany => 's',
            KeyKind::Sounds => 't',
            KeyKind::SoundAndPostal => 'z',
            KeyKind::NameAndCity => 'y',
            KeyKind::House => 'h',
            KeyKind::CompanySounds => 'o',
            KeyKind::CompanyAndPlace => 'q',
            KeyKind::Word => 'w',
        };
        Self {
            kind,
            hash: xxh3_64(format!("{tag}:{value}").as_bytes()).cast_signed(),
        }
    }

    /// The key of all records linked to a customer.
    pub fn of_customer(id: CustomerId) -> Self {
        Self::new(KeyKind::Customer, &id.to_string())
    }

    /// The key of a search word, in the form of [`normal::words()`].
    pub fn of_word(word: &str) -> Self {
        Self::new(KeyKind::Word, word)
    }
}

/// A key under which a search looks for records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sought {
    /// Which.
    pub key: Key,
    /// With more hits than this it finds nobody.
    pub most: usize,
}

/// A domain that a record shows, and its key. Kept with its text because generic providers are left out when asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainKey {
    /// The domain, ASCII, lower case.
    pub domain: String,
    /// Its key.
    pub key: Key,
}

/// The normal forms of a record's contact data, as keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactKeys {
    /// Normal addresses, in the order given; placeholders left out (rules 2.1).
    pub emails: Vec<normal::Email>,
    /// E.164 number.
    pub phone: Option<String>,
    /// Domains of the addresses and the website, generic ones included.
    pub domains: Vec<DomainKey>,
}

impl ContactKeys {
    /// Reads the normal forms of e-mail, phone and website. `region` reads local phone numbers (rules 2.4);
    /// `placeholders` are left out (rules 2.1).
    pub fn read(email: &str, phone: &str, website: &str, region: Option<&str>, placeholders: &[String]) -> Self {
        let mut emails = normal::emails(email);
        emails.retain(|email| !email.is_placeholder_in(placeholders.iter().map(String::as_str)));
        let site = if website.is_empty() {
            None
        } else {
            normal::registrable_domain(website)
        };
        let site = site.filter(|domain| !normal::is_shared_website(domain));
        let names: BTreeSet<String> = emails.iter().map(|email| email.domain.clone()).chain(site).collect();
        let domains = names
            .into_iter()
            .map(|domain| DomainKey {
                key: Key::new(KeyKind::Domain, &domain),
                domain,
            })
            .collect();
        let phone = if phone.is_empty() {
            None
        } else {
            normal::phone(phone, region)
        };
        Self { emails, phone, domains }
    }

    /// One key a normal address.
    pub fn email_keys(&self) -> impl Iterator<Item = Key> {
        self.emails
            .iter()
            .map(|email| Key::new(KeyKind::Email, &email.address()))
    }

    /// Keys of the folded addresses that differ from their normal form.
    pub fn folded_keys(&self) -> impl Iterator<Item = Key> {
        self.emails
            .iter()
            .filter(|email| email.folded() != email.address())
            .map(|email| Key::new(KeyKind::FoldedEmail, &email.folded()))
    }

    /// Keys that find records with the same folded address, whether or not theirs differs from its normal form.
    pub fn folded_lookups(&self) -> impl Iterator<Item = Key> {
        self.emails.iter().flat_map(|email| {
            let folded = email.folded();
            [
                Key::new(KeyKind::FoldedEmail, &folded),
                Key::new(KeyKind::Email, &folded),
            ]
        })
    }

    /// The phone's key.
    pub fn phone_key(&self) -> Option<Key> {
        self.phone.as_ref().map(|number| Key::new(KeyKind::Phone, number))
    }

    fn all(&self) -> BTreeSet<Key> {
        self.email_keys()
            .chain(self.folded_keys())
            .chain(self.phone_key())
            .chain(self.domains.iter().map(|domain| domain.key))
            .collect()
    }
}

/// The country that reads a record's local phone number: its own → its customer's → the tenant's (rules 2.4).
pub fn region<'a>(own: &'a str, customer: Option<&'a str>, tenant: &'a str) -> Option<&'a str> {
    [Some(own), customer, Some(tenant)]
        .into_iter()
        .flatten()
        .find(|country| !country.is_empty())
}

/// Normal forms of a lead's contact data.
pub fn contact_of_lead(lead: &Lead, customer_country: Option<&str>, reading: Reading<'_>) -> ContactKeys {
    let region = region(&lead.address.country, customer_country, reading.default_country);
    ContactKeys::read(&lead.email, &lead.phone, &lead.website, region, reading.placeholders)
}

/// Normal forms of a customer's contact data.
pub fn contact_of_customer(customer: &Customer, reading: Reading<'_>) -> ContactKeys {
    let region = region(&customer.address.country, None, reading.default_country);
    ContactKeys::read(
        &customer.email,
        &customer.phone,
        &customer.website,
        region,
        reading.placeholders,
    )
}

/// What is stored beside a record, so that others find it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stored {
    /// Every key under which it is found.
    pub keys: BTreeSet<Key>,
    /// Its normal forms; a tombstone has none.
    pub form: Option<Form>,
}

/// What is stored beside a lead. Of a tombstone only words: it is similar to nothing (rules 3.1), and who counts the
/// records that share a key need not look at each.
pub fn stored_of_lead(lead: &Lead, customer_country: Option<&str>, reading: Reading<'_>) -> Stored {
    let texts = [&lead.title, &lead.contact_name, &lead.company_name, &lead.email];
    let mut keys: BTreeSet<Key> = word_keys(&texts).into_iter().collect();
    let form = (lead.status != LeadStatus::Merged).then(|| {
        let region = region(&lead.address.country, customer_country, reading.default_country);
        Form::read(&Given::of_lead(lead), region, reading.placeholders)
    });
    if let Some(form) = &form {
        keys.extend(match_keys(form));
        keys.extend(lead.customer_id.map(Key::of_customer));
    }
    Stored { keys, form }
}

/// Every key under which a customer is stored.
pub fn stored_of_customer(customer: &Customer, reading: Reading<'_>) -> BTreeSet<Key> {
    let region = region(&customer.address.country, None, reading.default_country);
    let form = Form::read(&Given::of_customer(customer, ""), region, reading.placeholders);
    let mut keys = match_keys(&form);
    keys.extend(word_keys(&[&customer.name, &customer.email]));
    keys
}

/// The keys of a record's normal forms, text search left out.
pub fn match_keys(form: &Form) -> BTreeSet<Key> {
    let mut keys = fuzzy_keys(form);
    keys.extend(form.contact.all());
    keys
}

/// The key of a company's normal name.
pub fn company_key(name: &str) -> Option<Key> {
    normal::company(name).map(|company| Key::new(KeyKind::CompanyName, &company.key))
}

fn word_keys(texts: &[&String]) -> Vec<Key> {
    normal::words(texts.iter().map(|text| text.as_str()))
        .iter()
        .map(|word| Key::of_word(word))
        .collect()
}
