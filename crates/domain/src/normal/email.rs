//! E-mail addresses in free text (rules 2.1 to 2.3).

use std::borrow::Cow;
use std::fmt;

use super::fold;
use super::host::{ascii_host, registrable};
use super::lists::{self, people};
use serde::{Deserialize, Serialize};

pub use super::display_name::display_name;
pub use super::lists::providers::{GENERIC_PROVIDERS, PLACEHOLDER_ADDRESSES};

/// How many addresses of one text are read.
pub const MAX_ADDRESSES: usize = 20;

/// The longest local part, in characters (RFC 5321).
const MAX_LOCAL: usize = 64;

/// The normal form of an e-mail address (rules 2.1): the domain lower-case ASCII, the local part lower-case if ASCII.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Email {
    /// What stands before the last `@`; quoted only where it must be.
    pub local: String,
    /// The full domain: `zboing.mycompany.com` is not `mycompany.com` (rules 2.3).
    pub domain: String,
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

impl Email {
    /// `local@domain`, the strong match key (rules 2.1).
    pub fn address(&self) -> String {
        self.to_string()
    }

    /// The weaker match key (rules 2.2): plus tag cut, gmail's dots dropped, `googlemail.com` as `gmail.com`.
    pub fn folded(&self) -> String {
        let (local, domain) = self.folded_parts();
        format!("{local}@{domain}")
    }

    /// Whether both have the same [`folded`](Self::folded) address.
    pub fn folds_like(&self, other: &Self) -> bool {
        self.folded_parts() == other.folded_parts()
    }

    fn folded_parts(&self) -> (Cow<'_, str>, &str) {
        let local = self.lower_untagged();
        if matches!(self.domain.as_str(), "gmail.com" | "googlemail.com") {
            (Cow::Owned(local.replace('.', "")), "gmail.com")
        } else {
            (local, &self.domain)
        }
    }

    /// The local part up to its plus tag. Case counts where there are foreign letters, and they may all be in the tag.
    fn lower_untagged(&self) -> Cow<'_, str> {
        let local = self.untagged();
        if local.is_ascii() && local.bytes().any(|b| b.is_ascii_uppercase()) {
            return Cow::Owned(local.to_ascii_lowercase());
        }
        Cow::Borrowed(local)
    }

    /// Whether several people read this mailbox, as `info@` or `sales-uk@` (rules 3.3).
    pub fn is_role_mailbox(&self) -> bool {
        const REGIONS: &[&str] = &["apac", "dach", "emea", "intl", "usa"];
        let local = fold::fold(self.untagged());
        let parts: Vec<&str> = local.split(['.', '-', '_']).filter(|part| !part.is_empty()).collect();
        let whole = parts.concat();
        let is_role = |part: &str| {
            lists::contains(
                people::ROLE_MAILBOXES,
                part.trim_end_matches(|c: char| c.is_ascii_digit()),
            )
        };
        // A country, a number or another role may follow: `info.de`, `sales2`, `office-support`.
        let is_qualifier = |part: &&str| part.len() <= 2 || REGIONS.contains(part) || is_role(part);
        is_role(&whole)
            || parts
                .split_first()
                .is_some_and(|(first, rest)| is_role(first) && rest.iter().all(is_qualifier))
    }

    /// Whether people type this address to get past a form, by a tenant's list: whole addresses, or `name@` for this name
    /// at any domain. It gives no key (rules 2.1).
    pub fn is_placeholder_in<'a>(&self, list: impl IntoIterator<Item = &'a str>) -> bool {
        // Asked for every address: most of the list begins otherwise.
        let begins = |entry: &&str| {
            let front = entry.trim_start().as_bytes().get(..self.local.len());
            front.is_some_and(|front| front.eq_ignore_ascii_case(self.local.as_bytes()))
        };
        list.into_iter().filter(begins).any(|entry| {
            let (local, domain) = entry.trim().rsplit_once('@').unwrap_or((entry, "\0"));
            local.eq_ignore_ascii_case(&self.local) && (domain.is_empty() || domain.eq_ignore_ascii_case(&self.domain))
        })
    }

    /// The local part up to its plus tag.
    pub(super) fn untagged(&self) -> &str {
        match self.local.split_once('+') {
            Some((name, _)) if !name.is_empty() && !name.starts_with('"') => name,
            _ => &self.local,
        }
    }
}

/// Whether the domain belongs to a generic provider, by the seeded list (rules 2.3). Expects a normal form.
pub fn is_generic_provider(domain: &str) -> bool {
    lists::contains(GENERIC_PROVIDERS, domain)
}

