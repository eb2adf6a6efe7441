//! What a caller wants: how to convert one lead.

use crate::access::Caller;
use crate::ids::{CustomerId, LeadId, SalespersonId, TeamId};
use serde::{Deserialize, Serialize};

/// Convert, or merge and convert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversionMode {
    /// Make an opportunity of this lead (rules 4).
    #[default]
    Convert,
    /// Merge with others first (rules 7), then convert what is a lead.
    Merge,
    /// Merge and do not convert (`MergeLeads`).
    MergeOnly,
}

/// Who survives a merge (rules 7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SurvivorRule {
    /// The one that was created first.
    #[default]
    EarliestCreated,
    /// The one that is furthest on.
    Confidence,
}

/// What strong duplicates mean for a conversion (rules 4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicatePolicy {
    /// Nothing changes, `DUPLICATES_FOUND`.
    #[default]
    Reject,
    /// Convert this one all the same.
    Ignore,
    /// Merge with them.
    Merge,
}

/// Which customer the opportunity gets (rules 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(tag = "choice", content = "id", rename_all = "snake_case")]
pub enum CustomerChoice {
    /// This one (rules 5.1).
    Link(CustomerId),
    /// A new one, unless the record has one (rules 5.2).
    Create,
    /// None (rules 5.5).
    None,
    /// The one with the same address, else a new one (rules 5.4).
    #[default]
    MatchOrCreate,
}

/// How to convert one lead. It is stored with the conversion and decided upon by a worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConvertCommand {
    /// The lead.
    pub lead_id: LeadId,
    /// The lead must still be at this version, if given.
    pub etag: Option<String>,
    /// The plan must have this digest, if given (rules 4.6).
    pub expected_plan_digest: Option<String>,
    /// Convert or merge.
    pub mode: ConversionMode,
    /// The others of a merge.
    pub merge_lead_ids: Vec<LeadId>,
    /// Who survives a merge.
    pub survivor_rule: SurvivorRule,
    /// What duplicates mean.
    pub on_duplicates: DuplicatePolicy,
    /// Which customer.
    pub customer: CustomerChoice,
    /// The salesperson, if given.
    pub salesperson_id: Option<SalespersonId>,
    /// The team, if given.
    pub team_id: Option<TeamId>,
    /// Replace a salesperson that is there (only matters in batches, rules 6.3).
    pub force_assignment: bool,
    /// Who asked.
    pub caller: Caller,
}

impl ConvertCommand {
    /// It says itself which records are merged: duplicates are not looked for, and not asked about (rules 4.5).
    pub fn names_others(&self) -> bool {
        self.mode == ConversionMode::MergeOnly || !self.merge_lead_ids.is_empty()
    }

    /// Strong duplicates of the record matter for it, whatever it does about them.
    pub fn looks_for_duplicates(&self) -> bool {
        let asked = self.mode != ConversionMode::Convert || self.on_duplicates != DuplicatePolicy::Ignore;
        asked && !self.names_others()
    }

    /// Other records may be merged with it: they are changed, not only looked at.
    pub fn merges(&self) -> bool {
        self.mode != ConversionMode::Convert || self.on_duplicates == DuplicatePolicy::Merge
    }
}
