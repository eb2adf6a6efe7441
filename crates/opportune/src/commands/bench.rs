//! `opportune bench`: speed beside a floor of plain SQL and plain AMQP.

use crate::bench;
use crate::cli::{BenchArgs, Global};
use anyhow::{Context, Result};

/// Runs the benchmark, prints a table (or JSON) and writes the JSON file if one is asked for.
pub async fn run(args: &BenchArgs, global: &Global) -> Result<()> {
    let report = bench::run(usize::try_from(args.leads)?, |step| eprintln!("bench: {step}")).await?;
    let json = serde_json::to_string_pretty(&report.to_json())?;
    if let Some(file) = &args.out {
        std::fs::write(file, &json).with_context(|| format!("cannot write {}", file.display()))?;
    }
    if global.json {
        println!("{json}");
    } else {
        println!("{report}");
    }
    Ok(())
}
