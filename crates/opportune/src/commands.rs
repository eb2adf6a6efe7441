//! The subcommands, one module each.

pub mod batch;
pub mod bench;
pub mod completions;
pub mod config;
pub mod conversions;
pub mod convert;
pub mod dead;
pub mod dev;
pub mod doctor;
pub mod events;
pub mod import;
pub mod instruction;
pub mod leads;
pub mod migrate;
pub mod reindex;
pub mod revert;
pub mod sample;
pub mod serve;
pub mod similar;
pub mod tail;
pub mod timeline;
