//! How many slips of the keyboard two words are apart: letters changed, added, left out, or swapped with the next.

/// Whether at most `allowed` slips lead from one to the other. Most words that are compared have little in common, and
/// that is seen without the quadratic distance.
pub(crate) fn within(a: &str, b: &str, allowed: usize) -> bool {
    if !a.is_ascii() || !b.is_ascii() {
        return strsim::osa_distance(a, b) <= allowed;
    }
    let (a, b) = without_common_ends(a, b);
    if a.len().abs_diff(b.len()) > allowed {
        return false;
    }
    match (a.as_bytes(), b.as_bytes(), allowed) {
        ([], _, _) | (_, [], _) => true,
        (_, _, 0) => false,
        ([_], [_], _) => true,
        ([p, q], [r, s], 1) => p == s && q == r,
        (_, _, 1) => false,
        // A slip leaves at most two letters without a partner.
        _ => strangers(a, b) <= 2 * allowed && strsim::osa_distance(a, b) <= allowed,
    }
}

/// What both begin and end with needs no slip. Of ASCII only: it is cut between bytes.
fn without_common_ends<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    let front = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[front..], &b[front..]);
    let back = a.bytes().rev().zip(b.bytes().rev()).take_while(|(x, y)| x == y).count();
    (&a[..a.len() - back], &b[..b.len() - back])
}

/// How many letters of one side have no partner on the other, both sides together.
fn strangers(a: &str, b: &str) -> usize {
    let mut count = [0_i16; 128];
    a.bytes().for_each(|letter| count[usize::from(letter)] += 1);
    b.bytes().for_each(|letter| count[usize::from(letter)] -= 1);
    count.iter().map(|left| usize::from(left.unsigned_abs())).sum()
}

#[cfg(test)]
mod tests {
    use super::within;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_says_what_the_distance_says(a in "[abcé]{0,7}", b in "[abcé]{0,7}", allowed in 0_usize..3) {
            prop_assert_eq!(within(&a, &b, allowed), strsim::osa_distance(&a, &b) <= allowed);
        }

        #[test]
        fn longer_words_too(front in "[ab]{0,6}", a in "[abc]{0,4}", b in "[abc]{0,4}", back in "[ab]{0,6}") {
            let (a, b) = (format!("{front}{a}{back}"), format!("{front}{b}{back}"));
            for allowed in 0..3 {
                prop_assert_eq!(within(&a, &b, allowed), strsim::osa_distance(&a, &b) <= allowed);
            }
        }
    }
}
