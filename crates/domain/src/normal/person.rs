//! Names of people (rules 2.5): folded words in any order, titles dropped.

use super::align::{Alignment, WordAgreement, align, join_split_words};
use super::email::{display_name, emails};
use super::fold;
use super::lists::{self, junk, nicknames, people};
use serde::{Deserialize, Serialize};

/// Words beyond this many are dropped.
const MAX_TOKENS: usize = 12;

/// The normal form of a person's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PersonName {
    /// Folded words without titles, sorted, never empty.
    pub tokens: Vec<String>,
    /// Which of a father and a son of one name it is, as far as the name says so.
    pub generation: Option<Generation>,
    /// Given as one word with a hyphen and nothing beside it: a double surname or a double given name, not both a given
    /// name and a surname.
    pub is_double: bool,
}

/// Father and son: what follows a name that both of them carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Generation {
    /// `Sr.`, `senior`, `père`.
    Senior,
    /// `Jr.`, `junior`, `II`, `fils`.
    Junior,
    /// `III`.
    Third,
}

/// Which word of a name tells its generation, and which: the last one, or the last in front of a comma (`Lee Jr., Ann`).
fn generation(text: &str, words: &[String]) -> Option<(usize, Generation)> {
    let front = text.split_once(',').map(|(front, _)| fold::tokens(front).len());
    [Some(words.len()), front].into_iter().flatten().find_map(|end| {
        let told = told_by_last(words.get(..end)?)?;
        Some((end - 1, told))
    })
}

/// In front of a name `sr` is a title.
fn told_by_last(words: &[String]) -> Option<Generation> {
    let [_, .., last] = words else { return None };
    match last.as_str() {
        "sr" | "sen" | "senior" | "pere" => Some(Generation::Senior),
        "jr" | "jun" | "jnr" | "junior" | "ii" | "2nd" | "fils" | "filho" => Some(Generation::Junior),
        "iii" | "3rd" => Some(Generation::Third),
        _ => None,
    }
}

/// How two names agree; symmetric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameAgreement {
    /// The same words.
    Same,
    /// The same but for a slip of the keyboard or a missing middle initial.
    Close,
    /// Could be the same: initials, nicknames, or one name is a part of the other.
    Weak,
    /// One of the names is missing, which says nothing.
    Unknown,
    /// Names of two different people or companies.
    Conflict,
}

/// The normal form of a person's name; none if nothing is left or it is junk (`n/a`, `test`). Never fails (rules 2.5).
/// An address is no name, but the display name beside one is.
pub fn person(text: &str) -> Option<PersonName> {
    if text.contains('@') && !emails(text).is_empty() {
        return display_name(text).and_then(|name| person_of(&name));
    }
    person_of(text)
}

fn person_of(text: &str) -> Option<PersonName> {
    let mut words = fold::tokens(text);
    let is_junk = |word: &str| lists::contains(junk::JUNK, word) || lists::contains(junk::PERSON_JUNK, word);
    if is_junk(&words.concat()) || words.iter().all(|word| is_junk(word)) {
        return None;
    }
    let generation = generation(text, &words).map(|(at, generation)| {
        words.remove(at);
        generation
    });
    let mut tokens: Vec<String> = words
        .into_iter()
        .filter(|word| word.bytes().any(|b| b.is_ascii_alphabetic()) && !lists::contains(people::TITLES, word))
        .take(MAX_TOKENS)
        .collect();
    // A word may be junk beside a title only: `Mr Test`.
    if tokens.iter().all(|word| is_junk(word)) || is_junk(&tokens.concat()) {
        return None;
    }
    tokens.sort();
    Some(PersonName {
        is_double: is_double(text, &tokens),
        tokens,
        generation,
    })
}

/// Whether all words of a name are one with a hyphen: `Ms Jones-Jenkins`.
fn is_double(text: &str, tokens: &[String]) -> bool {
    let folded = fold::fold(text);
    let joined = |part: &str| {
        let words = fold::tokens(part);
        let names = words.iter().filter(|word| tokens.contains(word));
        part.contains('-') && names.count() == tokens.len()
    };
    tokens.len() > 1 && folded.split([' ', ',']).any(joined)
}

/// How two names of people agree (rules 2.5, 3.3). Symmetric; a missing name is [`NameAgreement::Unknown`].
pub fn compare(a: Option<&PersonName>, b: Option<&PersonName>) -> NameAgreement {
    let (Some(a), Some(b)) = (a, b) else {
        return NameAgreement::Unknown;
    };
    let generations_differ = a.generation != b.generation;
    let (a, b) = (without_particles(&a.tokens), without_particles(&b.tokens));
    // Each side is joined by the other as it came, so that the order of the two does not matter.
    let (a, b) = (join_split_words(&a, &b), join_split_words(&b, &a));
    if generations_differ {
        NameAgreement::Conflict
    } else if a == b {
        NameAgreement::Same
    } else {
        judge(&align(&a, &b, nicknames::related))
    }
}

