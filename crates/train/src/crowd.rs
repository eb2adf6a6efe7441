//! A file becomes as crowded as a larger one: more contacts, of what people, companies and places of the file are made
//! of. None is a duplicate, and none has a company, address or number of the file.

use crate::records::Record;
use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::HashMap;

/// Most contacts of one company.
const COLLEAGUES: usize = 3;

/// The records, and about `more` others.
pub fn crowded(records: &[Record], more: usize, rng: &mut ChaCha8Rng) -> Vec<Record> {
    let mut all = records.to_vec();
    let parts = Parts::of(records);
    let mut number = 0;
    while number < more {
        let pattern = records.choose(rng).expect("there are records");
        let firm = parts.firm(&pattern.country, rng);
        for colleague in 0..rng.random_range(1..=COLLEAGUES) {
            let like = parts.like(&pattern.country, rng);
            let mut person = parts.person(like, &firm, number, rng);
            person.account_id = format!("xa{}", number - colleague);
            all.push(person);
            number += 1;
        }
    }
    all
}

/// Records by country: names, streets and numbers of one country stay together.
struct Parts<'r>(HashMap<&'r str, Vec<&'r Record>>);

/// A company, its place and its switchboard.
struct Firm {
    name: String,
    domain: String,
    street: String,
    city: String,
    postal_code: String,
}

impl<'r> Parts<'r> {
    fn of(records: &'r [Record]) -> Self {
        let mut by_country: HashMap<&str, Vec<&Record>> = HashMap::new();
        for record in records {
            by_country.entry(&record.country).or_default().push(record);
        }
        Self(by_country)
    }

    /// Some record of the country.
    fn like(&self, country: &str, rng: &mut ChaCha8Rng) -> &'r Record {
        self.0[country].choose(rng).expect("a country has records")
    }

    /// Some record of the country that has this field, or an empty one if it takes too long to find.
    fn with(&self, country: &str, field: fn(&Record) -> &String, rng: &mut ChaCha8Rng) -> &'r str {
        let found = (0..20)
            .map(|_| field(self.like(country, rng)))
            .find(|text| !text.is_empty());
        found.map_or("", String::as_str)
    }

    /// The first word of one company, and what follows it in another.
    fn firm(&self, country: &str, rng: &mut ChaCha8Rng) -> Firm {
        let (one, other) = (
            self.with(country, |record| &record.company, rng),
            self.with(country, |record| &record.company, rng),
        );
        let (first, _) = split(one);
        let (_, rest) = split(other);
        let label: String = format!("{first}{rest}")
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(rng.random_range(8..20))
            .collect();
        let ending = *["com", "net", "io", "eu", "biz", "org"].choose(rng).expect("some");
        Firm {
            name: format!("{first} {rest}").trim().to_owned(),
            domain: format!("{}.{ending}", label.to_lowercase()),
            street: other_digits(self.with(country, |record| &record.street, rng), 0, rng),
            city: self.with(country, |record| &record.city, rng).to_owned(),
            postal_code: other_digits(self.with(country, |record| &record.postal_code, rng), 0, rng),
        }
    }

    /// A person of the firm, who has the fields that `like` has.
    fn person(&self, like: &Record, firm: &Firm, number: usize, rng: &mut ChaCha8Rng) -> Record {
        let given = self.with(&like.country, |record| &record.given_name, rng);
        let family = self.with(&like.country, |record| &record.family_name, rng);
        let mut made = like.clone();
        made.record_id = format!("X{number:08}");
        made.cluster_id = format!("x{number}");
        let domain = generic_domain(&like.email).unwrap_or(&firm.domain);
        let email = format!("{}@{domain}", mailbox(given, family, rng));
        for (field, text) in [
            (&mut made.given_name, given),
            (&mut made.family_name, family),
            (&mut made.company, &firm.name),
            (&mut made.email, &email),
            (&mut made.street, &firm.street),
            (&mut made.city, &firm.city),
            (&mut made.postal_code, &firm.postal_code),
        ] {
            if !field.is_empty() {
                text.clone_into(field);
            }
        }
        // The first digits tell country and town.
        made.phone = other_digits(&like.phone, 5, rng);
        made
    }
}

/// The first word, and the others; the two sides of `A & B` stay together.
fn split(company: &str) -> (&str, &str) {
    company.split_once(' ').unwrap_or((company, ""))
}

/// The domain, if it is that of a provider.
fn generic_domain(email: &str) -> Option<&str> {
    let (_, domain) = email.rsplit_once('@')?;
    opportune_domain::normal::is_generic_provider(&domain.trim().to_lowercase()).then_some(domain)
}

fn mailbox(given: &str, family: &str, rng: &mut ChaCha8Rng) -> String {
    let letters = |text: &str| -> String {
        text.to_lowercase()
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect()
    };
    let (given, family) = (letters(given), letters(family));
    let initial: String = given.chars().take(1).collect();
    match rng.random_range(0..6) {
        0 => format!("{given}.{family}"),
        1 => format!("{given}_{family}"),
        2 => format!("{initial}{family}"),
        3 => format!("{family}{initial}"),
        4 => format!("{given}{family}{}", rng.random_range(1950..2005)),
        _ => format!("{given}{family}"),
    }
}

/// Other digits from the digit with this number on.
fn other_digits(text: &str, from: usize, rng: &mut ChaCha8Rng) -> String {
    let mut seen = 0;
    let other = |letter: char| {
        if !letter.is_ascii_digit() {
            return letter;
        }
        seen += 1;
        if seen > from {
            char::from(b'0' + rng.random_range(0..10_u8))
        } else {
            letter
        }
    };
    text.chars().map(other).collect()
}
