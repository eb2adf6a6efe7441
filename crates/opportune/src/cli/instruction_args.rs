//! How to convert: the same options for one lead, a batch and an import.

use clap::{Args, ValueEnum};

/// How each lead is converted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "How to convert")]
pub struct InstructionArgs {
    /// Convert alone, or merge with the duplicates first.
    #[arg(long, value_enum, default_value_t)]
    pub mode: ModeChoice,
    /// What to do about duplicates.
    #[arg(long, value_enum, default_value_t)]
    pub on_duplicates: DuplicatesChoice,
    /// Which record survives a merge.
    #[arg(long, value_enum, default_value_t)]
    pub survivor_rule: SurvivorChoice,
    /// What to do about the customer.
    #[arg(long, value_enum, default_value_t)]
    pub customer: CustomerChoice,
    /// Link this customer.
    #[arg(long, value_name = "UUID", conflicts_with = "customer")]
    pub link_customer: Option<String>,
    /// Who gets the opportunity.
    #[arg(long, value_name = "UUID")]
    pub salesperson: Option<String>,
    /// Which team gets the opportunity.
    #[arg(long, value_name = "UUID")]
    pub team: Option<String>,
    /// Of many leads: replace the salespeople that they have.
    #[arg(long)]
    pub force_assignment: bool,
}

/// Convert alone or merge first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ModeChoice {
    /// Convert this one.
    #[default]
    Convert,
    /// Merge first, then convert what survives.
    Merge,
}

/// What to do about duplicates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DuplicatesChoice {
    /// Change nothing and say which they are.
    #[default]
    Reject,
    /// Convert this one and leave the others alone.
    Ignore,
    /// Merge with them first.
    Merge,
}

/// Which record survives a merge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum SurvivorChoice {
    /// The one that was created first.
    #[default]
    EarliestCreated,
    /// The one that has come furthest.
    Confidence,
}

/// What to do about the customer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum CustomerChoice {
    /// Keep the lead's, else the one with the same e-mail, else a new one.
    #[default]
    MatchOrCreate,
    /// A new one, unless the lead has one.
    Create,
    /// None.
    None,
}
