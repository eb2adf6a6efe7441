//! What a tenant has set up: settings, stages, teams, salespeople. Small, read whole, cached by version.

mod patches;
mod salesperson;
mod settings;
mod stage;
mod team;

pub use patches::{SalespersonPatch, StagePatch, TeamPatch};
pub use salesperson::Salesperson;
pub use settings::{Settings, SettingsPatch, update_settings};
pub use stage::{Stage, first_stages};
pub use team::Team;

use crate::ids::{SalespersonId, StageId, TeamId};
use crate::lead::LeadType;
use std::collections::BTreeMap;

/// Everything that a tenant has set up, as of one version.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantConfig {
    /// Counts the changes of anything in here.
    pub version: i64,
    /// Settings.
    pub settings: Settings,
    /// Stages, in no particular order.
    pub stages: Vec<Stage>,
    /// Teams with their members.
    pub teams: Vec<Team>,
    /// Salespeople.
    pub salespeople: BTreeMap<SalespersonId, Salesperson>,
}

impl TenantConfig {
    /// The stage with this id.
    pub fn stage(&self, id: StageId) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    /// The team with this id.
    pub fn team(&self, id: TeamId) -> Option<&Team> {
        self.teams.iter().find(|team| team.id == id)
    }

    /// The type of a new record for which the caller gave none (rules 1.3).
    pub fn type_of_new(&self, team: Option<TeamId>) -> LeadType {
        if self.leads_allowed(team) {
            LeadType::Lead
        } else {
            LeadType::Opportunity
        }
    }

    /// Leads are switched on for the tenant and the team, if there is one (rules 1.3).
    pub fn leads_allowed(&self, team: Option<TeamId>) -> bool {
        let team_allows = team.and_then(|id| self.team(id)).is_none_or(|team| team.use_leads);
        self.settings.leads_enabled && team_allows
    }
}
