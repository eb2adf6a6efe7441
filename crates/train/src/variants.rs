//! The same records as another system would have them: fields blanked, dropped at random, misspelt.

use crate::records::Record;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;

/// Which columns a system has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    /// All.
    All,
    /// Company, phone and address.
    OrganisationPhoneAddress,
    /// Company and address.
    OrganisationAddress,
    /// Person and address.
    PersonAddress,
    /// Person, e-mail and city.
    PersonEmailCity,
    /// Person, company and city.
    PersonCompanyCity,
    /// All but e-mail.
    NoEmail,
    /// All but phone and address.
    NoPhoneNoAddress,
    /// All but the person's name.
    NoName,
}

impl Columns {
    /// Every one, with what the table calls it.
    pub const EACH: [(Self, &'static str); 9] = [
        (Self::All, "all columns"),
        (Self::OrganisationPhoneAddress, "organisation, phone, address"),
        (Self::OrganisationAddress, "organisation, address"),
        (Self::PersonAddress, "person, address"),
        (Self::PersonEmailCity, "person, e-mail, city"),
        (Self::PersonCompanyCity, "person, company, city"),
        (Self::NoEmail, "no e-mail"),
        (Self::NoPhoneNoAddress, "no phone, no address"),
        (Self::NoName, "no name"),
    ];

    /// The records with these columns only.
    pub fn of(self, records: &[Record]) -> Vec<Record> {
        let mut records = records.to_vec();
        for record in &mut records {
            self.cut(record);
        }
        records
    }

    fn cut(self, record: &mut Record) {
        match self {
            Self::All => {}
            Self::OrganisationPhoneAddress => clear(record, &[Part::Name, Part::Email]),
            Self::OrganisationAddress => clear(record, &[Part::Name, Part::Email, Part::Phone]),
            Self::PersonAddress => clear(record, &[Part::Company, Part::Email, Part::Phone]),
            Self::PersonEmailCity => {
                clear(record, &[Part::Company, Part::Phone, Part::Street, Part::Country]);
                record.postal_code.clear();
            }
            Self::PersonCompanyCity => {
                clear(record, &[Part::Email, Part::Phone, Part::Street]);
                record.postal_code.clear();
            }
            Self::NoEmail => clear(record, &[Part::Email]),
            Self::NoPhoneNoAddress => clear(record, &[Part::Phone, Part::Street, Part::Place]),
            Self::NoName => clear(record, &[Part::Name]),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Name,
    Company,
    Email,
    Phone,
    Street,
    Place,
    Country,
}

const PARTS: [Part; 7] = [
    Part::Name,
    Part::Company,
    Part::Email,
    Part::Phone,
    Part::Street,
    Part::Place,
    Part::Country,
];

fn clear(record: &mut Record, parts: &[Part]) {
    for part in parts {
        match part {
            Part::Name => {
                record.given_name.clear();
                record.family_name.clear();
            }
            Part::Company => record.company.clear(),
            Part::Email => record.email.clear(),
            Part::Phone => record.phone.clear(),
            Part::Street => record.street.clear(),
            Part::Place => {
                record.city.clear();
                record.postal_code.clear();
                record.state.clear();
            }
            Part::Country => record.country.clear(),
        }
    }
}

/// The random numbers of a seed.
pub fn random(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Each part of each record is dropped with this probability, but never all.
pub fn dropped(records: &[Record], share: f64, rng: &mut ChaCha8Rng) -> Vec<Record> {
    let mut records = records.to_vec();
    for record in &mut records {
        let mut parts = PARTS;
        parts.shuffle(rng);
        let gone: Vec<Part> = parts[1..].iter().copied().filter(|_| rng.random_bool(share)).collect();
        clear(record, &gone);
    }
    records
}

/// Each field gets a slip of the keyboard with this probability.
pub fn misspelt(records: &[Record], share: f64, rng: &mut ChaCha8Rng) -> Vec<Record> {
    let mut records = records.to_vec();
    for record in &mut records {
        let fields = [
            &mut record.given_name,
            &mut record.family_name,
            &mut record.company,
            &mut record.email,
            &mut record.phone,
            &mut record.street,
            &mut record.city,
            &mut record.postal_code,
        ];
        for field in fields {
            if !field.is_empty() && rng.random_bool(share) {
                slip(field, rng);
            }
        }
        if rng.random_bool(share / 3.0) {
            std::mem::swap(&mut record.given_name, &mut record.family_name);
        }
    }
    records
}

fn slip(text: &mut String, rng: &mut ChaCha8Rng) {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 3 {
        return;
    }
    let at = rng.random_range(0..letters.len() - 1);
    let other = if letters[at].is_ascii_digit() {
        b"0123456789".as_slice()
    } else {
        b"aeiorstnlmdk".as_slice()
    };
    let other = char::from(other.choose(rng).copied().unwrap_or(b'e'));
    match rng.random_range(0..4) {
        0 => letters[at] = other,
        1 => letters.insert(at, other),
        2 => drop(letters.remove(at)),
        _ => letters.swap(at, at + 1),
    }
    *text = letters.into_iter().collect();
}

/// Some of the contacts, with all of their records; whole companies stay together.
pub fn some(records: &[Record], share: f64, rng: &mut ChaCha8Rng) -> Vec<Record> {
    let accounts: BTreeSet<&str> = records.iter().map(account).collect();
    let kept: BTreeSet<&str> = accounts.into_iter().filter(|_| rng.random_bool(share)).collect();
    records
        .iter()
        .filter(|record| kept.contains(account(record)))
        .cloned()
        .collect()
}

/// The company, or the contact where it is not known.
pub fn account(record: &Record) -> &str {
    if record.account_id.is_empty() {
        &record.cluster_id
    } else {
        &record.account_id
    }
}

/// More records, each of a contact of its own: people, companies and places of the file put together anew, so that a file
/// becomes as crowded as a larger one.
pub fn crowded(records: &[Record], more: usize, rng: &mut ChaCha8Rng) -> Vec<Record> {
    let mut all = records.to_vec();
    let mut places: Vec<usize> = (0..records.len()).collect();
    let home = |record: &Record| record.country.clone();
    for number in 0..more {
        let pattern = &records[*places.choose(rng).unwrap_or(&0)];
        places.shuffle_first(rng);
        let like = |rng: &mut ChaCha8Rng| loop {
            let other = &records[rng.random_range(0..records.len())];
            if home(other) == home(pattern) {
                return other;
            }
        };
        let (given, family, firm) = (like(rng), like(rng), like(rng));
        let label: String = firm.company.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        let serial = base26(number);
        let mut made = pattern.clone();
        made.record_id = format!("X{number:08}");
        made.cluster_id = format!("x{number}");
        made.account_id = format!("xa{number}");
        made.given_name.clone_from(&given.given_name);
        made.family_name.clone_from(&family.family_name);
        if !made.company.is_empty() {
            made.company = format!("{} {serial}", firm.company);
        }
        if !made.email.is_empty() {
            let local: String = format!("{}.{}", given.given_name, family.family_name)
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || *c == '.')
                .collect();
            made.email = match pattern.email.rsplit_once('@') {
                Some((_, domain)) if opportune_domain::normal::is_generic_provider(&domain.trim().to_lowercase()) => {
                    format!("{local}{number}@{domain}")
                }
                _ => format!("{local}@{}{serial}.example", label.to_lowercase()),
            };
        }
        if !made.phone.is_empty() {
            made.phone = pattern.phone.chars().map(|c| shifted(c, rng)).collect();
        }
        all.push(made);
    }
    all
}

trait ShuffleFirst {
    fn shuffle_first(&mut self, rng: &mut ChaCha8Rng);
}

impl ShuffleFirst for Vec<usize> {
    fn shuffle_first(&mut self, rng: &mut ChaCha8Rng) {
        let other = rng.random_range(0..self.len());
        self.swap(0, other);
    }
}

fn shifted(c: char, rng: &mut ChaCha8Rng) -> char {
    if c.is_ascii_digit() && rng.random_bool(0.6) {
        char::from(b'0' + rng.random_range(0..10_u8))
    } else {
        c
    }
}

fn base26(mut number: usize) -> String {
    let mut letters = String::new();
    for _ in 0..4 {
        letters.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or(0)));
        number /= 26;
    }
    letters
}
