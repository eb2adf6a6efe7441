//! Settings, stages, teams, salespeople.

use super::{App, decided};
use crate::call::{Call, Key};
use crate::error::AppError;
use crate::page::{Listed, PageRequest, Paging};
use crate::work::{ChangeConfig, ConfigChange, ConfigRecord};
use opportune_domain::ids::{SalespersonId, StageId, TeamId};
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::tenant::{
    Salesperson, SalespersonPatch, Settings, SettingsPatch, Stage, StagePatch, Team, TeamPatch,
};

impl App {
    /// The tenant's settings.
    ///
    /// # Errors
    /// The store's.
    pub async fn get_settings(&self, call: &Call) -> Result<Settings, AppError> {
        Ok(self.reads.config(call.tenant).await?.settings.clone())
    }

    /// Changes settings (rules 1).
    ///
    /// # Errors
    /// `FIELD_INVALID`, `ETAG_MISMATCH`, `PERMISSION_DENIED`.
    pub async fn update_settings(
        &self,
        call: &Call,
        given: SettingsPatch,
        etag: Option<String>,
    ) -> Result<Settings, AppError> {
        match self
            .change_config(call, ConfigChange::Settings(given), etag, None)
            .await?
        {
            ConfigRecord::Settings(settings) => Ok(settings),
            other => Err(unexpected(&other)),
        }
    }

    /// Stages by (sequence, id); with a team, those that it may use.
    ///
    /// # Errors
    /// `FIELD_INVALID` for a foreign token, `PAGE_TOO_LARGE`.
    pub async fn list_stages(
        &self,
        call: &Call,
        team: Option<TeamId>,
        page: &PageRequest,
    ) -> Result<Listed<Stage>, AppError> {
        let paging = Paging::new(page, &("stages", call.tenant, team))?;
        let config = self.reads.config(call.tenant).await?;
        let serves = |stage: &&Stage| team.is_none() || stage.serves(team);
        let mut stages: Vec<Stage> = config.stages.iter().filter(serves).cloned().collect();
        stages.sort_by_key(|stage| (stage.sequence, stage.id));
        Ok(paging.slice(stages))
    }

    /// Creates a stage.
    ///
    /// # Errors
    /// `FIELD_INVALID`, `TEAM_NOT_FOUND`, `PERMISSION_DENIED`, `REQUEST_ID_REUSED`.
    pub async fn create_stage(&self, call: &Call, given: StagePatch, key: Option<Key>) -> Result<Stage, AppError> {
        stage(
            self.change_config(call, ConfigChange::Stage(None, given), None, Some(("CreateStage", key)))
                .await?,
        )
    }

    /// Changes a stage.
    ///
    /// # Errors
    /// As [`App::create_stage`]; `STAGE_NOT_FOUND`, `ETAG_MISMATCH`.
    pub async fn update_stage(
        &self,
        call: &Call,
        id: StageId,
        given: StagePatch,
        etag: Option<String>,
    ) -> Result<Stage, AppError> {
        stage(
            self.change_config(call, ConfigChange::Stage(Some(id), given), etag, None)
                .await?,
        )
    }

    /// Creates a team.
    ///
    /// # Errors
    /// `FIELD_INVALID`, `SALESPERSON_NOT_FOUND`, `PERMISSION_DENIED`, `REQUEST_ID_REUSED`.
    pub async fn create_team(&self, call: &Call, given: TeamPatch, key: Option<Key>) -> Result<Team, AppError> {
        team(
            self.change_config(call, ConfigChange::Team(None, given), None, Some(("CreateTeam", key)))
                .await?,
        )
    }

    /// A team by id.
    ///
    /// # Errors
    /// `TEAM_NOT_FOUND`.
    pub async fn get_team(&self, call: &Call, id: TeamId) -> Result<Team, AppError> {
        let config = self.reads.config(call.tenant).await?;
        Ok(config
            .team(id)
            .cloned()
            .ok_or_else(|| Refusal::not_found(Reason::TeamNotFound, id))?)
    }

    /// Changes a team.
    ///
    /// # Errors
    /// As [`App::create_team`]; `TEAM_NOT_FOUND`, `ETAG_MISMATCH`.
    pub async fn update_team(
        &self,
        call: &Call,
        id: TeamId,
        given: TeamPatch,
        etag: Option<String>,
    ) -> Result<Team, AppError> {
        team(
            self.change_config(call, ConfigChange::Team(Some(id), given), etag, None)
                .await?,
        )
    }

