//! `opportune similar --all` and `--clusters`: a whole tenant at once.
//!
//! Every record is read once and indexed in this process, by the engine that the server uses: asking the server for each
//! record would load each candidate many times.

use std::fs::File;
use std::io::{BufWriter, Write, stdout};

use anyhow::Context;
use opportune_domain::similar::{Evidence, Judgement, Model, Strength};

use super::clusters::Clusters;
use super::records::Records;
use crate::cli::SimilarArgs;
use crate::client::Client;
use crate::output::progress_bar;

/// What the progress bar shows.
const BAR: &str = "[{bar:40}] {pos}/{len} records compared, {eta} left";

/// Writes what is similar to each record, or which records belong together.
///
/// # Errors
/// The server cannot be reached or refuses; the file cannot be written.
pub async fn run(client: &Client, args: &SimilarArgs) -> anyhow::Result<()> {
    let records = Records::read(client).await?;
    let out: Box<dyn Write> = match &args.out {
        Some(path) => Box::new(File::create(path).with_context(|| format!("cannot write {}", path.display()))?),
        None => Box::new(stdout().lock()),
    };
    let writer = csv::Writer::from_writer(BufWriter::new(out));
    if args.clusters {
        clusters(&records, writer)
    } else {
        matches(&records, args, writer)
    }
}

/// One row a match: `query_record_id,rank,matched_record_id,score,strength,reasons`.
fn matches(records: &Records, args: &SimilarArgs, mut writer: csv::Writer<impl Write>) -> anyhow::Result<()> {
    writer.write_record([
        "query_record_id",
        "rank",
        "matched_record_id",
        "score",
        "strength",
        "reasons",
    ])?;
    let bar = progress_bar(records.names.len() as u64, BAR, false);
    for query in numbers(records) {
        if !args.exclude_closed || records.open[query as usize] {
            for (place, (other, found)) in similar(records, args, query).into_iter().take(args.limit).enumerate() {
                writer.write_record([
                    records.names[query as usize].as_str(),
                    &(place + 1).to_string(),
                    &records.names[other as usize],
                    &format!("{:.6}", found.score),
                    strength(found.strength),
                    &reasons(&found.reasons),
                ])?;
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    writer.flush().context("cannot write the rows")
}

/// The matches of one record, best first; of equal ones the newest first.
fn similar(records: &Records, args: &SimilarArgs, query: u32) -> Vec<(u32, Judgement)> {
    let index = &records.index;
    let mut found: Vec<(u32, Judgement)> = index
        .candidates(query, &[])
        .into_iter()
        .filter(|other| !args.exclude_closed || records.open[*other as usize])
        .filter_map(|other| Some((other, index.judge(Model::builtin(), &records.settings, query, other)?)))
        .filter(|(_, found)| found.score >= args.min_score)
        .collect();
    found.sort_by(|(a, x), (b, y)| y.score.total_cmp(&x.score).then(b.cmp(a)));
    found
}

/// One row a record of a proposed merge: `cluster,record_id,records`.
fn clusters(records: &Records, mut writer: csv::Writer<impl Write>) -> anyhow::Result<()> {
    let mut clusters = Clusters::new(records.names.len());
    let bar = progress_bar(records.names.len() as u64, BAR, false);
    for query in numbers(records).filter(|query| records.open[*query as usize]) {
        for other in records.index.candidates(query, &[]) {
            // Each pair once; duplicates are open (rules 3.7).
            if other > query && records.open[other as usize] {
                let found = records.index.judge(Model::builtin(), &records.settings, query, other);
                if found.is_some_and(|found| found.strength == Strength::Strong) {
                    clusters.join(query, other);
                }
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    writer.write_record(["cluster", "record_id", "records"])?;
    for (number, members) in (1..).zip(clusters.groups()) {
        for member in &members {
            let row = [
                number.to_string(),
                records.names[*member as usize].clone(),
                members.len().to_string(),
            ];
            writer.write_record(row)?;
        }
    }
    writer.flush().context("cannot write the rows")
}

fn numbers(records: &Records) -> impl Iterator<Item = u32> {
    0..u32::try_from(records.names.len()).unwrap_or(u32::MAX)
}

fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::Strong => "STRONG",
        Strength::Probable => "PROBABLE",
        Strength::Possible => "POSSIBLE",
    }
}

fn reasons(reasons: &[Evidence]) -> String {
    let texts: Vec<&str> = reasons.iter().map(|piece| piece.detail).collect();
    texts.join("; ")
}
