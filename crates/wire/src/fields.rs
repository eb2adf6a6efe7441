//! Which fields of a message a caller gives, and what is wrong with them.
//!
//! Three cases, one walk over the fields: on creation, and in a change without a field mask, a field is given when it
//! is not empty; in a change with a mask, exactly the fields that the mask names are given, and an empty one clears.

use opportune_domain::refusal::{Refusal, Violation};

/// Walks over the fields of one message and collects every violation, so that a caller hears everything at once.
#[derive(Debug)]
pub struct Fields<'m> {
    mask: Option<&'m [String]>,
    violations: Vec<Violation>,
}

impl<'m> Fields<'m> {
    /// `paths` is the field mask of a change, `None` on creation. An empty mask means every field that is set.
    /// `changeable` are the paths that a mask may name.
    pub fn new(paths: Option<&'m [String]>, changeable: &[&str]) -> Self {
        let mask = paths.filter(|paths| !paths.is_empty());
        let unknown = mask
            .into_iter()
            .flatten()
            .filter(|path| !changeable.contains(&path.as_str()));
        let violations = unknown
            .map(|path| Violation {
                field: "update_mask".to_owned(),
                description: format!("names {}, which cannot be changed here", shortened(path)),
            })
            .collect();
        Self { mask, violations }
    }

    /// The value if the caller gives it.
    pub fn take<T: Default + PartialEq>(&mut self, path: &str, value: T) -> Option<T> {
        let given = match self.mask {
            Some(mask) => mask.iter().any(|named| named == path),
            None => value != T::default(),
        };
        given.then_some(value)
    }

    /// As [`Fields::take`], of a value that has to be parsed first; it is parsed only if it matters.
    pub fn parse<T, F>(&mut self, path: &str, parse: F) -> Option<T>
    where
        T: Default + PartialEq,
        F: FnOnce() -> Result<T, Refusal>,
    {
        if self.mask.is_some_and(|mask| !mask.iter().any(|named| named == path)) {
            return None;
        }
        match parse() {
            Ok(value) => self.take(path, value),
            Err(refusal) => {
                self.violations.extend(refusal.violations);
                None
            }
        }
    }

    /// What was built from the fields, unless something was wrong with them.
    ///
    /// # Errors
    /// `FIELD_INVALID` with every violation.
    pub fn finish<T>(self, built: T) -> Result<T, Refusal> {
        if self.violations.is_empty() {
            Ok(built)
        } else {
            Err(Refusal::fields(self.violations))
        }
    }
}

/// A path as it may stand in a message: a caller's text is not repeated without bound.
fn shortened(path: &str) -> String {
    path.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGEABLE: [&str; 2] = ["title", "priority"];

    #[test]
    fn without_a_mask_what_is_not_empty_is_given() {
        for paths in [None, Some(&[][..])] {
            let mut fields = Fields::new(paths, &CHANGEABLE);
            assert_eq!(fields.take("title", String::new()), None);
            assert_eq!(fields.take("priority", 2), Some(2));
        }
    }

    #[test]
    fn with_a_mask_exactly_the_named_fields_are_given_and_an_empty_one_clears() {
        let paths = ["title".to_owned()];
        let mut fields = Fields::new(Some(&paths), &CHANGEABLE);
        assert_eq!(fields.take("title", String::new()), Some(String::new()));
        assert_eq!(fields.take("priority", 2), None);
    }

    #[test]
    fn a_mask_that_names_something_else_is_refused() {
        let paths = ["title".to_owned(), "etag".to_owned(), "no_such_field".to_owned()];
        let refusal = Fields::new(Some(&paths), &CHANGEABLE).finish(()).unwrap_err();
        assert_eq!(refusal.violations.len(), 2);
        assert!(
            refusal
                .violations
                .iter()
                .all(|violation| violation.field == "update_mask")
        );
        assert!(refusal.message.contains("no_such_field"));
    }

    #[test]
    fn every_wrong_field_is_heard_at_once() {
        let mut fields = Fields::new(None, &CHANGEABLE);
        assert_eq!(
            fields.parse::<i32, _>("priority", || Err(Refusal::field("priority", "is odd"))),
            None
        );
        assert_eq!(
            fields.parse::<i32, _>("title", || Err(Refusal::field("title", "is bad"))),
            None
        );
        assert_eq!(fields.finish(()).unwrap_err().violations.len(), 2);
    }

    #[test]
    fn a_wrong_value_outside_the_mask_does_not_matter() {
        let paths = ["title".to_owned()];
        let mut fields = Fields::new(Some(&paths), &CHANGEABLE);
        assert_eq!(
            fields.parse::<i32, _>("priority", || Err(Refusal::field("priority", "is odd"))),
            None
        );
        assert!(fields.finish(()).is_ok());
    }
}
