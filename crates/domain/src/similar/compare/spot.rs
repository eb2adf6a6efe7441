//! Addresses.

use crate::normal::{Place, slips};
use crate::similar::levels::Spot;
use std::borrow::Cow;

pub(super) fn spot(a: &Place, b: &Place) -> Spot {
    if differ(&a.country, &b.country) {
        return Spot::Other;
    }
    let postal = agree(&a.postal, &b.postal, |x, y| x == y);
    let city = agree(&a.city, &b.city, same_city);
    let street = agree_street(a, b);
    let house = agree(&a.house, &b.house, |x, y| x == y);
    let place = match (postal, city) {
        (Some(true), _) => Some(Spot::Postal),
        (_, Some(true)) => Some(Spot::City),
        (None, None) => None,
        _ => Some(Spot::Other),
    };
    match (street, house, place) {
        (Some(true), Some(true), Some(Spot::Other)) => Spot::City,
        (Some(true), Some(true), _) => Spot::Same,
        (_, _, Some(Spot::Other)) => Spot::Other,
        (Some(true), None, _) => Spot::Street,
        (Some(true), Some(false), Some(_)) | (Some(false), _, Some(_)) => Spot::House,
        (Some(_), _, None) => Spot::Unknown,
        (None, _, Some(place)) => place,
        (None, _, None) => Spot::Unknown,
    }
}

fn agree(a: &str, b: &str, same: fn(&str, &str) -> bool) -> Option<bool> {
    (!a.is_empty() && !b.is_empty()).then(|| same(a, b))
}

fn differ(a: &str, b: &str) -> bool {
    !a.is_empty() && !b.is_empty() && a != b
}

fn same_city(a: &str, b: &str) -> bool {
    a == b || near(a, b)
}

fn agree_street(a: &Place, b: &Place) -> Option<bool> {
    if a.street.is_empty() || b.street.is_empty() {
        return None;
    }
    let (x, y) = (glued(&a.street), glued(&b.street));
    let (p, q) = (longest(&a.street), longest(&b.street));
    Some(x == y || near(&x, &y) || (p.len() >= 5 && (p == q || near(p, q))))
}

fn glued(words: &[String]) -> Cow<'_, str> {
    match words {
        [only] => Cow::Borrowed(only),
        _ => Cow::Owned(words.concat()),
    }
}

fn longest(words: &[String]) -> &str {
    words.iter().max_by_key(|word| word.len()).map_or("", String::as_str)
}

/// Equal but for a slip in a name long enough.
fn near(a: &str, b: &str) -> bool {
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    let allowed = if short >= 10 { 2 } else { 1 };
    short >= 5 && long <= 100 && long - short <= allowed && slips::within(a, b, allowed)
}
