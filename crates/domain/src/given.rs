//! Writing what was given over what is there.

/// Writes the value if one is given.
pub(crate) fn put<T: Clone>(field: &mut T, given: &Option<T>) {
    if let Some(value) = given {
        field.clone_from(value);
    }
}
