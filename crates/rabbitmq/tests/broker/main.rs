//! The adapter against a real broker, each test in a vhost of its own.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod connection;
mod dead;
mod events;
mod jobs;
mod publisher;
mod settled;
mod support;
