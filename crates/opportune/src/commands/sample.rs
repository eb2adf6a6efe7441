//! `opportune sample`.

use std::fs::File;
use std::io::{BufWriter, Write, stdout};

use anyhow::{Context, ensure};

use crate::cli::{SampleArgs, SampleFormat};
use crate::sample::{self, Generator, Vocabulary};

/// Writes invented leads to a file or to standard output.
///
/// # Errors
/// What was asked for makes no sense; the file cannot be written.
pub fn run(args: &SampleArgs) -> anyhow::Result<()> {
    let out: Box<dyn Write> = match &args.output {
        Some(path) => Box::new(File::create(path).with_context(|| format!("cannot write {}", path.display()))?),
        None => Box::new(stdout().lock()),
    };
    let out = BufWriter::new(out);
    let vocabulary = if args.rare_names {
        Vocabulary::Blended
    } else {
        Vocabulary::Listed
    };
    let leads = Generator::new(args.seed).with(vocabulary);
    match args.format {
        SampleFormat::Csv => sample::write_csv(out, leads, args.rows, args.seed, args.broken),
        SampleFormat::Ndjson => {
            ensure!(args.broken == 0, "--broken is for CSV only");
            sample::write_ndjson(out, leads, args.rows)
        }
    }
}