/// Every address of a free text in its order, each once, at most [`MAX_ADDRESSES`] (rules 2.1). Never fails.
pub fn emails(text: &str) -> Vec<Email> {
    let text: Vec<char> = fold::clean(text).trim().chars().collect();
    let mut found: Vec<Email> = Vec::new();
    let mut at = 0;
    while at < text.len() && found.len() < MAX_ADDRESSES {
        let (email, next) = read_at(&text, at);
        found.extend(email.filter(|email| !found.contains(email)));
        at = next;
    }
    found
}

/// Reads what begins at a position: an address if one does, and where to go on.
fn read_at(text: &[char], start: usize) -> (Option<Email>, usize) {
    if text[start] == '"' {
        return match quoted_local(text, start) {
            Some((local, at)) => read_domain(text, start, local, at),
            None => (None, start + 1),
        };
    }
    if !is_local_char(text[start]) {
        return (None, start + 1);
    }
    let end = run(text, start, is_local_char);
    if text.get(end) != Some(&'@') {
        return (None, end);
    }
    // Several @ in one word: only what ends at the last one could be the local part, and it is none.
    let chain = run(text, end, |c| c == '@' || is_local_char(c));
    if text[end + 1..chain].contains(&'@') {
        return (None, chain);
    }
    let local: String = text[start..end].iter().collect();
    read_domain(text, start, bare_local(&local), end)
}

/// Reads the domain after the `@` at `at`.
fn read_domain(text: &[char], start: usize, local: Option<String>, at: usize) -> (Option<Email>, usize) {
    let end = run(text, at + 1, is_domain_char);
    if text.get(end) == Some(&'@') {
        return (None, end);
    }
    let domain: String = text[at + 1..end].iter().collect();
    let domain = domain.trim_end_matches(['.', '-', '。']);
    // A host without a dot is believed only where nothing else is meant: alone, or between angle brackets.
    let alone = start == 0 && end == text.len();
    let bracketed = start > 0 && text[start - 1] == '<' && text.get(end) == Some(&'>');
    let host = ascii_host(domain).filter(|host| host.contains('.') || alone || bracketed);
    let email = local.zip(host).map(|(local, domain)| Email { local, domain });
    (email, end.max(start + 1))
}

/// The content of a quoted local part that begins at `start`, and the position of its `@`. Outer none: it is none.
fn quoted_local(text: &[char], start: usize) -> Option<(Option<String>, usize)> {
    let mut content = String::new();
    let mut at = start + 1;
    loop {
        match (text.get(at)?, text.get(at + 1)) {
            ('"', Some('@')) => break,
            ('"', _) => return None,
            ('\\', Some(escaped)) => {
                content.push(*escaped);
                at += 2;
            }
            (c, _) => {
                content.push(*c);
                at += 1;
            }
        }
        if at > start + 2 * MAX_LOCAL {
            return None;
        }
    }
    Some((unquote(&content), at + 1))
}

/// A quoted local part, without its quotes where it needs none.
fn unquote(content: &str) -> Option<String> {
    if content.is_empty() || content.chars().count() > MAX_LOCAL {
        return None;
    }
    if content.chars().all(is_local_char) && bare_local(content).as_deref() == Some(lower(content).as_str()) {
        return bare_local(content);
    }
    let escaped = content.replace('\\', "\\\\").replace('"', "\\\"");
    Some(format!("\"{}\"", lower(&escaped)))
}

/// A local part without quotes; marks that a sentence leaves in front of an address do not belong to it.
fn bare_local(text: &str) -> Option<String> {
    let local = text.trim_start_matches([
        '\'', '`', '*', '|', '/', '=', '~', '{', '}', '!', '#', '$', '%', '^', '&', '?', '.',
    ]);
    let valid =
        !local.is_empty() && local.chars().count() <= MAX_LOCAL && !local.ends_with('.') && !local.contains("..");
    valid.then(|| lower(local))
}

fn lower(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.to_owned()
    }
}

fn run(text: &[char], start: usize, belongs: impl Fn(char) -> bool) -> usize {
    text[start..]
        .iter()
        .position(|c| !belongs(*c))
        .map_or(text.len(), |length| start + length)
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}

fn is_local_char(c: char) -> bool {
    is_letter(c) || "!#$%&'*+-/=?^_`{|}~.".contains(c)
}

fn is_domain_char(c: char) -> bool {
    is_letter(c) || matches!(c, '-' | '.' | '。')
}

/// The words under which an address is found by text search: itself, the parts of its name, its domains.
pub(super) fn search_words(email: &Email) -> Vec<String> {
    let mut words = vec![email.address()];
    words.extend(fold::tokens(&email.local));
    words.extend(domain_words(&email.domain));
    words
}

/// The words under which a domain is found: itself, what is registered, and the name in it.
pub(super) fn domain_words(host: &str) -> Vec<String> {
    let mut words = vec![host.to_owned()];
    if let Some(domain) = registrable(host) {
        words.push(domain.to_owned());
        words.extend(domain.split('.').next().map(str::to_owned));
    }
    words
}
