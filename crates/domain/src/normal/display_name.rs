//! The name that stands beside an address (rules 2.7).

use super::email::emails;
use super::fold;

/// The display name of the first address, decoded from its quotes: `"Ann Lee" <ann@example.com>` gives `Ann Lee`, as
/// does `ann@example.com (Ann Lee)`. None without a name, or if the name is itself an address (rules 2.7).
pub fn display_name(text: &str) -> Option<String> {
    let text = fold::clean(text);
    let name = before_bracket(&text).or_else(|| in_comment(&text))?;
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let says_something = name.chars().any(char::is_alphabetic) && emails(&name).is_empty();
    says_something.then_some(name)
}

/// What stands before the first `<…@…>` outside quotes, its quotes decoded.
fn before_bracket(text: &str) -> Option<String> {
    let (mut name, mut was_quoted) = (String::new(), false);
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => {
                name.push(c);
                escaped = false;
            }
            '\\' if quoted => escaped = true,
            '"' => {
                quoted = !quoted;
                was_quoted = true;
            }
            '<' if !quoted => {
                let inside = text[at + 1..].split('>').next()?;
                let name = name.trim();
                let unmarked = if was_quoted {
                    name
                } else {
                    name.trim_matches(['\'', '`', '“', '”', '„'])
                };
                return inside.contains('@').then(|| unmarked.to_owned());
            }
            _ => name.push(c),
        }
    }
    None
}

/// The comment right after a bare address, the older way to give a name.
fn in_comment(text: &str) -> Option<String> {
    let (address, rest) = text.split_once('(')?;
    let (comment, _) = rest.split_once(')')?;
    let is_one_address = !address.trim().contains(' ') && emails(address).len() == 1;
    is_one_address.then(|| comment.to_owned())
}

#[cfg(test)]
mod tests {
    use super::display_name;

    #[test]
    fn the_name_beside_an_address_is_read() {
        for text in [
            "\"Ann Lee\" <ann@example.com>",
            "Ann Lee <ann@example.com>",
            "  'Ann  Lee'  <ann@example.com>, Bob <bob@example.com>",
            "\"Ann\" Lee <a@x>",
            "ann@example.com (Ann Lee)",
        ] {
            assert_eq!(display_name(text).as_deref(), Some("Ann Lee"), "{text}");
        }
        assert_eq!(
            display_name("\"Lee, \\\"Ann\\\" <3\" <a@x.de>").as_deref(),
            Some("Lee, \"Ann\" <3")
        );
    }

    #[test]
    fn an_address_is_no_name() {
        for text in [
            "ann@x.com",
            "<ann@x.com>",
            "\"ann@x.com\" <ann@x.com>",
            "",
            "Ann Lee",
            "a < b",
            "\"unclosed <ann@x.com>",
            "\"-\" <a@x.com>",
        ] {
            assert_eq!(display_name(text), None, "{text}");
        }
    }
}
