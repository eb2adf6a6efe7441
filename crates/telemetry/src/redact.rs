//! Keeps secrets and personal data out of logs.

use std::fmt;

const MASK: &str = "***";

/// The URL or connection string with its password masked, fit for logs and error messages.
///
/// Masks the password of the user information (also where a password holds an unescaped `@` or `/`: rather too much is
/// hidden than too little) and the value of every `password=` or `sslpassword=` parameter, in URLs and in
/// `key=value` strings alike. Text without either comes back unchanged.
#[must_use]
pub fn redact_url(url: &str) -> String {
    mask_parameters(&mask_user_info(url))
}

fn mask_user_info(url: &str) -> String {
    let Some(start) = url.find("://").map(|at| at + 3) else {
        return url.to_owned();
    };
    let Some(end) = url[start..].rfind('@').map(|at| start + at) else {
        return url.to_owned();
    };
    match url[start..end].find(':') {
        Some(colon) => format!("{}:{MASK}{}", &url[..start + colon], &url[end..]),
        None => url.to_owned(),
    }
}

fn mask_parameters(text: &str) -> String {
    const KEY: &str = "password=";
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = find_ignoring_case(rest, KEY) {
        let value = at + KEY.len();
        masked.push_str(&rest[..value]);
        masked.push_str(MASK);
        rest = &rest[value + value_length(&rest[value..])..];
    }
    masked.push_str(rest);
    masked
}

fn find_ignoring_case(text: &str, needle: &str) -> Option<usize> {
    text.as_bytes()
        .windows(needle.len())
        .position(|window| window.eq_ignore_ascii_case(needle.as_bytes()))
}

/// Length of a parameter's value: up to the next separator, or to the closing quote of a quoted one.
fn value_length(text: &str) -> usize {
    if let Some(quoted) = text.strip_prefix('\'') {
        return quoted.find('\'').map_or(text.len(), |end| end + 2);
    }
    text.find(|c: char| c == '&' || c == '#' || c.is_whitespace())
        .unwrap_or(text.len())
}

/// A value that never shows itself in `{:?}` or `{}`: for fields of settings and errors that hold secrets or personal
/// data and are printed as a whole.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Redacted<T>(T);

impl<T> Redacted<T> {
    /// Hides `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Do not log it.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself, taken out. Do not log it.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Redacted<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Redacted<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[redacted]")
    }
}

impl<T> fmt::Display for Redacted<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_of_a_url_is_masked_and_everything_else_stays() {
        let cases = [
            (
                "postgres://app:s3cret@db:5432/opportune",
                "postgres://app:***@db:5432/opportune",
            ),
            (
                "amqp://guest:guest@127.0.0.1:5672/%2f?heartbeat=10",
                "amqp://guest:***@127.0.0.1:5672/%2f?heartbeat=10",
            ),
            ("postgres://app@db/opportune", "postgres://app@db/opportune"),
            ("http://127.0.0.1:4317", "http://127.0.0.1:4317"),
            ("not a url", "not a url"),
            ("", ""),
        ];
        for (given, expected) in cases {
            assert_eq!(redact_url(given), expected);
        }
    }

    #[test]
    fn no_part_of_an_unescaped_password_shows() {
        for password in ["a@b", "a/b", "a?b#c", "a:b", "x@y/z"] {
            let shown = redact_url(&format!("postgres://app:{password}@db/opportune"));
            assert_eq!(shown, "postgres://app:***@db/opportune");
        }
    }

    #[test]
    fn passwords_in_parameters_and_connection_strings_are_masked() {
        assert_eq!(
            redact_url("postgres://db/x?user=a&password=b&ssl=1"),
            "postgres://db/x?user=a&password=***&ssl=1"
        );
        assert_eq!(
            redact_url("host=db PASSWORD='a b' user=c sslpassword=d"),
            "host=db PASSWORD=*** user=c sslpassword=***"
        );
    }

    #[test]
    fn a_redacted_value_does_not_print_itself() {
        let secret = Redacted::new("s3cret".to_owned());
        assert_eq!(format!("{secret:?} {secret}"), "[redacted] [redacted]");
        assert_eq!(secret.expose(), "s3cret");
    }
}
