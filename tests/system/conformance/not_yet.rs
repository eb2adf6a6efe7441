//! Vectors of what is not there yet. One that holds must leave this list.

/// Their ids.
pub const NOT_YET: &[&str] = &[
    // Batches, and imports that convert.
    "revert-one-of-batch",
    "batch-salesperson-not-forced",
    "batch-override-salesperson",
    "round-robin-one-team",
    "round-robin-order-of-request",
    "round-robin-forced",
    "round-robin-lost-takes-no-turn",
    "assign-time-only-where-changed",
    "batch-basic",
    "batch-one-bad",
    "batch-unknown-id",
    "batch-by-filter",
    "batch-empty",
    "batch-link-overwrites",
    "batch-retry-failed-only",
    "batch-cancel",
    "batch-50",
    "batch-reject-inside",
    "batch-merge-inside",
    "batch-ignore-inside",
    "batch-merge-reversed-request",
    "import-and-convert",
    // Names as evidence.
    "name-company-legal-form-dots",
    "name-person-order",
    "name-person-title",
    "similar-name-not-strong",
    "similar-rare-beats-common",
    "similar-customers-by-name",
];
