//! Arguments of the subcommands that call a server.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::InstructionArgs;

/// `opportune import`.
#[derive(Debug, Clone, Args)]
pub struct ImportArgs {
    /// The file.
    pub file: PathBuf,
    /// What kind of file it is. Without it by the name's ending; unknown ones are CSV.
    #[arg(long, value_enum)]
    pub format: Option<ImportFormat>,
    /// Where a column goes, such as --map "Mail privat=email"; `--map "Notes="` leaves a column out. Can be given again.
    #[arg(long, value_name = "COLUMN=FIELD")]
    pub map: Vec<String>,
    /// The character between columns. Without it comma, semicolon or tab, whichever the header has most of.
    #[arg(long, value_name = "CHAR")]
    pub delimiter: Option<char>,
    /// The encoding of a file without a byte order mark, such as windows-1252. Without it UTF-8, UTF-16 or windows-1252,
    /// whichever the file looks like.
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Write the rows that did not go in to this file, as they were, each with its line and what is wrong with it: to be
    /// repaired and imported.
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// The name of the import, a UUID: the same name takes up an import that was cut. Without it derived from the
    /// file's name, size and time of change.
    #[arg(long, value_name = "UUID")]
    pub request_id: Option<uuid::Uuid>,
    /// Convert what was imported, as one batch.
    #[arg(long)]
    pub convert: bool,
    /// How to convert.
    #[command(flatten)]
    pub instruction: InstructionArgs,
    /// The salespeople who share the opportunities in turn.
    #[arg(
        long,
        value_name = "UUID",
        value_delimiter = ',',
        requires = "convert",
        conflicts_with = "salesperson",
        help_heading = "How to convert"
    )]
    pub pool: Vec<String>,
    /// Only read the file and report the rows that cannot be read.
    #[arg(long)]
    pub dry_run: bool,
    /// How often to connect again when the connection breaks before anything more has gone in.
    #[arg(long, default_value_t = 10)]
    pub retries: u32,
}

/// What kind of file to import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// Comma-separated, with a header line.
    Csv,
    /// One JSON object a line, with the field names of the contract.
    Ndjson,
}

/// `opportune convert`.
#[derive(Debug, Clone, Args)]
#[group(id = "which", required = true, multiple = true, args = ["lead_id", "all_leads", "limit"])]
pub struct ConvertArgs {
    /// The lead.
    #[arg(conflicts_with_all = ["all_leads", "limit"])]
    pub lead_id: Option<String>,
    /// All open leads.
    #[arg(long)]
    pub all_leads: bool,
    /// At most so many open leads, the earliest created first.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// How many calls are in flight at the same time.
    #[arg(long, default_value_t = 64, value_name = "N")]
    pub in_flight: usize,
    /// Wait for the outcome.
    #[arg(long)]
    pub wait: bool,
    /// Only show what would happen.
    #[arg(long, visible_alias = "validate-only")]
    pub preview: bool,
    /// Refuse unless exactly the plan with this digest would be carried out.
    #[arg(long, value_name = "DIGEST", requires = "lead_id")]
    pub expect_plan: Option<String>,
    /// Merge with this lead or opportunity first, whatever else is similar. Can be given again.
    #[arg(
        long,
        value_name = "UUID",
        value_delimiter = ',',
        conflicts_with_all = ["all_leads", "limit"],
        help_heading = "How to convert"
    )]
    pub merge: Vec<String>,
    /// How to convert.
    #[command(flatten)]
    pub instruction: InstructionArgs,
    /// The idempotency key, a UUID: the same one never converts twice. Without it the call is not idempotent.
    #[arg(long, value_name = "UUID", requires = "lead_id")]
    pub request_id: Option<String>,
}

/// `opportune similar`.
#[derive(Debug, Clone, Args)]
pub struct SimilarArgs {
    /// The lead.
    #[arg(required_unless_present_any = ["all", "clusters"])]
    pub lead_id: Option<String>,
    /// Look at every record of the tenant, and write for each what is similar to it. Records are named by their external id,
    /// if they have one.
    #[arg(long, conflicts_with = "lead_id")]
    pub all: bool,
    /// Group what is STRONG and open into proposed merges.
    #[arg(long, conflicts_with_all = ["lead_id", "all"])]
    pub clusters: bool,
    /// The CSV file that --all or --clusters writes; without it they write to standard output.
    #[arg(long, value_name = "FILE", conflicts_with = "lead_id")]
    pub out: Option<PathBuf>,
    /// Leave out matches with a lower score, 0 to 1.
    #[arg(long, default_value_t = 0.0)]
    pub min_score: f64,
    /// Leave out won, lost and archived records.
    #[arg(long)]
    pub exclude_closed: bool,
    /// Show at most so many; with --all, of each record.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub limit: usize,
}

/// `opportune conversions`.
#[derive(Debug, Clone, Args)]
pub struct ConversionsArgs {
    /// Without one: list.
    #[command(subcommand)]
    pub command: Option<ConversionsCommand>,
    /// Only those of this lead.
    #[arg(long, value_name = "UUID")]
    pub lead: Option<String>,
    /// Only the items of this batch.
    #[arg(long, value_name = "UUID")]
    pub batch: Option<String>,
    /// Only those in this state: queued, running, succeeded, failed, cancelled or reverted.
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,
    /// Show at most so many.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub limit: usize,
}

/// What to do with one conversion.
#[derive(Debug, Clone, Subcommand)]
pub enum ConversionsCommand {
    /// Show it.
    Get {
        /// Its id.
        id: String,
    },
    /// Follow it until it has settled.
    Watch {
        /// Its id.
        id: String,
    },
    /// Cancel it, if it has not begun.
    Cancel {
        /// Its id.
        id: String,
    },
    /// Run it again, if it has failed.
    Retry {
        /// Its id.
        id: String,
    },
}

/// `opportune revert`.
#[derive(Debug, Clone, Args)]
pub struct RevertArgs {
    /// The conversion.
    pub conversion_id: String,
    /// Only check whether it can be reverted.
    #[arg(long, visible_alias = "validate-only")]
    pub preview: bool,
    /// The idempotency key, a UUID.
    #[arg(long, value_name = "UUID")]
    pub request_id: Option<String>,
}

/// `opportune tail`.
#[derive(Debug, Clone, Args)]
pub struct TailArgs {
    /// Only events that this binding pattern fits, such as "opportunity.#" or "lead.created.*".
    #[arg(long, default_value = "#", value_name = "PATTERN")]
    pub pattern: String,
    /// End after so many events.
    #[arg(long, value_name = "N")]
    pub count: Option<u64>,
    /// End when no event has come for so many seconds.
    #[arg(long, value_name = "SECONDS")]
    pub idle: Option<u64>,
}
