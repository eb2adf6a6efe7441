//! `opportune-train`: fits the weights of the matching engine to labelled records, and measures how well they do.

mod crowd;
mod fitting;
mod measure;
#[cfg(test)]
mod policy_tests;
mod quality;
mod records;
mod regression;
mod variants;

use anyhow::Context;
use clap::{Parser, Subcommand};
use opportune_domain::similar::WeightsFile;
use std::path::{Path, PathBuf};

#[derive(Parser)]
#[command(about, version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fit the weights and write them to a file. The same input gives the same file
    Fit {
        /// CSV files with the columns record_id, cluster_id and any of account_id, given_name, family_name, company, email,
        /// phone, street, city, postal_code, state, country; .gz is unpacked. Without: the two files of this repository
        files: Vec<PathBuf>,
        /// The version to write
        #[arg(long, default_value_t = 1)]
        version: u32,
        /// Where to
        #[arg(long, default_value = "crates/domain/src/similar/weights.json")]
        out: PathBuf,
    },
    /// Print how well weights do that were fitted to other records
    Quality {
        /// The short table only
        #[arg(long)]
        quick: bool,
        /// Show this many errors of each kind
        #[arg(long, default_value_t = 0)]
        errors: usize,
        /// Show what each kind of key and each field is good for
        #[arg(long)]
        ablation: bool,
        /// Measure also without all keys of these kinds, by the names of the ablation table
        #[arg(long, value_delimiter = ',')]
        without: Vec<String>,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Fit { files, version, out } => fit(&files, version, &out),
        Command::Quality {
            quick,
            errors,
            ablation,
            without,
        } => quality::run(quick, errors, ablation, &without),
    }
}

/// The labelled files of this repository.
fn own_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    ["dev_10k.csv.gz", "dev_10k_heavy.csv.gz"]
        .map(|name| folder.join(name))
        .into()
}

fn fit(files: &[PathBuf], version: u32, out: &Path) -> anyhow::Result<()> {
    let files = if files.is_empty() { own_files() } else { files.to_vec() };
    let records = files
        .iter()
        .map(|file| records::read(file))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let all: Vec<&[records::Record]> = records.iter().map(Vec::as_slice).collect();
    let names: Vec<String> = files
        .iter()
        .filter_map(|file| Some(file.file_name()?.to_string_lossy().into_owned()))
        .collect();
    let file = WeightsFile {
        version,
        origin: format!("opportune-train fit, {}", names.join(" ")),
        weights: fitting::fit_to(&all),
    };
    let text = serde_json::to_string_pretty(&file)? + "\n";
    std::fs::write(out, text).with_context(|| format!("cannot write {}", out.display()))
}
