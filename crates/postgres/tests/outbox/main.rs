//! The relay's view of the store, against a real PostgreSQL: each test has a database of its own.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod bench;
mod housekeeping;
mod lease;
mod sweep;
