//! Word lists behind the normal forms. Everything is sorted, so that [`contains`] can search by halves.

pub mod cities;
pub mod junk;
pub mod legal_forms;
pub mod nicknames;
pub mod people;
pub mod providers;

/// Whether a sorted list holds the word.
pub fn contains(list: &[&str], word: &str) -> bool {
    list.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{junk, legal_forms, people, providers};
    use crate::normal::fold;

    #[test]
    fn every_list_is_sorted_and_names_nothing_twice() {
        let lists = [
            junk::JUNK,
            junk::COMPANY_JUNK,
            junk::PERSON_JUNK,
            legal_forms::LEGAL_FORMS,
            legal_forms::INNER_FORMS,
            legal_forms::LEADING_FORMS,
            legal_forms::CONJUNCTIONS,
            legal_forms::BROAD_WORDS,
            people::TITLES,
            people::PARTICLES,
            people::ROLE_MAILBOXES,
            providers::GENERIC_PROVIDERS,
            providers::SHARED_WEBSITES,
            providers::PLACEHOLDER_ADDRESSES,
        ];
        for list in lists {
            for pair in list.windows(2) {
                assert!(pair[0] < pair[1], "{} stands before {}", pair[0], pair[1]);
            }
        }
    }

    #[test]
    fn words_that_are_compared_with_folded_text_are_folded_themselves() {
        let lists = [
            junk::JUNK,
            junk::COMPANY_JUNK,
            junk::PERSON_JUNK,
            legal_forms::LEGAL_FORMS,
            legal_forms::INNER_FORMS,
            legal_forms::LEADING_FORMS,
            legal_forms::CONJUNCTIONS,
            legal_forms::BROAD_WORDS,
            people::TITLES,
            people::PARTICLES,
            people::ROLE_MAILBOXES,
        ];
        for word in lists.into_iter().flatten() {
            assert_eq!(fold::fold(word), **word);
        }
    }
}
