//! Invented leads as files.

use std::collections::BTreeSet;
use std::io::Write;

use anyhow::{Context, ensure};
use opportune_contract::json;
use rand::SeedableRng;
use rand::seq::index;
use rand_chacha::ChaCha8Rng;

use super::lead::COLUMNS;
use super::{Generator, broken};

/// Writes a header and `rows` rows, `broken` of them broken; the seed spreads these over the file.
///
/// # Errors
/// More broken rows than rows; the file cannot be written.
pub fn write_csv(out: impl Write, leads: Generator, rows: usize, seed: u64, broken: usize) -> anyhow::Result<()> {
    ensure!(broken <= rows, "{broken} broken rows do not fit into {rows} rows");
    // A row of its own random numbers: with and without broken rows the other rows are the same.
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ u64::MAX);
    let places: BTreeSet<usize> = index::sample(&mut rng, rows, broken).into_iter().collect();
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(out);
    writer.write_record(COLUMNS)?;
    let mut broken_so_far = 0;
    for (place, lead) in leads.take(rows).enumerate() {
        if places.contains(&place) {
            writer.write_record(broken::cells(&lead, broken_so_far))?;
            broken_so_far += 1;
        } else {
            writer.write_record(lead.cells())?;
        }
    }
    writer.flush().context("cannot write the rows")
}

/// Writes `rows` JSON objects, one a line.
///
/// # Errors
/// The file cannot be written.
pub fn write_ndjson(mut out: impl Write, leads: Generator, rows: usize) -> anyhow::Result<()> {
    for lead in leads.take(rows) {
        let value = json::to_json_proto_names(&lead.to_lead())?;
        writeln!(out, "{value}").context("cannot write the rows")?;
    }
    out.flush().context("cannot write the rows")
}
