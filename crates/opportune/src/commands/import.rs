//! `opportune import`: a file of leads into the server (rules 8.4).

mod columns;
mod country;
mod encoding;
mod name;
mod number;
mod reading;
mod rejects;
mod report;
mod row;
mod source;
mod stream;
mod synonyms;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, ensure};
use indicatif::ProgressBar;

use crate::cli::{Global, ImportArgs, InstructionArgs};
use crate::client::Client;
use crate::exit;
use crate::output::progress_bar;

use report::Report;
use source::{Item, Position, Source};
use stream::Upload;

const BAR: &str = "{bar:40} {percent:>3}%  {msg}  {elapsed}";

/// Imports the file and reports.
///
/// # Errors
/// The file cannot be read, the server cannot be reached or refuses. What went in stays in; the same command takes the
/// import up where it was cut.
pub async fn run(global: &Global, args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    check(args)?;
    let length = std::fs::metadata(&args.file)
        .with_context(|| format!("cannot read {}", args.file.display()))?
        .len();
    let bar = progress_bar(length, BAR, global.json);
    let mut report = if args.dry_run {
        dry_run(args)?
    } else {
        upload(global, args, &bar).await?
    };
    bar.finish_and_clear();
    report.seconds = started.elapsed().as_secs_f64();
    if let Some(file) = &args.rejects {
        rejects::write(args, file, &report.rejects)?;
    }
    if global.json {
        report.print_json()?
    } else {
        report.print()
    }
    Ok(exit::all_well(report.rejects.is_empty()))
}

fn check(args: &ImportArgs) -> anyhow::Result<()> {
    rejects::check(args)?;
    ensure!(
        args.convert || args.instruction == InstructionArgs::default(),
        "how to convert is said, but not that what was imported is to be converted: --convert is missing"
    );
    Ok(())
}

async fn upload(global: &Global, args: &ImportArgs, bar: &ProgressBar) -> anyhow::Result<Report> {
    let client = Client::connect(global).await?;
    let request_id = match args.request_id {
        Some(id) => id,
        None => name::derive(args)?,
    };
    Upload {
        client,
        args: args.clone(),
        request_id,
        bar: bar.clone(),
    }
    .run()
    .await
}

fn dry_run(args: &ImportArgs) -> anyhow::Result<Report> {
    let source = Source::open(args, &Position::default())?;
    let mut report = Report {
        remarks: source.remarks,
        ..Report::default()
    };
    for item in source.items {
        match item? {
            Item::Row(_) => report.readable += 1,
            Item::Reject(reject) => {
                report.rejected += 1;
                report.rejects.push(reject);
            }
        }
    }
    report.remarks.push("nothing was sent (--dry-run)".to_owned());
    Ok(report)
}