fn judge(alignment: &Alignment<'_>) -> NameAgreement {
    let alike = alignment.at_least(WordAgreement::Close);
    let extra = match (alignment.left.as_slice(), alignment.right.as_slice()) {
        (extra, []) | ([], extra) => extra,
        // Words on both sides have no counterpart: different people, unless most of a long name agrees.
        _ => {
            return if alike >= 2 {
                NameAgreement::Weak
            } else {
                NameAgreement::Conflict
            };
        }
    };
    let all_alike = alike == alignment.pairs.len();
    let only_initials_extra = extra.iter().all(|word| word.len() == 1);
    if all_alike && (extra.is_empty() || (alike >= 2 && only_initials_extra)) {
        NameAgreement::Close
    } else {
        NameAgreement::Weak
    }
}

/// The words without `van`, `de`, `al`, which people write or leave out; all of them if nothing else is there.
pub(crate) fn without_particles(tokens: &[String]) -> Vec<String> {
    let rest: Vec<String> = tokens
        .iter()
        .filter(|word| !lists::contains(people::PARTICLES, word))
        .cloned()
        .collect();
    if rest.is_empty() { tokens.to_vec() } else { rest }
}

#[cfg(test)]
mod tests {
    use super::{NameAgreement, compare, person};

    fn agreement(a: &str, b: &str) -> NameAgreement {
        compare(person(a).as_ref(), person(b).as_ref())
    }

    fn tokens(text: &str) -> Vec<String> {
        person(text).map(|name| name.tokens).unwrap_or_default()
    }

    #[test]
    fn titles_order_and_accents_do_not_count() {
        assert_eq!(tokens("Prof. Dr. Ann-Marie Müller, MBA"), ["ann", "marie", "muller"]);
        assert_eq!(tokens("\"Ann Lee\" <ann@example.com>"), ["ann", "lee"]);
        assert_eq!(agreement("Lee, Ann", "Frau Ann LEE"), NameAgreement::Same);
        assert_eq!(agreement("Jürgen Müller", "Mueller Juergen"), NameAgreement::Same);
        assert_eq!(agreement("Anne-Marie Lee", "Annemarie Lee"), NameAgreement::Same);
        assert_eq!(agreement("Jan van der Berg", "Jan Berg"), NameAgreement::Same);
    }

    #[test]
    fn a_slip_of_the_keyboard_is_close() {
        assert_eq!(agreement("Katherine Miller", "Katherine Millar"), NameAgreement::Close);
        assert_eq!(agreement("Ann B. Lee", "Ann Lee"), NameAgreement::Close);
    }

    #[test]
    fn initials_nicknames_and_parts_of_a_name_are_weak() {
        assert_eq!(agreement("A. Lee", "Ann Lee"), NameAgreement::Weak);
        assert_eq!(agreement("Bill Gates", "William Gates"), NameAgreement::Weak);
        assert_eq!(agreement("Lee", "Ann Lee"), NameAgreement::Weak);
        assert_eq!(agreement("Ann Marie Lee", "Ann Lee"), NameAgreement::Weak);
    }

    #[test]
    fn father_and_son_of_one_name_conflict() {
        assert_eq!(agreement("John Smith Sr.", "John Smith Jr."), NameAgreement::Conflict);
        assert_eq!(agreement("John Smith", "Smith, John, junior"), NameAgreement::Conflict);
        assert_eq!(agreement("Smith Sr., John", "Smith Jr., John"), NameAgreement::Conflict);
        assert_eq!(agreement("John Smith Jr., MBA", "John Smith"), NameAgreement::Conflict);
        assert_eq!(agreement("Smith Jr., John", "John Smith jr"), NameAgreement::Same);
        assert_eq!(agreement("Sr., Juan Mas", "Juan Mas"), NameAgreement::Same);
        assert_eq!(agreement("Sr. Juan Mas", "Juan Mas"), NameAgreement::Same);
        assert_eq!(agreement("John Smith Jr", "JOHN SMITH JR."), NameAgreement::Same);
    }

    #[test]
    fn a_double_name_alone_is_known_by_its_hyphen() {
        let is_double = |text: &str| person(text).unwrap().is_double;
        for text in [
            "Jones-Jenkins",
            "MS JONES-JENKINS",
            "Frau Dr. Jones-Jenkins",
            "Jean-Luc",
            "Lee-Lee",
        ] {
            assert!(is_double(text), "{text}");
        }
        for text in [
            "Jones Jenkins",
            "G. Jones-Jenkins",
            "Jones-Jenkins, Ann",
            "Ann-Marie Lee",
            "Jones",
        ] {
            assert!(!is_double(text), "{text}");
        }
    }

    #[test]
    fn different_people_conflict() {
        assert_eq!(agreement("Ann Lee", "Bob Lee"), NameAgreement::Conflict);
        assert_eq!(agreement("Ann Lee", "Ann Schmidt"), NameAgreement::Conflict);
        assert_eq!(agreement("Ann", "Bob"), NameAgreement::Conflict);
    }

    #[test]
    fn a_missing_or_meaningless_name_says_nothing() {
        for junk in [
            "",
            "-",
            "n/a",
            "Test",
            "test test",
            "Mr. Test",
            "Dr.",
            "Unknown",
            "123",
            "ann@example.com",
            "xxx",
            "No Name",
        ] {
            assert_eq!(person(junk), None, "{junk}");
            assert_eq!(agreement(junk, "Ann Lee"), NameAgreement::Unknown);
        }
    }
}
