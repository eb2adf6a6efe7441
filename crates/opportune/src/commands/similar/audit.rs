//! `opportune similar --all` and `--clusters`: a whole tenant at once.
//!
//! Every record is read once and indexed in this process, by the engine that the server uses: asking the server for each
//! record would load each candidate many times.

use std::fs::File;
use std::io::{BufWriter, Write, stdout};

use anyhow::Context;
use opportune_domain::similar::{Judgement, Model, Strength};

use super::clusters::Clusters;
use super::pairs::Pairs;
use super::records::Records;
use crate::cli::SimilarArgs;
use crate::client::Client;
use crate::output::progress_bar;

/// What the progress bar shows.
const BAR: &str = "[{bar:40}] {pos}/{len} records compared, {eta} left";

/// Records that are compared between two looks at the progress bar.
const PART: usize = 2_000;

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
    let queries: Vec<u32> = numbers(records)
        .filter(|query| !args.exclude_closed || records.open[*query as usize])
        .collect();
    let mut found = Pairs::new(records.names.len());
    ask_all(
        &queries,
        |query| later(records, args, query),
        |query, later| {
            found.add(query, later);
            for (place, one) in found.take(query, args.limit).into_iter().enumerate() {
                writer.write_record([
                    records.names[query as usize].as_str(),
                    &(place + 1).to_string(),
                    &records.names[one.other as usize],
                    &format!("{:.6}", one.score),
                    strength(one.strength),
                    &one.reasons,
                ])?;
            }
            Ok(())
        },
    )?;
    writer.flush().context("cannot write the rows")
}

/// The matches of one record among those after it: judging is symmetric, and each pair is judged once.
fn later(records: &Records, args: &SimilarArgs, query: u32) -> Vec<(u32, Judgement)> {
    let index = &records.index;
    let others = index.candidates(query, &[]).into_iter();
    others
        .filter(|other| *other > query && (!args.exclude_closed || records.open[*other as usize]))
        .filter_map(|other| Some((other, index.judge(Model::builtin(), &records.settings, query, other)?)))
        .filter(|(_, found)| found.score >= args.min_score)
        .collect()
}

/// Hands on what `ask` answers for each, in their order, beside a progress bar.
fn ask_all<T: Send>(
    queries: &[u32],
    ask: impl Fn(u32) -> T + Sync,
    mut take: impl FnMut(u32, T) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let bar = progress_bar(queries.len() as u64, BAR, false);
    for part in queries.chunks(PART) {
        for (query, answer) in part.iter().zip(on_all_cores(part, &ask)) {
            take(*query, answer)?;
        }
        bar.inc(part.len() as u64);
    }
    bar.finish_and_clear();
    Ok(())
}

/// What `ask` answers for each, in their order. Each core takes a share.
fn on_all_cores<T: Send>(queries: &[u32], ask: impl Fn(u32) -> T + Sync) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = queries.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let ask = &ask;
        let threads: Vec<_> = queries
            .chunks(share)
            .map(|share| scope.spawn(move || share.iter().map(|query| ask(*query)).collect::<Vec<T>>()))
            .collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        joined
            .flat_map(|share| share.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// The open records after this one that are STRONG matches (rules 3.7): each pair once.
fn duplicates(records: &Records, query: u32) -> Vec<u32> {
    let index = &records.index;
    let strong = |other: &u32| {
        let found = index.judge(Model::builtin(), &records.settings, query, *other);
        found.is_some_and(|found| found.strength == Strength::Strong)
    };
    let others = index.candidates(query, &[]).into_iter();
    others
        .filter(|other| *other > query && records.open[*other as usize])
        .filter(strong)
        .collect()
}

/// One row a record of a proposed merge: `cluster,record_id,records`.
fn clusters(records: &Records, mut writer: csv::Writer<impl Write>) -> anyhow::Result<()> {
    let mut clusters = Clusters::new(records.names.len());
    let queries: Vec<u32> = numbers(records).filter(|query| records.open[*query as usize]).collect();
    ask_all(
        &queries,
        |query| duplicates(records, query),
        |query, others| {
            others.into_iter().for_each(|other| clusters.join(query, other));
            Ok(())
        },
    )?;
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
