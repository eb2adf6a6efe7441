//! Cities that have several names.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One city a line, its names as the folding writes them in one word; the first stands for all.
const CITIES: &str = include_str!("cities.txt");

static FIRST_OF: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let names = |line: &'static str| {
        let first = line.split_whitespace().next().unwrap_or_default();
        line.split_whitespace().map(move |name| (name, first))
    };
    CITIES.lines().flat_map(names).collect()
});

/// The one name that stands for all names of a city; the name itself where there is but one.
pub fn one_name(city: &str) -> &str {
    FIRST_OF.get(city).copied().unwrap_or(city)
}

#[cfg(test)]
mod tests {
    use super::{CITIES, one_name};
    use crate::normal::fold;

    #[test]
    fn every_name_is_folded_and_stands_once() {
        let mut names: Vec<&str> = CITIES.split_whitespace().collect();
        assert!(names.iter().all(|name| fold::fold(name) == *name));
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn a_city_has_one_name() {
        assert_eq!(one_name("munich"), one_name("munchen"));
        assert_eq!(one_name("tulsa"), "tulsa");
    }
}
