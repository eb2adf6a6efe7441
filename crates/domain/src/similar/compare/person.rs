//! Names of people.

use crate::normal::align::{Alignment, WordAgreement, align, join_split_words};
use crate::normal::lists::nicknames;
use crate::normal::mailbox::Shown;
use crate::similar::Form;
use crate::similar::levels::{Cross, Name};

/// How the names agree.
pub(super) fn name(a: &Form, b: &Form) -> Name {
    if a.words.is_empty() || b.words.is_empty() {
        return Name::Unknown;
    }
    let level = words(&a.words, &b.words);
    // Father and son share a name, and often an address.
    if a.generation() != b.generation() && level > Name::Unknown {
        return Name::MostConflict;
    }
    // Relatives who work together have the same double surname: it is one word of the name, and not the given one.
    if is_surname_only(a) || is_surname_only(b) {
        return level.min(Name::Single);
    }
    level
}

fn is_surname_only(form: &Form) -> bool {
    let name = form.person.as_ref().filter(|name| name.is_double);
    name.is_some_and(|name| form.words.len() <= name.tokens.len())
}

fn words(a: &[String], b: &[String]) -> Name {
    let (a, b) = (join_split_words(a, b), join_split_words(b, a));
    if a == b {
        return match a.iter().filter(|word| word.len() > 1).count() {
            0 => Name::Unknown,
            1 if a.len() == 1 => Name::Single,
            _ => Name::Same,
        };
    }
    judge(&align(&a, &b, nicknames::related))
}

fn judge(alignment: &Alignment<'_>) -> Name {
    let full = |agreement: WordAgreement| agreement <= WordAgreement::Related;
    let alike = alignment
        .pairs
        .iter()
        .filter(|(agreement, word)| full(*agreement) && word.len() > 1)
        .count();
    let exact = alignment
        .pairs
        .iter()
        .filter(|(agreement, word)| *agreement == WordAgreement::Exact && word.len() > 1)
        .count();
    let initials = alignment.pairs.len() - alike;
    let telling = |words: &[&str]| words.iter().filter(|word| word.len() > 1).count();
    let (left, right) = (telling(&alignment.left), telling(&alignment.right));
    // A letter that stands for nothing on the other side is a middle initial there, or contradicts a single given name.
    let loose_letters = (alignment.left.len() - left).min(alignment.right.len() - right);
    match (alike, left, right) {
        (0, _, _) if initials == 0 => Name::Conflict,
        (0, 0, 0) => Name::Unknown,
        (0, _, _) if alignment.left.is_empty() || alignment.right.is_empty() => Name::Unknown,
        (0, _, _) => Name::Conflict,
        (1, l, r) if l > 0 && r > 0 => Name::PartConflict,
        (_, l, r) if l > 0 && r > 0 => Name::MostConflict,
        (1, 0, 0) if initials > 0 => Name::Initial,
        (1, 0, 0) if loose_letters > 0 || !alignment.left.is_empty() && !alignment.right.is_empty() => {
            Name::PartConflict
        }
        (1, 0, 0) if alignment.left.is_empty() && alignment.right.is_empty() => Name::Single,
        (1, _, _) if initials > 0 => Name::Initial,
        (1, _, _) if !alignment.left.is_empty() && !alignment.right.is_empty() => Name::PartConflict,
        (1, _, _) => Name::Part,
        (_, 0, 0) if exact == alike && initials == 0 => Name::Same,
        (_, 0, 0) => Name::Close,
        _ if exact == alike => Name::Most,
        _ => Name::Close,
    }
}

/// Whether a name of one side is in a mailbox of the other.
pub(super) fn cross(a: &Form, b: &Form) -> Cross {
    match (one_way(a, b), one_way(b, a)) {
        (None, None) => Cross::Unknown,
        (Some(one), None) | (None, Some(one)) => one,
        (Some(one), Some(other)) => one.max(other),
    }
}

fn one_way(named: &Form, mailed: &Form) -> Option<Cross> {
    let full = named.words.iter().any(|word| word.len() > 1);
    if !full {
        return None;
    }
    let shown = mailed
        .mailboxes
        .iter()
        .map(|mailbox| mailbox.shows(&named.words))
        .max()?;
    Some(match shown {
        Shown::Nothing => Cross::No,
        Shown::OneWord => Cross::Word,
        Shown::WordAndInitial => Cross::Initial,
        Shown::TwoWords => Cross::Full,
    })
}
