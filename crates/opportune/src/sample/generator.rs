//! An endless row of invented leads.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::company::Company;
use super::disguise::disguise;
use super::lead::SampleLead;
use super::locale;
use super::pattern::chance;
use super::person::Person;
use super::vocabulary::Vocabulary;

/// Share of records that repeat an earlier person, in per cent.
const REPEATED: u32 = 12;
/// Share of new people who have a company, in per cent.
const EMPLOYED: u32 = 84;
/// People who may come in once more: the latest ones, so that early leads are not repeated more often than late ones.
const REMEMBERED: usize = 1_500;
/// Companies that may still get people.
const OPEN_COMPANIES: usize = 400;

/// Makes leads without end. The same seed makes the same ones, on every machine.
#[derive(Debug)]
pub struct Generator {
    rng: ChaCha8Rng,
    vocabulary: Vocabulary,
    next: usize,
    people: VecDeque<Person>,
    companies: Vec<Company>,
    /// Hashes of the addresses and domains in use.
    taken: HashSet<u64>,
}

impl Generator {
    /// The leads of a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            rng: ChaCha8Rng::seed_from_u64(seed),
            vocabulary: Vocabulary::default(),
            next: 1,
            people: VecDeque::new(),
            companies: Vec::new(),
            taken: HashSet::new(),
        }
    }

    /// The leads of another vocabulary.
    pub fn with(mut self, vocabulary: Vocabulary) -> Self {
        self.vocabulary = vocabulary;
        self
    }

    fn repeated(&mut self, number: usize) -> Option<SampleLead> {
        if self.people.len() < 20 || !chance(REPEATED, &mut self.rng) {
            return None;
        }
        let person = &self.people[self.rng.random_range(0..self.people.len())];
        let mut lead = person.record(number, &mut self.rng);
        disguise(&mut lead, person, &mut self.rng);
        lead.repeats = Some(person.first_record);
        Some(lead)
    }

    fn new_person(&mut self, number: usize) -> SampleLead {
        let company = chance(EMPLOYED, &mut self.rng).then(|| self.employer());
        let locale = match &company {
            Some(company) => company.locale,
            None => locale::all().choose(&mut self.rng).expect("there are countries"),
        };
        let taken = &self.taken;
        let person = Person::invent(
            locale,
            company,
            number,
            self.vocabulary,
            |text| taken.contains(&hash(text)),
            &mut self.rng,
        );
        for address in [&person.mail, &person.second_mail] {
            self.taken.insert(hash(address));
            self.taken
                .insert(hash(address.split_once('@').map_or("", |(_, domain)| domain)));
        }
        let lead = person.record(number, &mut self.rng);
        self.people.push_back(person);
        if self.people.len() > REMEMBERED {
            self.people.pop_front();
        }
        lead
    }

    /// A company with a seat: one that is known already, or a new one.
    fn employer(&mut self) -> Company {
        if !self.companies.is_empty() && chance(70, &mut self.rng) {
            let at = self.rng.random_range(0..self.companies.len());
            self.companies[at].free_seats -= 1;
            return match self.companies[at].free_seats {
                0 => self.companies.swap_remove(at),
                _ => self.companies[at].clone(),
            };
        }
        let locale = locale::all().choose(&mut self.rng).expect("there are countries");
        let taken = &self.taken;
        let company = Company::invent(
            locale,
            self.vocabulary,
            |text| taken.contains(&hash(text)),
            &mut self.rng,
        );
        self.taken.insert(hash(&company.domain));
        if company.free_seats > 1 {
            let mut open = company.clone();
            open.free_seats -= 1;
            if self.companies.len() == OPEN_COMPANIES {
                self.companies.swap_remove(0);
            }
            self.companies.push(open);
        }
        company
    }
}

impl Iterator for Generator {
    type Item = SampleLead;

    fn next(&mut self) -> Option<SampleLead> {
        let number = self.next;
        self.next += 1;
        Some(self.repeated(number).unwrap_or_else(|| self.new_person(number)))
    }
}

/// Only ever compared within one run.
fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
