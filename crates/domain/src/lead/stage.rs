//! Which stage a record stands in (rules 4.4).

use crate::ids::{StageId, TeamId};
use crate::tenant::TenantConfig;

/// The record's stage when it is valid for the team, else the first stage for that team (rules 4.4).
pub fn keep_or_first_stage(config: &TenantConfig, current: Option<StageId>, team: Option<TeamId>) -> Option<StageId> {
    match current.and_then(|id| config.stage(id)) {
        Some(stage) if stage.serves(team) => Some(stage.id),
        _ => first_stage(config, team),
    }
}

/// The first stage by (sequence, id) that is not folded, among those without team or with that team (rules 4.4).
pub fn first_stage(config: &TenantConfig, team: Option<TeamId>) -> Option<StageId> {
    config
        .stages
        .iter()
        .filter(|stage| !stage.folded && stage.serves(team))
        .min_by_key(|stage| (stage.sequence, stage.id))
        .map(|stage| stage.id)
}
