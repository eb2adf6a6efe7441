//! Keys by which badly spelled and sparse records find each other. Each is specific enough to give few candidates; none
//! is evidence.

use super::{BUDGET, Key, KeyKind};
use crate::normal::sound;
use crate::similar::{Form, label};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// How many hits a key may have to find records like one with this form: the budget where sharing it is evidence (rules 3.5),
/// fewer where it only makes candidates.
pub fn most_hits(form: &Form, key: Key) -> usize {
    match key.kind {
        // A record that names nobody has few keys and needs these: with 10, F1 of such records is .015 less.
        KeyKind::House | KeyKind::CompanySounds | KeyKind::CompanyAndPlace => 20,
        // What so many share finds hardly anybody whom a rarer key does not find, and is most of the work in a large tenant:
        // with 20, F1 among 100,000 records is no better.
        fuzzy if fuzzy.is_fuzzy() => 10,
        // Two words of a longer name: mostly the surnames of a whole family, of whom none is meant.
        KeyKind::PersonName if form.words.len() > 2 => PART_OF_NAME,
        _ => BUDGET,
    }
}

/// As far as is counted how rare something is: who has more is no rarer for it.
const PART_OF_NAME: usize = 100;

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

/// Whether a record has a key of a name, number or company. Asked for each of up to a thousand candidates: only keys of that
/// kind are made.
pub fn holds(form: &Form, key: Key) -> bool {
    let mut keys = Keys(BTreeSet::new());
    match key.kind {
        KeyKind::PersonName => keys.names(form, &person_words(form)),
        KeyKind::CompanyName => keys.company_name(form),
        KeyKind::Phone => keys.0.extend(form.contact.phone_key()),
        KeyKind::PhoneEnd => keys.phone(form),
        _ => {}
    }
    keys.0.contains(&key)
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
    use crate::keys::match_keys;
    use crate::similar::{Given, Rarity};

    fn form(person: &str, company: &str, phone: &str) -> Form {
        let given = Given {
            person,
            company,
            email: "",
            phone,
            website: "",
            address: &Address::default(),
        };
        Form::read(&given, Some("GB"), &[])
    }

    /// How many hits the keys of a kind may have to find records like one of this name.
    fn most(person: &str, kind: KeyKind) -> BTreeSet<usize> {
        let form = form(person, "", "");
        let keys = fuzzy_keys(&form).into_iter().filter(|key| key.kind == kind);
        keys.map(|key| most_hits(&form, key)).collect()
    }

    #[test]
    fn two_words_of_a_longer_name_may_have_fewer_hits_than_a_whole_name() {
        for whole in ["Cher", "Renata Lima", "Dr. Renata Lima"] {
            assert_eq!(most(whole, KeyKind::PersonName), [BUDGET].into(), "{whole}");
        }
        for longer in ["Renata Nobrega Lima", "R. Nobrega Lima"] {
            assert_eq!(most(longer, KeyKind::PersonName), [PART_OF_NAME].into(), "{longer}");
        }
        assert_eq!(most("Renata Lima", KeyKind::Sounds), [10].into());
    }

    #[test]
    fn a_record_holds_the_keys_that_tell_rarity_and_no_others() {
        let form = form("Ann Mary Lee", "Northern Lights Ltd", "+44 20 7946 0958");
        let all = match_keys(&form);
        let (telling, others): (BTreeSet<Key>, BTreeSet<Key>) = all.iter().partition(|key| Rarity::counts(key));
        assert!(telling.len() >= 5 && others.len() >= 5, "{telling:?} {others:?}");
        assert!(telling.iter().all(|key| holds(&form, *key)));
        assert!(!others.iter().any(|key| holds(&form, *key)));
        let stranger = self::form("Bo Berg", "Southern Ltd", "+44 20 7946 0999");
        assert!(!telling.iter().any(|key| holds(&stranger, *key)));
    }
}
