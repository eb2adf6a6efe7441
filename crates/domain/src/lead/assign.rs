//! Who works on a record (rules 6.1 to 6.3 and 6.5).

use crate::ids::{SalespersonId, TeamId};
use crate::lead::{Lead, LeadType};
use crate::tenant::TenantConfig;
use std::cmp::Reverse;

/// Salesperson and team as they shall be, with the reason in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Salesperson, if any.
    pub salesperson_id: Option<SalespersonId>,
    /// Team, if any.
    pub team_id: Option<TeamId>,
    /// Why, for the plan.
    pub reason: String,
}

/// Salesperson and team of `lead` when `salesperson` and `team` are given (or not) for it. `becomes` is the type that
/// it will have: the default team is looked for among the teams that use that type (rules 6.2).
pub fn assign(
    config: &TenantConfig,
    lead: &Lead,
    salesperson: Option<SalespersonId>,
    team: Option<TeamId>,
    becomes: LeadType,
) -> Assignment {
    let salesperson_id = salesperson.or(lead.salesperson_id);
    let who = match (salesperson, lead.salesperson_id) {
        (Some(_), _) => "salesperson as given",
        (None, Some(_)) => "salesperson kept",
        (None, None) => "no salesperson",
    };
    let (team_id, which) = choose_team(config, lead, salesperson_id, team, becomes);
    Assignment {
        salesperson_id,
        team_id,
        reason: format!("{who}; {which}"),
    }
}

fn choose_team(
    config: &TenantConfig,
    lead: &Lead,
    salesperson: Option<SalespersonId>,
    given: Option<TeamId>,
    becomes: LeadType,
) -> (Option<TeamId>, &'static str) {
    if given.is_some() {
        return (given, "team as given");
    }
    let Some(person) = salesperson else {
        return (
            lead.team_id,
            if lead.team_id.is_some() { "team kept" } else { "no team" },
        );
    };
    if lead.team_id.is_some() && lead.salesperson_id == salesperson {
        return (lead.team_id, "team kept");
    }
    let own = lead.team_id.and_then(|id| config.team(id));
    if own.is_some_and(|team| team.includes(person)) {
        return (lead.team_id, "team kept: the salesperson belongs to it");
    }
    match default_team(config, person, becomes) {
        Some(team) => (Some(team), "the salesperson's default team"),
        None if lead.team_id.is_some() => (lead.team_id, "team kept: the salesperson is in no team"),
        None => (None, "no team: the salesperson is in none"),
    }
}

/// A salesperson's default team: by (sequence, newest, id) among his teams that use records of type `kind`, then among
/// all of his teams (rules 6.2).
pub fn default_team(config: &TenantConfig, person: SalespersonId, kind: LeadType) -> Option<TeamId> {
    config
        .teams
        .iter()
        .filter(|team| team.includes(person))
        .min_by_key(|team| (!team.uses(kind), team.sequence, Reverse(team.create_time), team.id))
        .map(|team| team.id)
}
