//! A sales team.

use crate::ids::{SalespersonId, TeamId};
use crate::lead::LeadType;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A sales team with its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Id.
    pub id: TeamId,
    /// Name.
    pub name: String,
    /// Order among teams: the lower one is the default of somebody in several (rules 6.2).
    pub sequence: i32,
    /// New records of this team start as leads (rules 1.3).
    pub use_leads: bool,
    /// The team works on opportunities.
    pub use_opportunities: bool,
    /// Leader, if any; belongs to the team like a member.
    pub leader_id: Option<SalespersonId>,
    /// Members.
    pub member_ids: Vec<SalespersonId>,
    /// Change counter, the etag.
    pub version: i64,
    /// When created.
    pub create_time: DateTime<Utc>,
}

impl Team {
    /// Member or leader.
    pub fn includes(&self, person: SalespersonId) -> bool {
        self.leader_id == Some(person) || self.member_ids.contains(&person)
    }

    /// The team uses records of this type.
    pub fn uses(&self, kind: LeadType) -> bool {
        match kind {
            LeadType::Lead => self.use_leads,
            LeadType::Opportunity => self.use_opportunities,
        }
    }
}
