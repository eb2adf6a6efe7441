//! Keys by which badly spelled and sparse records find each other. Each is specific enough to give few candidates; none
//! is evidence.

use super::{Key, KeyKind};
use crate::normal::sound;
use crate::similar::{Form, label};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Records with a key of more hits than this do not find each other by it. What so many share finds hardly anybody whom a
/// rarer key does not find, and is most of the work in a large tenant: with 100, recall among 100,000 records was the same.
pub const CAP: usize = 20;

/// Letters of a company's name or domain that stand for it.
const STEM: usize = 3;

/// Digits of a phone number that stand for it.
const END: usize = 8;

/// Words of a name that are looked at.
const WORDS: usize = 3;

/// The keys of a record's normal forms beyond those of its contact data: about 15.
pub fn fuzzy_keys(form: &Form) -> BTreeSet<Key> {
    let mut keys = Keys(BTreeSet::new());
    let words = person_words(form);
    keys.person(form, &words);
    keys.company(form);
    let place = &form.place;
    if !place.house.is_empty() {
        if let Some(word) = place.street.iter().max_by_key(|word| word.len()) {
            keys.add(KeyKind::House, &[&place.house, word]);
        }
        keys.add(KeyKind::House, &[&place.house, &place.postal, "#"]);
    }
    keys.phone(form);
    keys.0
}

/// Those of [`fuzzy_keys`] that tell how rare a name, number or company is.
pub fn rarity_keys(form: &Form) -> BTreeSet<Key> {
    let mut keys = Keys(BTreeSet::new());
    keys.names(form, &person_words(form));
    keys.company_name(form);
    keys.phone(form);
    keys.0
}

struct Keys(BTreeSet<Key>);

impl Keys {
    /// Nothing is made of an empty part.
    fn add(&mut self, kind: KeyKind, parts: &[&str]) {
        if parts.iter().all(|part| !part.is_empty()) {
            self.0.insert(Key::new(kind, &parts.join("|")));
        }
    }

    fn person(&mut self, form: &Form, words: &[&str]) {
        for mailbox in &form.mailboxes {
            if mailbox.letters.len() >= 4 {
                self.add(KeyKind::Mailbox, &[&mailbox.letters]);
            }
        }
        self.names(form, words);
        let sounds: Vec<String> = words.iter().map(|word| sound(word)).collect();
        let stems = stems(form);
        for word in words {
            let others = form.words.iter().filter(|other| other != word);
            let initials: BTreeSet<&str> = others.filter_map(|other| other.get(..1)).collect();
            for initial in initials.into_iter().take(WORDS) {
                self.add(KeyKind::NameAndInitial, &[word, initial]);
            }
        }
        for (i, word) in words.iter().enumerate() {
            for j in i + 1..words.len() {
                let (first, second) = ((&sounds[i]).min(&sounds[j]), (&sounds[i]).max(&sounds[j]));
                self.add(KeyKind::Sounds, &[first, second]);
            }
            for stem in &stems {
                self.add(KeyKind::SoundAndCompany, &[&sounds[i], stem]);
            }
            self.add(KeyKind::SoundAndPostal, &[&sounds[i], &form.place.postal]);
            self.add(KeyKind::NameAndCity, &[word, &form.place.city]);
        }
    }

    /// Two words of the name, or the only one.
    fn names(&mut self, form: &Form, words: &[&str]) {
        if let [only] = words
            && form.words.len() == 1
        {
            self.add(KeyKind::PersonName, &[only]);
        }
        for (i, word) in words.iter().enumerate() {
            for other in &words[i + 1..] {
                self.add(KeyKind::PersonName, &[word.min(other), word.max(other)]);
            }
        }
    }

    fn phone(&mut self, form: &Form) {
        if let Some(digits) = form.contact.phone.as_ref().or(form.digits.as_ref())
            && digits.len() >= END
        {
            self.add(KeyKind::PhoneEnd, &[&digits[digits.len() - END..]]);
        }
    }

    fn company_name(&mut self, form: &Form) {
        if let Some(company) = &form.company {
            self.0.insert(Key::new(KeyKind::CompanyName, &company.key));
        }
    }

    fn company(&mut self, form: &Form) {
        self.company_name(form);
        let Some(company) = &form.company else { return };
        let first = sound(&company.tokens[0]);
        match company.tokens.get(1) {
            Some(second) => self.add(KeyKind::CompanySounds, &[&first, &sound(second)]),
            None => self.add(KeyKind::CompanySounds, &[&first, "#"]),
        }
        self.add(KeyKind::CompanyAndPlace, &[&first, &form.place.city]);
        self.add(KeyKind::CompanyAndPlace, &[&first, &form.place.postal, "#"]);
    }
}

/// The longest words of the name, at most [`WORDS`].
fn person_words(form: &Form) -> Vec<&str> {
    let mut words: Vec<&str> = form
        .words
        .iter()
        .map(String::as_str)
        .filter(|word| word.len() > 1)
        .collect();
    words.sort_by(|a, b| (b.len(), a).cmp(&(a.len(), b)));
    words.dedup();
    words.truncate(WORDS);
    words
}

/// The beginnings of what a company is called.
fn stems(form: &Form) -> BTreeSet<String> {
    let name = form.company.as_ref().map(|company| Cow::Owned(company.tokens.concat()));
    let domains = form.contact.domains.iter().map(|one| label(&one.domain));
    name.into_iter()
        .chain(domains)
        .filter(|stem| stem.len() >= 2)
        .map(|stem| stem.chars().take(STEM).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::similar::Given;

    #[test]
    fn what_tells_rarity_is_among_the_keys_of_a_record() {
        let given = Given {
            person: "Ann Mary Lee",
            company: "Northern Lights Ltd",
            email: "",
            phone: "+44 20 7946 0958",
            website: "",
            address: &Address::default(),
        };
        let form = Form::read(&given, Some("GB"), &[]);
        let all = fuzzy_keys(&form);
        let telling = |key: &&Key| matches!(key.kind, KeyKind::PersonName | KeyKind::PhoneEnd | KeyKind::CompanyName);
        let telling: BTreeSet<Key> = all.iter().filter(telling).copied().collect();
        assert!(telling.len() >= 4);
        assert_eq!(rarity_keys(&form), telling);
    }
}
