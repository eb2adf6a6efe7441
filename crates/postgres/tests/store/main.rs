//! The store against a real PostgreSQL: each test has a database of its own.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod builders;
mod config;
mod contention;
mod conversions;
mod failures;
mod loading;
mod outbox;
mod plans;
mod records;
mod rekey_slices;
mod rekeying;
mod reverting;
mod round_trips;
mod support;
mod tenants;
