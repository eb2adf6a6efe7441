//! Arguments of `opportune leads`.

use clap::{Args, Subcommand, ValueEnum};

/// `opportune leads`.
#[derive(Debug, Clone, Args)]
pub struct LeadsArgs {
    /// Without one: list.
    #[command(subcommand)]
    pub command: Option<LeadsCommand>,
    /// Only leads, or only opportunities.
    #[arg(long = "type", value_enum)]
    pub kind: Option<LeadTypeChoice>,
    /// Only records of this status.
    #[arg(long, value_enum)]
    pub status: Option<LeadStatusChoice>,
    /// Only records of this salesperson.
    #[arg(long, value_name = "UUID")]
    pub salesperson: Option<String>,
    /// Only records of this team.
    #[arg(long, value_name = "UUID")]
    pub team: Option<String>,
    /// Only records that nobody has.
    #[arg(long, conflicts_with = "salesperson")]
    pub unassigned: bool,
    /// Only records in this stage.
    #[arg(long, value_name = "UUID")]
    pub stage: Option<String>,
    /// Only records of this customer.
    #[arg(long, value_name = "UUID")]
    pub customer: Option<String>,
    /// Only records with these words in title, names or e-mail.
    #[arg(long, value_name = "WORDS")]
    pub text: Option<String>,
    /// Only the record with this external id.
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// The order, such as "create_time desc", update_time, expected_revenue, priority.
    #[arg(long, value_name = "FIELD")]
    pub order_by: Option<String>,
    /// Show at most so many.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub limit: usize,
}

/// What to do with one record.
#[derive(Debug, Clone, Subcommand)]
pub enum LeadsCommand {
    /// Show it.
    Get {
        /// Its id, or the one of a record that was merged into it.
        id: String,
    },
}

/// Lead or opportunity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LeadTypeChoice {
    /// Leads.
    Lead,
    /// Opportunities.
    Opportunity,
}

/// Status of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LeadStatusChoice {
    /// Being worked on.
    Open,
    /// Won.
    Won,
    /// Lost.
    Lost,
    /// Put away.
    Archived,
    /// Merged into another one.
    Merged,
}
