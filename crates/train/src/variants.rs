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
