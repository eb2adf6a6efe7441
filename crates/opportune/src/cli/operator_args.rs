//! Arguments of the subcommands for those who run the service.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `opportune dead`.
#[derive(Debug, Clone, Subcommand)]
pub enum DeadCommand {
    /// Show what is in the dead-letter queue; it stays there.
    List {
        /// Show at most so many.
        #[arg(long, default_value_t = 50, value_name = "N")]
        limit: usize,
    },
    /// Send jobs again; those that cannot be read stay.
    Replay {
        /// At most so many.
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        /// Only the message with this number of the list, counted from 1.
        #[arg(long, value_name = "N")]
        only: Option<usize>,
    },
    /// Delete messages from the dead-letter queue.
    Drop {
        /// Only the message with this number of the list, counted from 1.
        #[arg(long, value_name = "N", required_unless_present = "all")]
        only: Option<usize>,
        /// All of them.
        #[arg(long)]
        all: bool,
    },
}

/// `opportune events`.
#[derive(Debug, Clone, Subcommand)]
pub enum EventsCommand {
    /// Send stored events again, in order, to one queue.
    Replay(ReplayArgs),
}

/// `opportune events replay`; with --tenant only that tenant's events, else those of all.
#[derive(Debug, Clone, Args)]
pub struct ReplayArgs {
    /// From when on: a time such as 2026-11-23T08:00:00Z, or an age such as 90m, 12h, 3d.
    #[arg(long, value_name = "TIME")]
    pub since: String,
    /// The queue that gets them. It has to exist.
    #[arg(long, value_name = "NAME")]
    pub queue: String,
}

/// `opportune sample`.
#[derive(Debug, Clone, Args)]
pub struct SampleArgs {
    /// How many rows, the broken ones included.
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    pub rows: usize,
    /// The same seed makes the same rows.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// Most names are rare and numbers unlike, as among many people in life; by default they come from short lists.
    #[arg(long)]
    pub rare_names: bool,
    /// How many of the rows are broken (CSV only).
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub broken: usize,
    /// As what to write them.
    #[arg(long, value_enum, default_value_t = SampleFormat::Csv)]
    pub format: SampleFormat,
    /// Where to write them. Without it standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// How invented leads are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SampleFormat {
    /// Comma-separated, with a header line.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// `opportune doctor`.
#[derive(Debug, Clone, Args)]
pub struct DoctorArgs {
    /// Only check what `opportune dev` needs on this machine.
    #[arg(long)]
    pub dev: bool,
}
