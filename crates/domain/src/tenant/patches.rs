//! What a caller gives about stages, teams and salespeople; `None` stays as it is.

use super::{Salesperson, SettingsPatch, Stage, Team};
use crate::given::put;
use crate::ids::{SalespersonId, StageId, TeamId};
use crate::limits::{self, Check};
use crate::refusal::Refusal;
use chrono::{DateTime, Utc};

/// What is given about a stage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of `Stage` and are described there")]
pub struct StagePatch {
    pub name: Option<String>,
    pub sequence: Option<i32>,
    pub won: Option<bool>,
    pub folded: Option<bool>,
    pub team_ids: Option<Vec<TeamId>>,
}

impl StagePatch {
    /// Writes the fields that are given.
    pub fn write(&self, stage: &mut Stage) {
        put(&mut stage.name, &self.name);
        put(&mut stage.sequence, &self.sequence);
        put(&mut stage.won, &self.won);
        put(&mut stage.folded, &self.folded);
        put(&mut stage.team_ids, &self.team_ids);
    }
}

/// What is given about a team.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of `Team` and are described there")]
pub struct TeamPatch {
    pub name: Option<String>,
    pub sequence: Option<i32>,
    pub use_leads: Option<bool>,
    pub use_opportunities: Option<bool>,
    pub leader_id: Option<Option<SalespersonId>>,
    pub member_ids: Option<Vec<SalespersonId>>,
}

impl TeamPatch {
    /// Writes the fields that are given.
    pub fn write(&self, team: &mut Team) {
        put(&mut team.name, &self.name);
        put(&mut team.sequence, &self.sequence);
        put(&mut team.use_leads, &self.use_leads);
        put(&mut team.use_opportunities, &self.use_opportunities);
        put(&mut team.leader_id, &self.leader_id);
        put(&mut team.member_ids, &self.member_ids);
    }
}

/// What is given about a salesperson.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are those of `Salesperson` and are described there"
)]
pub struct SalespersonPatch {
    pub name: Option<String>,
    pub email: Option<String>,
    pub active: Option<bool>,
}

impl SalespersonPatch {
    /// Writes the fields that are given.
    pub fn write(&self, person: &mut Salesperson) {
        put(&mut person.name, &self.name);
        put(&mut person.email, &self.email);
        put(&mut person.active, &self.active);
    }
}

impl Stage {
    /// A stage without name, for all teams.
    pub fn new(id: StageId) -> Self {
        Self {
            id,
            name: String::new(),
            sequence: 0,
            won: false,
            folded: false,
            team_ids: Vec::new(),
            version: 0,
        }
    }
}

impl Team {
    /// A team without name that uses leads and opportunities (rules 1.2).
    pub fn new(id: TeamId, now: DateTime<Utc>) -> Self {
        Self {
            id,
            name: String::new(),
            sequence: 0,
            use_leads: true,
            use_opportunities: true,
            leader_id: None,
            member_ids: Vec::new(),
            version: 0,
            create_time: now,
        }
    }
}

impl Salesperson {
    /// An active salesperson without name.
    pub fn new(id: SalespersonId, now: DateTime<Utc>) -> Self {
        Self {
            id,
            name: String::new(),
            email: String::new(),
            active: true,
            create_time: now,
        }
    }
}

impl SettingsPatch {
    /// Refuses settings that make no sense.
    ///
    /// # Errors
    /// `FIELD_INVALID`.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut check = Check::default();
        check.country("default_country", self.default_country.as_ref());
        check.range("strong_threshold", self.strong_threshold, 0.0, 1.0);
        check.range("probable_threshold", self.probable_threshold, 0.0, 1.0);
        check.range(
            "merge_limit",
            self.merge_limit.map(f64::from),
            2.0,
            f64::from(limits::MERGE),
        );
        if self.revert_window.is_some_and(|window| window.as_secs() < 1) {
            check.add("revert_window", "must be at least a second");
        }
        if self
            .retry_schedule
            .as_ref()
            .is_some_and(|schedule| schedule.len() > 100)
        {
            check.add("retry_schedule", "has more than 100 entries");
        }
        check_list(
            &mut check,
            "generic_email_providers",
            self.generic_email_providers.as_ref(),
        );
        check_list(&mut check, "placeholder_emails", self.placeholder_emails.as_ref());
        if check.violations.is_empty() {
            Ok(())
        } else {
            Err(Refusal::fields(check.violations))
        }
    }
}

/// A list that people edit.
fn check_list(check: &mut Check, field: &str, list: Option<&Vec<String>>) {
    let entries = list.map_or(&[][..], Vec::as_slice);
    if entries.len() > limits::SETTINGS_LIST {
        check.add(field, format!("has more than {} entries", limits::SETTINGS_LIST));
    }
    for (index, entry) in entries.iter().enumerate() {
        check.text(&format!("{field}[{index}]"), Some(entry), limits::LABEL);
    }
}