    /// Teams by (sequence, id).
    ///
    /// # Errors
    /// `FIELD_INVALID` for a foreign token, `PAGE_TOO_LARGE`.
    pub async fn list_teams(&self, call: &Call, page: &PageRequest) -> Result<Listed<Team>, AppError> {
        let paging = Paging::new(page, &("teams", call.tenant))?;
        let mut teams = self.reads.config(call.tenant).await?.teams.clone();
        teams.sort_by_key(|team| (team.sequence, team.id));
        Ok(paging.slice(teams))
    }

    /// Somebody joins a team; joining twice changes nothing.
    ///
    /// # Errors
    /// `TEAM_NOT_FOUND`, `SALESPERSON_NOT_FOUND`, `PERMISSION_DENIED`.
    pub async fn add_team_member(&self, call: &Call, id: TeamId, person: SalespersonId) -> Result<Team, AppError> {
        team(
            self.change_config(call, ConfigChange::AddMember(id, person), None, None)
                .await?,
        )
    }

    /// Somebody leaves a team; leaving twice changes nothing.
    ///
    /// # Errors
    /// `TEAM_NOT_FOUND`, `SALESPERSON_NOT_FOUND`, `PERMISSION_DENIED`.
    pub async fn remove_team_member(&self, call: &Call, id: TeamId, person: SalespersonId) -> Result<Team, AppError> {
        team(
            self.change_config(call, ConfigChange::RemoveMember(id, person), None, None)
                .await?,
        )
    }

    /// Creates a salesperson.
    ///
    /// # Errors
    /// `FIELD_INVALID`, `PERMISSION_DENIED`, `REQUEST_ID_REUSED`.
    pub async fn create_salesperson(
        &self,
        call: &Call,
        given: SalespersonPatch,
        key: Option<Key>,
    ) -> Result<Salesperson, AppError> {
        let change = ConfigChange::Salesperson(None, given);
        salesperson(
            self.change_config(call, change, None, Some(("CreateSalesperson", key)))
                .await?,
        )
    }

    /// Changes a salesperson.
    ///
    /// # Errors
    /// `SALESPERSON_NOT_FOUND`, `FIELD_INVALID`, `PERMISSION_DENIED`.
    pub async fn update_salesperson(
        &self,
        call: &Call,
        id: SalespersonId,
        given: SalespersonPatch,
    ) -> Result<Salesperson, AppError> {
        salesperson(
            self.change_config(call, ConfigChange::Salesperson(Some(id), given), None, None)
                .await?,
        )
    }

    /// Salespeople, oldest first.
    ///
    /// # Errors
    /// `FIELD_INVALID` for a foreign token, `PAGE_TOO_LARGE`; `PERMISSION_DENIED` for operators, who see no personal data.
    pub async fn list_salespeople(&self, call: &Call, page: &PageRequest) -> Result<Listed<Salesperson>, AppError> {
        call.caller.must_handle_records()?;
        let paging = Paging::new(page, &("salespeople", call.tenant))?;
        let mut people: Vec<_> = self
            .reads
            .config(call.tenant)
            .await?
            .salespeople
            .values()
            .cloned()
            .collect();
        people.sort_by_key(|person| (person.create_time, person.id));
        Ok(paging.slice(people))
    }

    async fn change_config(
        &self,
        call: &Call,
        change: ConfigChange,
        etag: Option<String>,
        key: Option<(&'static str, Option<Key>)>,
    ) -> Result<ConfigRecord, AppError> {
        call.caller.must_manage()?;
        let claim = key.and_then(|(rpc, key)| call.claim(rpc, key));
        let mut work = ChangeConfig {
            call: call.clone(),
            claim,
            etag,
            change,
            ids: self.ids.clone(),
            result: None,
        };
        self.run(call.tenant, &mut work).await?;
        Ok(decided(work.result)??)
    }
}

fn stage(record: ConfigRecord) -> Result<Stage, AppError> {
    match record {
        ConfigRecord::Stage(stage) => Ok(stage),
        other => Err(unexpected(&other)),
    }
}

fn team(record: ConfigRecord) -> Result<Team, AppError> {
    match record {
        ConfigRecord::Team(team) => Ok(team),
        other => Err(unexpected(&other)),
    }
}

fn salesperson(record: ConfigRecord) -> Result<Salesperson, AppError> {
    match record {
        ConfigRecord::Salesperson(person) => Ok(person),
        other => Err(unexpected(&other)),
    }
}

fn unexpected(record: &ConfigRecord) -> AppError {
    let kind = match record {
        ConfigRecord::Settings(_) => "settings",
        ConfigRecord::Stage(_) => "a stage",
        ConfigRecord::Team(_) => "a team",
        ConfigRecord::Salesperson(_) => "a salesperson",
    };
    AppError::Internal(crate::ports::StoreError::Failed(
        format!("the change answered with {kind}").into(),
    ))
}
