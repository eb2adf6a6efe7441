//! Words for the text search over records.

use super::email::{domain_words, emails, search_words};
use super::fold;
use super::host::registrable;
use super::website::host_of;

/// The most words that one record gives.
pub const MAX_WORDS: usize = 24;

/// The longest word, in characters; longer ones are cut.
const MAX_LENGTH: usize = 100;

/// The folded distinct words of the texts in their order, each of two characters or more, at most [`MAX_WORDS`].
///
/// An address gives itself, the parts of its name and its domains; a website its domains. What is searched for has to
/// go through here too: then a query finds a record that holds all of its words. Never fails.
pub fn words<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in texts {
        let text = fold::clean(text);
        for word in text.split(' ').filter(|chunk| !chunk.is_empty()).flat_map(chunk_words) {
            let word: String = word.chars().take(MAX_LENGTH).collect();
            if word.chars().nth(1).is_some() && !found.contains(&word) {
                found.push(word);
            }
            if found.len() == MAX_WORDS {
                return found;
            }
        }
    }
    found
}

/// The words of what stands between two spaces.
fn chunk_words(chunk: &str) -> Vec<String> {
    if chunk.contains('@') {
        let addresses = emails(chunk);
        if !addresses.is_empty() {
            return addresses.iter().flat_map(search_words).collect();
        }
    }
    if chunk.contains('.')
        && let Some(host) = host_of(chunk)
        && registrable(&host).is_some()
    {
        return domain_words(host.strip_prefix("www.").unwrap_or(&host));
    }
    fold::tokens(chunk)
}

#[cfg(test)]
mod tests {
    use super::{MAX_WORDS, words};

    fn of(text: &str) -> Vec<String> {
        words(std::iter::once(text))
    }

    #[test]
    fn words_are_folded_and_distinct() {
        assert_eq!(of("Müller & Söhne GmbH, Mueller a"), ["muller", "sohne", "gmbh"]);
        assert_eq!(words(["Ann Lee", "", "ann"].into_iter()), ["ann", "lee"]);
    }

    #[test]
    fn an_address_is_found_by_itself_its_parts_and_its_domain() {
        assert_eq!(
            of("<Ann.Lee@zboing.mycompany.com>"),
            [
                "ann.lee@zboing.mycompany.com",
                "ann",
                "lee",
                "zboing.mycompany.com",
                "mycompany.com",
                "mycompany"
            ]
        );
    }

    #[test]
    fn a_query_for_a_domain_finds_addresses_and_websites_of_it() {
        let query = of("acme.com");
        for text in ["ann@acme.com", "https://www.acme.com/shop", "www.acme.com"] {
            let words = of(text);
            assert!(query.iter().all(|word| words.contains(word)), "{text}: {words:?}");
        }
    }

    #[test]
    fn there_are_never_too_many_words() {
        let many: String = (10..1000).map(|n| format!("w{n} ")).collect();
        assert_eq!(of(&many).len(), MAX_WORDS);
    }
}
