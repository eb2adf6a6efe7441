//! Arguments of the benchmark.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Arguments of `opportune bench`.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BenchArgs {
    /// Without one: conversions.
    #[command(subcommand)]
    pub command: Option<BenchCommand>,
    /// Leads in the bulk case.
    #[arg(long, default_value_t = 20_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(100..=200_000))]
    pub leads: u32,
    /// Write the figures as JSON to this file as well.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What else can be measured.
#[derive(Debug, Clone, Subcommand)]
pub enum BenchCommand {
    /// Finding similar records in a tenant that grows, beside one lookup by primary key over the same path.
    Similar(SimilarBenchArgs),
}

/// Arguments of `opportune bench similar`.
#[derive(Debug, Clone, Args)]
pub struct SimilarBenchArgs {
    /// Measure at these numbers of leads, smallest first.
    #[arg(
        long, value_delimiter = ',', value_name = "COUNT,…", default_values_t = [10_000, 100_000, 1_000_000],
        value_parser = clap::value_parser!(u32).range(1_000..=5_000_000)
    )]
    pub rows: Vec<u32>,
    /// Write the figures as JSON to this file as well.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
