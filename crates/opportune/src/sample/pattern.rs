//! Fills patterns: `#` is a digit, `%` a digit other than 0, `@` a capital letter.

use rand::Rng;

/// The pattern with its signs replaced by random characters.
pub(super) fn fill(pattern: &str, rng: &mut impl Rng) -> String {
    pattern
        .chars()
        .map(|sign| match sign {
            '#' => char::from(rng.random_range(b'0'..=b'9')),
            '%' => char::from(rng.random_range(b'1'..=b'9')),
            '@' => char::from(rng.random_range(b'A'..=b'Z')),
            other => other,
        })
        .collect()
}

/// True with a probability of `percent` per cent.
pub(super) fn chance(percent: u32, rng: &mut impl Rng) -> bool {
    rng.random_ratio(percent.min(100), 100)
}

/// Fit for a domain or the local part of an address: lower case, ASCII, words joined by `joint`.
pub(super) fn slug(text: &str, joint: &str) -> String {
    let ascii = deunicode::deunicode(text).to_lowercase();
    let words: Vec<String> = ascii
        .split(|c: char| c.is_whitespace() || c == '-')
        .map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(joint)
}
