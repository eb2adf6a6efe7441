//! The file of the rows that did not go in: as they were, each with its line and what is wrong with it. Repaired, it is
//! imported as any other file: what is written here beside the rows is known there, and left out.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, ensure};
use opportune_contract::v1::ImportReject;
use serde_json::{Value, json};

use super::source::{Position, Text, csv_file, format};
use crate::cli::{ImportArgs, ImportFormat};

/// The line that the row had in the file it comes from.
pub const LINE: &str = "rejected_line";
/// What is wrong with it.
pub const BECAUSE: &str = "rejected_because";
/// A line of NDJSON that is no object, as it was.
pub const TEXT: &str = "rejected_text";

const MARK: &str = "\u{FEFF}";

/// What is wrong, by line.
type Faults = BTreeMap<i64, String>;

/// Refuses to write over the file that is being read.
///
/// # Errors
/// `--rejects` names the file itself.
pub fn check(args: &ImportArgs) -> anyhow::Result<()> {
    let Some(rejects) = &args.rejects else { return Ok(()) };
    let same = matches!((rejects.canonicalize(), args.file.canonicalize()), (Ok(a), Ok(b)) if a == b);
    ensure!(
        !same,
        "--rejects {} would write over the file that is imported",
        rejects.display()
    );
    Ok(())
}

/// Reads the file once more and writes the rows of `rejects`: in UTF-8, with the same columns and delimiter.
///
/// # Errors
/// The file cannot be read again, or the other one cannot be written.
pub fn write(args: &ImportArgs, to: &Path, rejects: &[ImportReject]) -> anyhow::Result<()> {
    let faults = faults(rejects);
    let text = Text::open(args, &Position::default())?;
    let mut out = BufWriter::new(File::create(to).with_context(|| format!("cannot write {}", to.display()))?);
    if text.is_marked || text.encoding != encoding_rs::UTF_8 {
        // Programs that need the mark wrote one; who reads Windows-1252 takes UTF-8 for it without one.
        out.write_all(MARK.as_bytes())?;
    }
    match format(args) {
        ImportFormat::Csv => write_csv(text, args, &faults, &mut out)?,
        ImportFormat::Ndjson => write_ndjson(text, &faults, &mut out)?,
    }
    out.flush().with_context(|| format!("cannot write {}", to.display()))
}

fn faults(rejects: &[ImportReject]) -> Faults {
    let mut faults = Faults::new();
    for reject in rejects {
        let told = match (reject.field.as_str(), reject.message.as_str()) {
            ("", "") => reject.reason.clone(),
            ("", message) => message.to_owned(),
            (field, "") => format!("{field}: {}", reject.reason),
            (field, message) => format!("{field}: {message}"),
        };
        let all = faults.entry(reject.line).or_default();
        if !all.is_empty() {
            all.push_str("; ");
        }
        all.push_str(&told);
    }
    faults
}

/// The columns about the fault come first: a row with too few cells, or too many, is then still seen to be one.
fn write_csv(text: Text, args: &ImportArgs, faults: &Faults, out: &mut impl Write) -> anyhow::Result<()> {
    let (mut reader, delimiter) = csv_file::reader(text.content, args)?;
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .delimiter(delimiter)
        .from_writer(out);
    let header = reader.byte_headers()?.clone();
    let of_a_fault = |cell: &[u8]| [LINE, BECAUSE].iter().any(|name| cell.trim_ascii() == name.as_bytes());
    let kept: Vec<bool> = header.iter().map(|title| !of_a_fault(title)).collect();
    let cells = |row: &csv::ByteRecord| -> Vec<Vec<u8>> {
        let place_is_kept = |place: usize| kept.get(place).copied().unwrap_or(true);
        let cells = row.iter().enumerate().filter(|(place, _)| place_is_kept(*place));
        cells.map(|(_, cell)| cell.to_vec()).collect()
    };
    let named = [LINE, BECAUSE].map(|name| name.as_bytes().to_vec());
    writer.write_record(named.into_iter().chain(cells(&header)))?;
    let mut row = csv::ByteRecord::new();
    while reader.read_byte_record(&mut row)? {
        let line = csv_file::line(&row);
        if let Some(fault) = faults.get(&line) {
            let told = [line.to_string().into_bytes(), fault.clone().into_bytes()];
            writer.write_record(told.into_iter().chain(cells(&row)))?;
        }
    }
    writer.flush()?;
    Ok(())
}

fn write_ndjson(mut text: Text, faults: &Faults, out: &mut impl Write) -> anyhow::Result<()> {
    let mut line = 0;
    let mut bytes = Vec::new();
    while text.content.read_until(b'\n', &mut bytes)? > 0 {
        line += 1;
        if let Some(fault) = faults.get(&line) {
            writeln!(out, "{}", with_fault(&bytes, line, fault))?;
        }
        bytes.clear();
    }
    Ok(())
}

fn with_fault(bytes: &[u8], line: i64, fault: &str) -> Value {
    let mut told = json!({ LINE: line, BECAUSE: fault });
    let parsed = serde_json::from_slice(bytes);
    match (told.as_object_mut(), parsed) {
        (Some(told), Ok(Value::Object(row))) => told.extend(row.into_iter().filter(|(name, _)| !is_of_a_fault(name))),
        (Some(told), _) => {
            let text = String::from_utf8_lossy(bytes).trim_end().to_owned();
            told.insert(TEXT.to_owned(), Value::String(text));
        }
        (None, _) => {}
    }
    told
}

/// A row of NDJSON without what was written beside it.
pub fn without_fault(text: &str) -> Option<String> {
    let Ok(Value::Object(mut row)) = serde_json::from_str(text) else {
        return None;
    };
    let all = row.len();
    row.retain(|name, _| !is_of_a_fault(name));
    (row.len() < all).then(|| Value::Object(row).to_string())
}

fn is_of_a_fault(name: &str) -> bool {
    name == LINE || name == BECAUSE
}

#[cfg(test)]
#[path = "rejects_tests.rs"]
mod tests;
