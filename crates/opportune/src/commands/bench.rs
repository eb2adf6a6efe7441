//! `opportune bench`: speed beside a floor of plain SQL and plain AMQP.

use crate::bench;
use crate::cli::{BenchArgs, BenchCommand, Global, SimilarBenchArgs};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fmt::Display;
use std::path::Path;

/// Runs the benchmark, prints a table (or JSON) and writes the JSON file if one is asked for.
pub async fn run(args: &BenchArgs, global: &Global) -> Result<()> {
    match &args.command {
        Some(BenchCommand::Similar(args)) => similar(args, global).await,
        None => conversions(args, global).await,
    }
}

async fn conversions(args: &BenchArgs, global: &Global) -> Result<()> {
    let report = bench::run(usize::try_from(args.leads)?, progress).await?;
    tell(&report, &report.to_json(), args.out.as_deref(), global)
}

async fn similar(args: &SimilarBenchArgs, global: &Global) -> Result<()> {
    let mut rows: Vec<usize> = args
        .rows
        .iter()
        .map(|count| usize::try_from(*count))
        .collect::<Result<_, _>>()?;
    rows.sort_unstable();
    let report = bench::similar::run(&rows, progress).await?;
    tell(&report, &report.to_json(), args.out.as_deref(), global)
}

fn progress(step: &str) {
    eprintln!("bench: {step}");
}

fn tell(report: &impl Display, json: &Value, out: Option<&Path>, global: &Global) -> Result<()> {
    let json = serde_json::to_string_pretty(json)?;
    if let Some(file) = out {
        std::fs::write(file, &json).with_context(|| format!("cannot write {}", file.display()))?;
    }
    if global.json {
        println!("{json}");
    } else {
        println!("{report}");
    }
    Ok(())
}
