//! The rows of a file, one after the other.

pub mod csv_file;
mod ndjson_file;

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;
use encoding_rs::Encoding;
use opportune_contract::v1::{ImportReject, ImportRow};

use super::encoding;
use crate::cli::{ImportArgs, ImportFormat};

/// What a line of the file is.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A record to be sent.
    Row(Box<ImportRow>),
    /// A row that cannot be read.
    Reject(ImportReject),
}

/// How far the reading is, shared with the progress bar.
#[derive(Debug, Clone, Default)]
pub struct Position(Arc<AtomicU64>);

impl Position {
    /// Bytes that were read of the file.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A file that was opened: its rows, and what the user should know about it.
pub struct Source {
    /// The rows; an error ends them.
    pub items: Box<dyn Iterator<Item = anyhow::Result<Item>> + Send>,
    /// Remarks for the user, such as columns that are left out.
    pub remarks: Vec<String>,
}

impl Source {
    /// Opens the file of the command line at its beginning.
    ///
    /// # Errors
    /// It cannot be read, or its header cannot be understood.
    pub fn open(args: &ImportArgs, position: &Position) -> anyhow::Result<Self> {
        let text = Text::open(args, position)?;
        let encoding = text.encoding;
        let mut source = match format(args) {
            ImportFormat::Csv => csv_file::open(text.content, args)?,
            ImportFormat::Ndjson => ndjson_file::open(text.content),
        };
        if encoding != encoding_rs::UTF_8 {
            source.remarks.push(format!("the file is read as {}", encoding.name()));
        }
        Ok(source)
    }
}

/// The content of a file as UTF-8.
pub struct Text {
    /// Without its byte order mark.
    pub content: BufReader<Box<dyn Read + Send>>,
    /// What it was.
    pub encoding: &'static Encoding,
    /// Whether it had a byte order mark.
    pub is_marked: bool,
}

impl Text {
    /// Opens the file of the command line at its beginning.
    ///
    /// # Errors
    /// It cannot be read; its encoding is unknown.
    pub fn open(args: &ImportArgs, position: &Position) -> anyhow::Result<Self> {
        let mut file = File::open(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
        let found = encoding::detect(&mut file, args.encoding.as_deref())?;
        position.0.store(0, Ordering::Relaxed);
        let counted = Counted {
            file,
            position: position.clone(),
        };
        Ok(Self {
            content: BufReader::with_capacity(256 * 1024, encoding::open(counted, found.encoding)?),
            encoding: found.encoding,
            is_marked: found.is_marked,
        })
    }
}

/// What was asked for, else what the file's name says.
pub fn format(args: &ImportArgs) -> ImportFormat {
    args.format.unwrap_or_else(|| by_name(&args.file))
}

fn by_name(file: &Path) -> ImportFormat {
    match file
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase())
        .as_deref()
    {
        Some("ndjson" | "jsonl" | "json") => ImportFormat::Ndjson,
        _ => ImportFormat::Csv,
    }
}

/// Counts what is read.
struct Counted {
    file: File,
    position: Position,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.position.0.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl io::Seek for Counted {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let place = self.file.seek(to)?;
        self.position.0.store(place, Ordering::Relaxed);
        Ok(place)
    }
}
