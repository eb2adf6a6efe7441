//! Arguments of the benchmark.

use clap::Args;
use std::path::PathBuf;

/// Arguments of `opportune bench`.
#[derive(Debug, Clone, Args)]
pub struct BenchArgs {
    /// Leads in the bulk case.
    #[arg(long, default_value_t = 20_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(100..=200_000))]
    pub leads: u32,
    /// Write the figures as JSON to this file as well.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
