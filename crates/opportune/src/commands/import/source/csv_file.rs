//! Rows of a CSV file.

use std::io::{BufRead, Read};

use anyhow::{Context, ensure};
use opportune_contract::v1::ImportRow;

use super::super::columns::Columns;
use super::super::row;
use super::{Item, Source};
use crate::cli::ImportArgs;

/// Reads the header and prepares to read the rows.
pub(super) fn open(text: impl BufRead + Send + 'static, args: &ImportArgs) -> anyhow::Result<Source> {
    let (mut reader, _) = reader(text, args)?;
    let header: Vec<String> = reader
        .byte_headers()?
        .iter()
        .map(|title| String::from_utf8_lossy(title).trim().to_owned())
        .collect();
    ensure!(header.iter().any(|title| !title.is_empty()), "the file is empty");
    let columns = Columns::read(&header, &args.map)?;
    let mut remarks = Vec::new();
    if !columns.unknown.is_empty() {
        remarks.push(format!(
            "columns that are left out (use --map): {}",
            columns.unknown.join(", ")
        ));
    }
    Ok(Source {
        items: Box::new(Rows { reader, columns }),
        remarks,
    })
}

/// Reads rows as they are, however many cells each has; with the delimiter.
///
/// # Errors
/// The file cannot be read; the delimiter is no ASCII character.
pub fn reader<R: BufRead>(mut text: R, args: &ImportArgs) -> anyhow::Result<(csv::Reader<R>, u8)> {
    let delimiter = match args.delimiter {
        Some(sign) => u8::try_from(sign).context("--delimiter must be one ASCII character")?,
        None => guess_delimiter(text.fill_buf()?),
    };
    let reader = csv::ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text);
    Ok((reader, delimiter))
}

/// The line of the file that a row begins at, from 1.
pub fn line(cells: &csv::ByteRecord) -> i64 {
    let line = cells.position().map_or(0, csv::Position::line);
    i64::try_from(line).unwrap_or(i64::MAX)
}

struct Rows<R> {
    reader: csv::Reader<R>,
    columns: Columns,
}

impl<R: Read> Iterator for Rows<R> {
    type Item = anyhow::Result<Item>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut cells = csv::ByteRecord::new();
        match self.reader.read_byte_record(&mut cells) {
            Ok(false) => None,
            Ok(true) => {
                let line = line(&cells);
                Some(Ok(match row::lead(&cells, &self.columns, line) {
                    Ok(lead) => Item::Row(Box::new(ImportRow { line, lead: Some(lead) })),
                    Err(reject) => Item::Reject(reject),
                }))
            }
            Err(error) => Some(Err(error.into())),
        }
    }
}

/// The sign that the first line has most of.
fn guess_delimiter(start: &[u8]) -> u8 {
    let line = start.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |sign: &u8| line.iter().filter(|byte| *byte == sign).count();
    // Of equals the last one wins: the comma.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::guess_delimiter;

    #[test]
    fn the_delimiter_is_the_sign_that_the_header_has_most_of() {
        assert_eq!(guess_delimiter(b"a;b;c,d\n1,2,3,4"), b';');
        assert_eq!(guess_delimiter(b"a\tb\n"), b'\t');
        assert_eq!(guess_delimiter(b"alone"), b',');
    }
}
