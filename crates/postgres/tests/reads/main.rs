//! Reads against a real PostgreSQL: each test has a database of its own.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod bench;
mod conversions;
mod customers;
mod events;
mod imports;
mod leads;
mod timeline;
mod visibility;
