//! Names of companies (rules 2.5): folded words without the legal form.

use super::align::{Alignment, WordAgreement, align, join_split_words};
use super::fold;
use super::lists::{self, junk, legal_forms};
use super::person::NameAgreement;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Words beyond this many are dropped.
const MAX_TOKENS: usize = 12;

/// The most words of which one legal form consists: `S. de R.L. de C.V.`.
const MAX_FORM_WORDS: usize = 5;

/// The normal form of a company's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CompanyName {
    /// The words with a space between: equal keys are equal names.
    pub key: String,
    /// Folded words in their order, legal form and punctuation dropped, never empty.
    pub tokens: Vec<String>,
}

/// The normal form of a company's name; none if nothing is left or it is junk (`n/a`, `private`). Never fails
/// (rules 2.5). The legal form is dropped, but never so that nothing is left.
pub fn company(text: &str) -> Option<CompanyName> {
    let words = split(&without_native_form(&fold::clean(text)));
    let is_junk = |word: &str| lists::contains(junk::JUNK, word) || lists::contains(junk::COMPANY_JUNK, word);
    if is_junk(&words.concat()) || is_one_key_held_down(&words.concat()) {
        return None;
    }
    let tokens = settle(words);
    let key = tokens.join(" ");
    let says_nothing = tokens.iter().all(|word| is_junk(word)) || is_junk(&tokens.concat());
    (!says_nothing).then_some(CompanyName { key, tokens })
}

/// `0000000000`, `xxxxxx`.
fn is_one_key_held_down(word: &str) -> bool {
    word.len() >= 4 && word.bytes().all(|b| b == word.as_bytes()[0])
}

/// How two names of companies agree. Symmetric; a missing name is [`NameAgreement::Unknown`].
///
/// Words that many companies carry (`group`, a country) make a name close when they are extra, and alone no agreement.
pub fn compare_company(a: Option<&CompanyName>, b: Option<&CompanyName>) -> NameAgreement {
    let (Some(a), Some(b)) = (a, b) else {
        return NameAgreement::Unknown;
    };
    if a.key == b.key || same_letters(&a.tokens, &b.tokens) {
        return NameAgreement::Same;
    }
    let (x, y) = (
        join_split_words(&a.tokens, &b.tokens),
        join_split_words(&b.tokens, &a.tokens),
    );
    if x == y {
        return NameAgreement::Same;
    }
    if is_acronym(&a.tokens, &b.tokens) || is_acronym(&b.tokens, &a.tokens) {
        return NameAgreement::Weak;
    }
    judge(&align(&x, &y, |_, _| false))
}

/// Whether the words of both, glued together, are one text.
fn same_letters(a: &[String], b: &[String]) -> bool {
    let letters = |words: &[String]| words.iter().map(String::len).sum::<usize>();
    letters(a) == letters(b) && a.concat() == b.concat()
}

fn judge(alignment: &Alignment<'_>) -> NameAgreement {
    let telling = alignment
        .pairs
        .iter()
        .any(|(agreement, word)| *agreement <= WordAgreement::Close && !is_broad(word));
    let extra = match (alignment.left.as_slice(), alignment.right.as_slice()) {
        (extra, []) | ([], extra) if telling => extra,
        // Only broad words differ: `Acme Germany` and `Acme Austria` are related, not the same.
        (left, right) if telling && left.iter().chain(right).all(|word| is_broad(word)) => return NameAgreement::Weak,
        _ => return NameAgreement::Conflict,
    };
    let all_alike = alignment.at_least(WordAgreement::Close) == alignment.pairs.len();
    if all_alike && extra.iter().all(|word| is_broad(word)) {
        NameAgreement::Close
    } else {
        NameAgreement::Weak
    }
}

fn is_broad(word: &str) -> bool {
    word.len() == 1 || lists::contains(legal_forms::BROAD_WORDS, word)
}

/// Whether one name is the first letters of the other: `ibm`, `international business machines`.
fn is_acronym(short: &[String], long: &[String]) -> bool {
    let [short] = short else { return false };
    long.len() >= 3 && short.bytes().eq(long.iter().filter_map(|word| word.bytes().next()))
}

/// The text without the legal forms that other scripts write out, unless nothing else is there.
fn without_native_form(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let cut = legal_forms::NATIVE_FORMS
        .iter()
        .fold(text.to_owned(), |text, form| text.replace(form, " "));
    if cut.chars().any(char::is_alphanumeric) {
        Cow::Owned(cut)
    } else {
        Cow::Borrowed(text)
    }
}

/// The words of a name, dotted letters as one word: `I.B.M. b.v.` gives `ibm bv`.
fn split(text: &str) -> Vec<String> {
    let folded = fold::fold(text).replace(['\'', '`'], "");
    let chunks = folded.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
    let words = chunks.flat_map(|chunk| join_letters(chunk.split('.').map(str::to_owned)));
    words.take(MAX_TOKENS).collect()
}

/// Joins letters that stand alone side by side; drops what is empty.
fn join_letters(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut in_letters = false;
    for word in words.filter(|word| !word.is_empty()) {
        let is_letter = word.len() == 1;
        match joined.last_mut().filter(|_| is_letter && in_letters) {
            Some(last) => last.push_str(&word),
            None => joined.push(word),
        }
        in_letters = is_letter;
    }
    joined
        .iter()
        .map(|word| fold::collapse_digraphs(word).into_owned())
        .collect()
}

/// Drops legal forms and joining words until nothing changes, so that a normal form stays as it is.
fn settle(mut words: Vec<String>) -> Vec<String> {
    // Every round but the last makes the list shorter.
    for _ in 0..=MAX_TOKENS {
        let before = words.len();
        drop_where(&mut words, |word| lists::contains(legal_forms::CONJUNCTIONS, word));
        while cut_trailing_form(&mut words) {}
        while words.len() > 1 && lists::contains(legal_forms::LEADING_FORMS, &words[0]) {
            words.remove(0);
        }
        drop_where(&mut words, |word| lists::contains(legal_forms::INNER_FORMS, word));
        words = join_letters(words.into_iter());
        if words.len() == before {
            break;
        }
    }
    words
}

/// Drops words, unless that would drop all.
fn drop_where(words: &mut Vec<String>, unwanted: impl Fn(&str) -> bool) {
    if !words.iter().all(|word| unwanted(word)) {
        words.retain(|word| !unwanted(word));
    }
}

/// Cuts one legal form from the end, the longest that fits; says whether it did.
fn cut_trailing_form(words: &mut Vec<String>) -> bool {
    for length in (1..=MAX_FORM_WORDS).rev().filter(|length| *length < words.len()) {
        let tail = &words[words.len() - length..];
        // A form in several words consists of short ones: `s a`, `sp z oo`, `ges mbh`.
        let fits = length == 1 || tail.iter().all(|word| word.len() <= 4);
        if fits && lists::contains(legal_forms::LEGAL_FORMS, &tail.concat()) {
            words.truncate(words.len() - length);
            return true;
        }
    }
    false
}
