//! E-mail addresses.

use crate::normal::{Email, Mailbox, fold, slips};
use crate::similar::Form;
use crate::similar::levels::Mail;
use crate::tenant::Settings;
use std::borrow::Cow;

/// A mailbox name of this many letters belongs to few.
const TELLING: usize = 7;

/// How the addresses agree: the best pair counts.
pub(super) fn mail(settings: &Settings, a: &Form, b: &Form) -> Mail {
    let exact = equal(&a.contact.emails, &b.contact.emails);
    let boxes = a
        .mailboxes
        .iter()
        .flat_map(|one| b.mailboxes.iter().map(move |other| pair(settings, one, other)));
    exact.into_iter().chain(boxes).max().unwrap_or(Mail::Unknown)
}

fn equal(a: &[Email], b: &[Email]) -> Option<Mail> {
    let pairs = a.iter().flat_map(|one| b.iter().map(move |other| (one, other)));
    pairs
        .filter_map(|(one, other)| {
            let level = if one == other {
                Mail::Same
            } else if one.folds_like(other) {
                Mail::Folded
            } else {
                return None;
            };
            Some(if one.is_role_mailbox() { Mail::Role } else { level })
        })
        .max()
}

fn pair(settings: &Settings, one: &Mailbox, other: &Mailbox) -> Mail {
    let same_domain = one.domain == other.domain;
    let of_company = || same_domain && !settings.is_generic(&one.domain);
    let (a, b) = (one.letters.as_str(), other.letters.as_str());
    if a == b {
        return match () {
            // `smith` and `smith6` are two people of one company, `lee` and `lee1980` at a provider too.
            () if same_domain && one.digits != other.digits && of_company() => Mail::Colleague,
            () if same_domain && one.digits != other.digits => Mail::Other,
            () if same_domain => Mail::Pattern,
            () if slip(&one.domain, &other.domain) => Mail::Slip,
            () if a.len() >= TELLING || one.parts.len() > 1 => Mail::LongName,
            () => Mail::ShortName,
        };
    }
    if near_mailbox(a, b) && slip(&one.domain, &other.domain) {
        return Mail::Slip;
    }
    if variants(one, other) || variants(other, one) {
        return Mail::Pattern;
    }
    if of_company() { Mail::Colleague } else { Mail::Other }
}

/// One is a shorter way to write the name that the other shows in parts.
fn variants(short: &Mailbox, long: &Mailbox) -> bool {
    let [first, .., last] = long.parts.as_slice() else {
        return false;
    };
    let letters = short.letters.as_str();
    if first.len() < 2 && last.len() < 2 {
        return false;
    }
    let ways = [
        (last.as_str(), first.as_str()),
        (first, last),
        (initial(first), last),
        (last, initial(first)),
        (first, initial(last)),
    ];
    letters.len() >= 3
        && ways
            .iter()
            .any(|(front, back)| letters.strip_prefix(front) == Some(back))
}

fn initial(word: &str) -> &str {
    word.get(..1).unwrap_or_default()
}

/// A slip of the keyboard in a name long enough.
fn near(a: &str, b: &str) -> bool {
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    let allowed = if short >= 10 { 2 } else { 1 };
    short >= 5 && long - short <= allowed && slips::within(a, b, allowed)
}

/// The first letter is often an initial, where another letter is another person.
fn near_mailbox(a: &str, b: &str) -> bool {
    a.get(..1) == b.get(..1) && near(a, b)
}

/// Domains a slip or an ending apart.
pub(super) fn slip(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (x, y) = (label(a), label(b));
    x == y || near(&x, &y)
}

/// What stands in front of the ending, folded and without hyphens.
pub(crate) fn label(domain: &str) -> Cow<'_, str> {
    let mut parts = domain.rsplit('.').skip(1);
    let last = parts.next();
    // `co` of `co.uk` is an ending too.
    let label = match last.filter(|part| part.len() <= 3) {
        Some(_) => parts.next().or(last),
        None => last,
    };
    fold::glued(label.unwrap_or(domain))
}
