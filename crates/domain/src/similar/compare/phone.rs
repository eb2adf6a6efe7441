//! Phone numbers.

use crate::normal::slips;
use crate::similar::levels::Phone;
use crate::similar::{Form, Rarity};

/// More records than this with one number: a switchboard, or a family.
const SHARED: u32 = 5;

/// Digits by which numbers of unknown country meet.
const END: usize = 8;

pub(super) fn phone(a: &Form, b: &Form, rarity: Rarity) -> Phone {
    if let (Some(one), Some(other)) = (&a.contact.phone, &b.contact.phone) {
        return match () {
            () if one == other && rarity.phone > SHARED => Phone::Shared,
            () if one == other => Phone::Same,
            () => near(one, other),
        };
    }
    // A number that is none in its country is not compared digit by digit with a good one but for its end.
    let (Some(one), Some(other)) = (&a.digits, &b.digits) else {
        return Phone::Unknown;
    };
    if end(one) == end(other) {
        return if rarity.phone > SHARED {
            Phone::Shared
        } else {
            Phone::End
        };
    }
    Phone::Other
}

fn end(digits: &str) -> &str {
    &digits[digits.len().saturating_sub(END)..]
}

fn near(one: &str, other: &str) -> Phone {
    if one.len() != other.len() {
        return Phone::Other;
    }
    let common = one.bytes().zip(other.bytes()).take_while(|(x, y)| x == y).count();
    let differing = one.bytes().zip(other.bytes()).filter(|(x, y)| x != y).count();
    if common + 3 >= one.len() {
        Phone::Block
    } else if differing == 1 || (differing == 2 && slips::within(one, other, 1)) {
        Phone::Slip
    } else {
        Phone::Other
    }
}
