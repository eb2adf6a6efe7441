//! Classes of given names that are short or foreign forms of each other: a weak signal (rules 2.5).

use std::collections::HashMap;
use std::sync::LazyLock;

/// One class a line, its names as the folding writes them. A name may stand in several classes.
const CLASSES: &str = include_str!("nicknames.txt");

static CLASSES_OF: LazyLock<HashMap<&'static str, Vec<usize>>> = LazyLock::new(|| {
    let mut classes: HashMap<&str, Vec<usize>> = HashMap::new();
    for (class, line) in CLASSES.lines().enumerate() {
        for name in line.split_whitespace() {
            classes.entry(name).or_default().push(class);
        }
    }
    classes
});

/// Whether two folded given names share a class, as `bill` and `william` do.
pub fn related(a: &str, b: &str) -> bool {
    match (CLASSES_OF.get(a), CLASSES_OF.get(b)) {
        (Some(a), Some(b)) => a.iter().any(|class| b.contains(class)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{CLASSES, related};
    use crate::normal::fold;

    #[test]
    fn every_name_of_a_class_is_folded() {
        for name in CLASSES.split_whitespace() {
            assert_eq!(fold::fold(name), name);
        }
    }

    #[test]
    fn short_forms_are_related_to_their_long_form_only() {
        assert!(related("bill", "william"));
        assert!(related("chris", "christina"));
        assert!(!related("bill", "robert"));
        assert!(!related("zaphod", "zaphod"));
    }
}
