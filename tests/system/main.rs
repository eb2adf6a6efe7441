//! The system from outside: real processes, real PostgreSQL, real RabbitMQ, and only the contract in between.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and so does what tests have in common"
)]

mod access;
mod batch_duplicates;
mod batch_errands;
mod batch_faults;
mod batches;
mod closing;
mod command_line;
mod commands;
mod configuration;
mod conformance;
mod convert;
mod customers;
mod dead_letters;
mod dev;
mod errors;
mod idempotency;
mod import_convert;
mod imports;
mod invalid;
mod kills;
mod lists;
mod merging;
mod outages;
mod paging;
mod reading;
mod rekeying;
mod reverting;
mod shutdown;
mod similar;
mod support;
mod surface;
mod timeline;
