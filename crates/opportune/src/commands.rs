//! The subcommands that come to an end.

pub mod conversions;
pub mod convert;
pub mod import;
pub mod leads;
pub mod sample;
pub mod similar;
