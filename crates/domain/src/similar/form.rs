//! What matching looks at of a record: its normal forms, side by side.

use crate::address::Address;
use crate::customer::Customer;
use crate::keys::{self, ContactKeys};
use crate::lead::Lead;
use crate::normal::lists::{self, junk, people};
use crate::normal::person::{Generation, without_particles};
use crate::normal::{self, CompanyName, Mailbox, PersonName, Place};
use crate::world::World;
use serde::{Deserialize, Serialize};

/// The contact fields of a record as they were given.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The person.
    pub person: &'a str,
    /// The company.
    pub company: &'a str,
    /// E-mail addresses as free text.
    pub email: &'a str,
    /// A phone number.
    pub phone: &'a str,
    /// A website.
    pub website: &'a str,
    /// The address.
    pub address: &'a Address,
}

/// The normal forms of one record. They are stored as they are, for they are slow to make: whoever changes what they hold
/// or how they are made raises [`keys::KEYS_VERSION`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// E-mail, phone, domains.
    pub contact: ContactKeys,
    /// The digits of the phone number, whatever its country.
    pub digits: Option<String>,
    /// The person's name as given.
    pub person: Option<PersonName>,
    /// Words of the person's name, those that only a mailbox tells included; particles left out.
    pub words: Vec<String>,
    /// Personal mailboxes.
    pub mailboxes: Vec<Mailbox>,
    /// The company.
    pub company: Option<CompanyName>,
    /// The address.
    pub place: Place,
    /// Letters of two scripts in one word: looks like something that it is not.
    pub lookalike: bool,
}

/// The words of a name without particles and fillers (`Test Smith`), digits that a scanner took for letters read as such.
fn telling_words(tokens: &[String]) -> Vec<String> {
    let words = without_particles(tokens);
    let filler = |word: &String| {
        lists::contains(junk::JUNK, word)
            || lists::contains(junk::PERSON_JUNK, word)
            || (word.len() > 3 && lists::contains(people::ROLE_MAILBOXES, word))
    };
    let told: Vec<String> = words.iter().filter(|word| !filler(word)).cloned().collect();
    let mut told = if told.is_empty() { words } else { told };
    for word in &mut told {
        if word.bytes().any(|b| b.is_ascii_digit()) {
            *word = word.replace('0', "o").replace('1', "l").replace('5', "s");
        }
    }
    told
}

/// Puts a hyphen where two words were glued together: `FiolTamayo`, not `McDonald`. Like the two of a hyphen they are a
/// double surname as often as a whole name.
fn apart(name: &str) -> String {
    let mut spaced = String::with_capacity(name.len() + 4);
    let mut word = String::new();
    for c in name.chars() {
        let glued = c.is_uppercase() && word.chars().next_back().is_some_and(char::is_lowercase);
        if glued && !PREFIXES.contains(&word.to_lowercase().as_str()) {
            spaced.push('-');
            word.clear();
        }
        if c.is_alphabetic() {
            word.push(c);
        } else {
            word.clear();
        }
        spaced.push(c);
    }
    spaced
}

/// Beginnings of one name, not names of their own.
const PREFIXES: &[&str] = &["d", "de", "di", "du", "fitz", "l", "la", "le", "mac", "mc", "o"];

impl Form {
    /// The form of contact fields. `region` reads local phone numbers (rules 2.4); `placeholders` are no addresses
    /// (rules 2.1).
    pub fn read(given: &Given<'_>, region: Option<&str>, placeholders: &[String]) -> Self {
        // Rules 2.7.
        let display_name = if given.person.trim().is_empty() {
            normal::display_name(given.email)
        } else {
            None
        };
        let contact = ContactKeys::read(given.email, given.phone, given.website, region, placeholders);
        let person = normal::person(&apart(display_name.as_deref().unwrap_or(given.person)));
        let mailboxes: Vec<Mailbox> = contact.emails.iter().filter_map(normal::mailbox).take(3).collect();
        let mut words = person
            .as_ref()
            .map_or_else(Vec::new, |name| telling_words(&name.tokens));
        if let Some(mailbox) = mailboxes.first() {
            words.extend(mailbox.further_words(&words));
        }
        let address = given.address;
        Self {
            digits: normal::phone_digits(given.phone),
            company: normal::company(given.company),
            place: normal::place(
                &address.street,
                &address.street2,
                &address.city,
                &address.postal_code,
                &address.country,
            ),
            lookalike: [given.person, given.company, given.email]
                .into_iter()
                .any(normal::fold::mixes_scripts),
            contact,
            person,
            words,
            mailboxes,
        }
    }

    /// The form of a lead; its customer should be loaded, whose country reads the phone number.
    pub fn of_lead(world: &World, lead: &Lead) -> Self {
        let region = keys::region(
            &lead.address.country,
            world.customer_country(lead),
            &world.config.settings.default_country,
        );
        Self::read(&Given::of_lead(lead), region, &world.config.settings.placeholder_emails)
    }

    /// The form of a customer, to be compared with a lead's.
    pub fn of_customer(world: &World, customer: &Customer) -> Self {
        let parent = customer.parent_id.and_then(|id| world.customers.get(&id));
        let region = keys::region(&customer.address.country, None, &world.config.settings.default_country);
        let company = parent.map_or("", |parent| parent.name.as_str());
        Self::read(
            &Given::of_customer(customer, company),
            region,
            &world.config.settings.placeholder_emails,
        )
    }

    /// Which of father and son.
    pub(super) fn generation(&self) -> Option<Generation> {
        self.person.as_ref().and_then(|name| name.generation)
    }

    /// Neither a name nor a personal mailbox.
    pub(super) fn is_anonymous(&self) -> bool {
        self.words.is_empty() && self.mailboxes.is_empty()
    }
}

impl<'a> Given<'a> {
    /// What a lead shows.
    pub fn of_lead(lead: &'a Lead) -> Self {
        Self {
            person: &lead.contact_name,
            company: &lead.company_name,
            email: &lead.email,
            phone: &lead.phone,
            website: &lead.website,
            address: &lead.address,
        }
    }

    /// What a customer shows; `company` is the name of the company above a person.
    pub fn of_customer(customer: &'a Customer, company: &'a str) -> Self {
        let (person, company) = if customer.is_company {
            ("", customer.name.as_str())
        } else {
            (customer.name.as_str(), company)
        };
        Self {
            person,
            company,
            email: &customer.email,
            phone: &customer.phone,
            website: &customer.website,
            address: &customer.address,
        }
    }
}
