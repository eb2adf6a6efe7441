//! Vectors of what is not there yet. One that holds must leave this list.

/// Their ids.
pub const NOT_YET: &[&str] = &[];
