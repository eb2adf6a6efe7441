//! A stage of the pipeline.

use crate::ids::{NewIds, StageId, TeamId};
use serde::{Deserialize, Serialize};

/// A stage of the pipeline, for every team or for some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Id.
    pub id: StageId,
    /// Name.
    pub name: String,
    /// Place in the pipeline.
    pub sequence: i32,
    /// Records here are won (rules 9).
    pub won: bool,
    /// Folded stages are never chosen by themselves (rules 4.4).
    pub folded: bool,
    /// The teams that use it; empty = all.
    pub team_ids: Vec<TeamId>,
    /// Change counter, the etag.
    pub version: i64,
}

impl Stage {
    /// A record of `team` may stand here: the stage is for all teams, or for that one (rules 4.4).
    pub fn serves(&self, team: Option<TeamId>) -> bool {
        self.team_ids.is_empty() || team.is_some_and(|team| self.team_ids.contains(&team))
    }
}

/// The stages of a new tenant (rules 1.5).
pub fn first_stages(ids: &mut dyn NewIds) -> Vec<Stage> {
    let names = [
        ("New", false),
        ("Qualified", false),
        ("Proposition", false),
        ("Won", true),
    ];
    (1..)
        .zip(names)
        .map(|(sequence, (name, won))| Stage {
            id: StageId(ids.next()),
            name: name.to_owned(),
            sequence,
            won,
            folded: false,
            team_ids: Vec::new(),
            version: 1,
        })
        .collect()
}
