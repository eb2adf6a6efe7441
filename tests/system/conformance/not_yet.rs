//! Vectors of what is not there yet. One that holds must leave this list.

/// Their ids.
pub const NOT_YET: &[&str] = &[
    // Names as evidence.
    "name-company-legal-form-dots",
    "name-person-order",
    "name-person-title",
    "similar-name-not-strong",
    "similar-rare-beats-common",
    "similar-customers-by-name",
];
