//! The subcommands that come to an end.

pub mod sample;
