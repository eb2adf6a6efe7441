//! Arguments of `opportune batch`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::InstructionArgs;

/// `opportune batch`.
#[derive(Debug, Clone, Subcommand)]
pub enum BatchCommand {
    /// Convert many leads as one batch.
    Start(Box<BatchStartArgs>),
    /// Show a batch with its counts, and why items failed.
    Get {
        /// Its id.
        id: String,
    },
    /// Follow a batch until it has ended.
    Watch {
        /// Its id.
        id: String,
        /// Only what came after this sequence number; with --json each line names its own.
        #[arg(long, default_value_t = 0, value_name = "SEQUENCE")]
        after: i64,
    },
    /// Cancel what has not begun.
    Cancel {
        /// Its id.
        id: String,
    },
    /// Run the failed items again, and only those.
    Retry {
        /// Its id.
        id: String,
        /// The idempotency key, a UUID.
        #[arg(long, value_name = "UUID")]
        request_id: Option<String>,
        /// Follow it until it has ended.
        #[arg(long)]
        wait: bool,
    },
}

/// `opportune batch start`: which leads, and how.
#[derive(Debug, Clone, Args)]
#[group(id = "which", required = true, multiple = true, args = ["lead_ids", "ids", "all_leads", "text", "of_salesperson", "of_team", "in_stage", "unassigned"])]
pub struct BatchStartArgs {
    /// The leads.
    pub lead_ids: Vec<String>,
    /// A file with the ids of leads, one a line; - reads standard input. Empty lines and those that begin with # are
    /// left out.
    #[arg(long, value_name = "FILE")]
    pub ids: Option<PathBuf>,
    /// All open leads; together with the options below those of them that fit.
    #[arg(long, conflicts_with_all = ["lead_ids", "ids"], help_heading = "Which leads")]
    pub all_leads: bool,
    /// Open leads with these words in title, names or e-mail.
    #[arg(long, value_name = "WORDS", conflicts_with_all = ["lead_ids", "ids"], help_heading = "Which leads")]
    pub text: Option<String>,
    /// Open leads of this salesperson.
    #[arg(long, value_name = "UUID", conflicts_with_all = ["lead_ids", "ids"], help_heading = "Which leads")]
    pub of_salesperson: Option<String>,
    /// Open leads of this team.
    #[arg(long, value_name = "UUID", conflicts_with_all = ["lead_ids", "ids"], help_heading = "Which leads")]
    pub of_team: Option<String>,
    /// Open leads in this stage.
    #[arg(long, value_name = "UUID", conflicts_with_all = ["lead_ids", "ids"], help_heading = "Which leads")]
    pub in_stage: Option<String>,
    /// Open leads that nobody has.
    #[arg(long, conflicts_with_all = ["lead_ids", "ids", "of_salesperson"], help_heading = "Which leads")]
    pub unassigned: bool,
    /// How to convert each of them.
    #[command(flatten)]
    pub instruction: InstructionArgs,
    /// The salespeople who share the opportunities in turn.
    #[arg(
        long,
        value_name = "UUID",
        value_delimiter = ',',
        conflicts_with = "salesperson",
        help_heading = "How to convert"
    )]
    pub pool: Vec<String>,
    /// The idempotency key, a UUID: the same one never starts twice.
    #[arg(long, value_name = "UUID")]
    pub request_id: Option<String>,
    /// Only check and count.
    #[arg(long, visible_alias = "validate-only")]
    pub preview: bool,
    /// Follow it until it has ended.
    #[arg(long, conflicts_with = "preview")]
    pub wait: bool,
}
