//! What the name of a mailbox tells about its owner: `ann.lee@` is Ann Lee's, `alee@` may be.

use super::Email;
use super::fold;
use super::slips;
use serde::{Deserialize, Serialize};

/// The longest mailbox name that is looked at, in letters.
const MAX_LETTERS: usize = 40;

/// The name of a personal mailbox, folded, without digits and tags.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mailbox {
    /// All its letters.
    pub letters: String,
    /// Its parts as they are separated.
    pub parts: Vec<String>,
    /// Its digits: they tell two people of one name apart.
    pub digits: String,
    /// The domain as the address has it.
    pub domain: String,
}

/// The mailbox of an address; none if it is a role's (`info@`) or has no letter.
pub fn mailbox(email: &Email) -> Option<Mailbox> {
    if email.is_role_mailbox() {
        return None;
    }
    let local = fold::fold(email.untagged());
    let parts: Vec<String> = local
        .split(|c: char| !c.is_ascii_alphabetic())
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    let letters: String = parts.concat();
    let fits = (1..=MAX_LETTERS).contains(&letters.len());
    fits.then(|| Mailbox {
        digits: local.chars().filter(char::is_ascii_digit).collect(),
        letters,
        parts,
        domain: email.domain.clone(),
    })
}

/// How much of a name a mailbox shows, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// Nothing.
    Nothing,
    /// One word of it.
    OneWord,
    /// One word and the beginning of another: `alee`, `lee.a`.
    WordAndInitial,
    /// Two words.
    TwoWords,
}

impl Mailbox {
    /// How much of a name of these folded words the mailbox shows.
    pub fn shows(&self, words: &[String]) -> Shown {
        let words: Vec<&str> = words
            .iter()
            .map(String::as_str)
            .filter(|word| word.len() > 1)
            .take(6)
            .collect();
        let mut best = Shown::Nothing;
        for (i, one) in words.iter().enumerate() {
            for (j, two) in words.iter().enumerate() {
                if i != j {
                    best = best.max(self.shows_pair(one, two));
                }
            }
            let alone = one.len() >= 3 && (self.letters == *one || self.parts.iter().any(|part| part == one));
            if alone {
                best = best.max(Shown::OneWord);
            }
        }
        best
    }

    fn shows_pair(&self, one: &str, two: &str) -> Shown {
        let letters = self.letters.as_str();
        if let Some(rest) = letters.strip_prefix(one) {
            if rest == two {
                return Shown::TwoWords;
            }
            if !rest.is_empty() && two.starts_with(rest) {
                return Shown::WordAndInitial;
            }
        }
        if let Some(rest) = letters.strip_suffix(one)
            && !rest.is_empty()
            && two.starts_with(rest)
        {
            return Shown::WordAndInitial;
        }
        let whole = one.len() + two.len();
        let near = whole >= 8 && letters.len().abs_diff(whole) <= 1;
        if near && slips::within(letters, &format!("{one}{two}"), 1) {
            return Shown::TwoWords;
        }
        Shown::Nothing
    }

    /// Words of the owner's name that the mailbox shows beside those that are known. Nothing is guessed from letters
    /// without a separator unless a known word splits them.
    pub fn further_words(&self, known: &[String]) -> Vec<String> {
        let full: Vec<&String> = known.iter().filter(|word| word.len() > 1).collect();
        if full.len() >= 2 {
            return Vec::new();
        }
        if self.parts.len() >= 2 {
            let new = self
                .parts
                .iter()
                .filter(|part| !known.iter().any(|word| alike(word, part)));
            return new.take(3).cloned().collect();
        }
        let Some(word) = full.first() else { return Vec::new() };
        let rest = self
            .letters
            .strip_prefix(word.as_str())
            .or_else(|| self.letters.strip_suffix(word.as_str()));
        rest.filter(|rest| !rest.is_empty() && rest.len() != 2)
            .map(str::to_owned)
            .into_iter()
            .collect()
    }
}

/// The same word, but for a slip.
fn alike(a: &str, b: &str) -> bool {
    a == b || (a.len().min(b.len()) >= 4 && a.len().max(b.len()) <= 40 && slips::within(a, b, 1))
}

#[cfg(test)]
mod tests {
    use super::{Shown, mailbox};
    use crate::normal::emails;

    fn shows(address: &str, name: &[&str]) -> Shown {
        let words: Vec<String> = name.iter().map(|word| (*word).to_owned()).collect();
        mailbox(&emails(address)[0]).map_or(Shown::Nothing, |one| one.shows(&words))
    }

    #[test]
    fn a_mailbox_shows_its_owners_name_in_the_usual_ways() {
        let name = ["ann", "lee"];
        assert_eq!(shows("ann.lee@a.example", &name), Shown::TwoWords);
        assert_eq!(shows("lee_ann7@a.example", &name), Shown::TwoWords);
        assert_eq!(shows("alee@a.example", &name), Shown::WordAndInitial);
        assert_eq!(shows("lee.a@a.example", &name), Shown::WordAndInitial);
        assert_eq!(shows("ann@a.example", &name), Shown::OneWord);
        assert_eq!(shows("bob@a.example", &name), Shown::Nothing);
        assert_eq!(shows("info@a.example", &name), Shown::Nothing);
    }

    #[test]
    fn a_mailbox_adds_what_the_name_leaves_out() {
        let words = |address: &str, known: &[&str]| {
            let known: Vec<String> = known.iter().map(|word| (*word).to_owned()).collect();
            mailbox(&emails(address)[0]).unwrap().further_words(&known)
        };
        assert_eq!(words("ann.lee@a.example", &["lee"]), ["ann"]);
        assert_eq!(words("annlee@a.example", &["lee"]), ["ann"]);
        assert_eq!(words("alee@a.example", &["lee"]), ["a"]);
        assert_eq!(words("ann.lee@a.example", &[]), ["ann", "lee"]);
        assert!(words("sunny@a.example", &[]).is_empty());
        assert!(words("x.lee@a.example", &["ann", "lee"]).is_empty());
    }
}
