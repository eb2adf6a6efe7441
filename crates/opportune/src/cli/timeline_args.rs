//! Arguments of `opportune timeline`.

use clap::{Args, Subcommand, ValueEnum};
use prost_types::Timestamp;

/// `opportune timeline`.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct TimelineArgs {
    /// Without one: list.
    #[command(subcommand)]
    pub command: Option<TimelineCommand>,
    /// The lead or opportunity.
    #[arg(required = true)]
    pub lead_id: Option<String>,
    /// Show at most so many, the oldest first.
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub limit: usize,
}

/// What to do with a timeline.
#[derive(Debug, Clone, Subcommand)]
pub enum TimelineCommand {
    /// Add an entry.
    Add(Box<EntryArgs>),
}

/// `opportune timeline add`.
#[derive(Debug, Clone, Args)]
pub struct EntryArgs {
    /// The lead or opportunity.
    pub lead_id: String,
    /// What the entry is.
    #[arg(long, value_enum, default_value_t = EntryKind::Note)]
    pub kind: EntryKind,
    /// A headline.
    #[arg(long, default_value = "", hide_default_value = true, value_name = "TEXT")]
    pub subject: String,
    /// The text.
    #[arg(long, default_value = "", hide_default_value = true, value_name = "TEXT")]
    pub body: String,
    /// Who wrote it. Without it the one of --actor.
    #[arg(long, default_value = "", hide_default_value = true, value_name = "NAME")]
    pub author: String,
    /// When an activity or a meeting is due, such as 2027-01-31 or 2027-01-31T09:30:00Z.
    #[arg(long, value_name = "TIME")]
    pub due: Option<Timestamp>,
    /// The salesperson who is to do it.
    #[arg(long, default_value = "", hide_default_value = true, value_name = "UUID")]
    pub owner: String,
    /// The name of an attached file.
    #[arg(long, default_value = "", hide_default_value = true, value_name = "NAME")]
    pub file_name: String,
    /// What the file is, such as application/pdf.
    #[arg(long, default_value = "", hide_default_value = true, value_name = "TYPE")]
    pub media_type: String,
    /// How many bytes the file has.
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "BYTES")]
    pub size: i64,
    /// Where the file is.
    #[arg(long, default_value = "", hide_default_value = true, value_name = "URI")]
    pub uri: String,
    /// The idempotency key, a UUID: the same one never adds twice.
    #[arg(long, value_name = "UUID")]
    pub request_id: Option<String>,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EntryKind {
    /// Something for colleagues.
    Note,
    /// A message to or from the customer.
    Message,
    /// A phone call.
    Call,
    /// Something to do.
    Activity,
    /// A meeting.
    Meeting,
    /// A file, by its name and place.
    Attachment,
}
