//! Races on a real PostgreSQL, each repeated many times: whatever happens at the same moment ends as if it had happened
//! in some order, one after another.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod arena;
mod ending;
mod racer;
mod races;
