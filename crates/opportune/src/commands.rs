//! The subcommands that come to an end.

pub mod import;
pub mod sample;
