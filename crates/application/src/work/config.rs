//! Changing what a tenant has set up.

use super::request::{self, Claimed};
use crate::call::Call;
use crate::ids::IdSource;
use crate::ports::{Needs, Work};
use opportune_domain::ids::{SalespersonId, StageId, TeamId};
use opportune_domain::lead::references::{salesperson_works, team_exists};
use opportune_domain::limits::{self, Check};
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::request::RequestClaim;
use opportune_domain::tenant::{
    Salesperson, SalespersonPatch, Settings, SettingsPatch, Stage, StagePatch, Team, TeamPatch, TenantConfig,
    update_settings,
};
use opportune_domain::world::World;
use std::sync::Arc;
use uuid::Uuid;

/// One change of a tenant's set-up. An id of `None` means: create.
#[derive(Debug, Clone)]
pub enum ConfigChange {
    /// Settings.
    Settings(SettingsPatch),
    /// A stage.
    Stage(Option<StageId>, StagePatch),
    /// A team.
    Team(Option<TeamId>, TeamPatch),
    /// Somebody joins a team.
    AddMember(TeamId, SalespersonId),
    /// Somebody leaves a team.
    RemoveMember(TeamId, SalespersonId),
    /// A salesperson.
    Salesperson(Option<SalespersonId>, SalespersonPatch),
}

/// The record after the change.
#[derive(Debug, Clone)]
pub enum ConfigRecord {
    /// Settings.
    Settings(Settings),
    /// A stage.
    Stage(Stage),
    /// A team.
    Team(Team),
    /// A salesperson.
    Salesperson(Salesperson),
}

/// Changes a tenant's set-up; such changes go one after another.
pub struct ChangeConfig {
    /// Who calls.
    pub call: Call,
    /// The call's idempotency key.
    pub claim: Option<RequestClaim>,
    /// The record must still have this etag, if given.
    pub etag: Option<String>,
    /// What to change.
    pub change: ConfigChange,
    /// New ids.
    pub ids: IdSource,
    /// The record afterwards, or why not.
    pub result: Option<Result<ConfigRecord, Refusal>>,
}

impl Work for ChangeConfig {
    fn needs(&mut self, _world: &World) -> Needs {
        Needs {
            config: true,
            requests: request::wanted(self.claim.as_ref()).collect(),
            ..Needs::default()
        }
    }

    fn decide(&mut self, world: &mut World) {
        self.result = Some(self.change(world));
    }
}

impl ChangeConfig {
    fn change(&mut self, world: &mut World) -> Result<ConfigRecord, Refusal> {
        self.call.caller.must_manage()?;
        if let Claimed::Replay(id) = request::look_up(world, self.claim.as_ref())? {
            return self.replayed(world, id);
        }
        match self.change.clone() {
            ConfigChange::Settings(patch) => self.settings(world, &patch),
            ConfigChange::Stage(id, patch) => self.stage(world, id, &patch),
            ConfigChange::Team(id, patch) => self.team(world, id, &patch),
            ConfigChange::AddMember(team, person) => self.member(world, team, person, true),
            ConfigChange::RemoveMember(team, person) => self.member(world, team, person, false),
            ConfigChange::Salesperson(id, patch) => self.salesperson(world, id, &patch),
        }
    }

    fn replayed(&self, world: &World, id: Uuid) -> Result<ConfigRecord, Refusal> {
        let config = &world.config;
        match self.change {
            ConfigChange::Stage(..) => config.stage(StageId(id)).cloned().map(ConfigRecord::Stage),
            ConfigChange::Salesperson(..) => config
                .salespeople
                .get(&SalespersonId(id))
                .cloned()
                .map(ConfigRecord::Salesperson),
            ConfigChange::Settings(_) => Some(ConfigRecord::Settings(config.settings.clone())),
            _ => config.team(TeamId(id)).cloned().map(ConfigRecord::Team),
        }
        .ok_or_else(|| Refusal::new(Reason::RequestIdReused, "the record of this request is gone"))
    }

    fn settings(&mut self, world: &mut World, patch: &SettingsPatch) -> Result<ConfigRecord, Refusal> {
        self.must_match(world.config.settings.version)?;
        patch.check()?;
        let (settings, teams) = update_settings(&world.config, patch);
        in_order(patch, &settings)?;
        for team in teams {
            put_team(world, team);
        }
        world
            .changes
            .rekeys
            .extend(settings.rekeys_since(&world.config.settings));
        Arc::<TenantConfig>::make_mut(&mut world.config).settings = settings.clone();
        world.changes.settings = true;
        Ok(ConfigRecord::Settings(settings))
    }

    fn stage(&mut self, world: &mut World, id: Option<StageId>, patch: &StagePatch) -> Result<ConfigRecord, Refusal> {
        patch
            .team_ids
            .iter()
            .flatten()
            .try_for_each(|team| team_exists(world, *team))?;
        let mut stage = match id {
            Some(id) => {
                let known = world
                    .config
                    .stage(id)
                    .ok_or_else(|| Refusal::not_found(Reason::StageNotFound, id))?;
                self.must_match(known.version)?;
                known.clone()
            }
            None => Stage::new(self.ids.make()),
        };
        patch.write(&mut stage);
        named("name", &stage.name)?;
        not_negative("sequence", stage.sequence)?;
        stage.version += 1;
        put(
            &mut Arc::<TenantConfig>::make_mut(&mut world.config).stages,
            stage.clone(),
            |stage| stage.id,
        );
        world.changes.stages.insert(stage.id);
        request::take(world, self.claim.as_ref(), stage.id.0);
        Ok(ConfigRecord::Stage(stage))
    }

    fn team(&mut self, world: &mut World, id: Option<TeamId>, patch: &TeamPatch) -> Result<ConfigRecord, Refusal> {
        patch
            .leader_id
            .flatten()
            .map_or(Ok(()), |leader| salesperson_works(world, leader))?;
        patch
            .member_ids
            .iter()
            .flatten()
            .try_for_each(|member| salesperson_works(world, *member))?;
        let mut team = match id {
            Some(id) => {
                let team = known_team(world, id)?;
                self.must_match(team.version)?;
                team
            }
            None => Team::new(self.ids.make(), world.now),
        };
        patch.write(&mut team);
        named("name", &team.name)?;
        team.version += 1;
        let team = put_team(world, team);
        request::take(world, self.claim.as_ref(), team.id.0);
        Ok(ConfigRecord::Team(team))
    }

    /// Joining twice and leaving what one is not in change nothing.
    fn member(
        &mut self,
        world: &mut World,
        team: TeamId,
        person: SalespersonId,
        joins: bool,
    ) -> Result<ConfigRecord, Refusal> {
        let mut team = known_team(world, team)?;
        if !world.config.salespeople.contains_key(&person) {
            return Err(Refusal::not_found(Reason::SalespersonNotFound, person));
        }
        let is_member = team.member_ids.contains(&person);
        if joins == is_member {
            return Ok(ConfigRecord::Team(team));
        }
        if joins {
            salesperson_works(world, person)?;
            team.member_ids.push(person);
        } else {
            team.member_ids.retain(|member| *member != person);
        }
        team.version += 1;
        Ok(ConfigRecord::Team(put_team(world, team)))
    }

    fn salesperson(
        &mut self,
        world: &mut World,
        id: Option<SalespersonId>,
        patch: &SalespersonPatch,
    ) -> Result<ConfigRecord, Refusal> {
        let mut person = match id {
            Some(id) => {
                let known = world.config.salespeople.get(&id);
                known
                    .cloned()
                    .ok_or_else(|| Refusal::not_found(Reason::SalespersonNotFound, id))?
            }
            None => Salesperson::new(self.ids.make(), world.now),
        };
        patch.write(&mut person);
        named("name", &person.name)?;
        let mut check = Check::default();
        check.text("email", Some(&person.email), limits::EMAIL);
        refuse(check)?;
        Arc::<TenantConfig>::make_mut(&mut world.config)
            .salespeople
            .insert(person.id, person.clone());
        world.changes.salespeople.insert(person.id);
        request::take(world, self.claim.as_ref(), person.id.0);
        Ok(ConfigRecord::Salesperson(person))
    }

    fn must_match(&self, version: i64) -> Result<(), Refusal> {
        let etag = opportune_domain::lead::etag(version);
        match &self.etag {
            Some(given) if !given.is_empty() && *given != etag => {
                Err(Refusal::new(Reason::EtagMismatch, "it was changed since it was read").with("etag", etag))
            }
            _ => Ok(()),
        }
    }
}

fn known_team(world: &World, id: TeamId) -> Result<Team, Refusal> {
    world
        .config
        .team(id)
        .cloned()
        .ok_or_else(|| Refusal::not_found(Reason::TeamNotFound, id))
}

fn put_team(world: &mut World, team: Team) -> Team {
    put(
        &mut Arc::<TenantConfig>::make_mut(&mut world.config).teams,
        team.clone(),
        |team| team.id,
    );
    world.changes.teams.insert(team.id);
    team
}

fn put<T, Id: PartialEq>(list: &mut Vec<T>, item: T, id: impl Fn(&T) -> Id) {
    match list.iter_mut().find(|known| id(known) == id(&item)) {
        Some(known) => *known = item,
        None => list.push(item),
    }
}

fn named(field: &str, name: &String) -> Result<(), Refusal> {
    let mut check = Check::default();
    check.required(field, Some(name));
    check.text(field, Some(name), limits::NAME);
    refuse(check)
}

fn not_negative(field: &str, number: i32) -> Result<(), Refusal> {
    if number < 0 {
        Err(Refusal::field(field, "must not be negative"))
    } else {
        Ok(())
    }
}

/// What is STRONG is PROBABLE too. Named is the threshold that was given.
fn in_order(patch: &SettingsPatch, settings: &Settings) -> Result<(), Refusal> {
    if settings.strong_threshold >= settings.probable_threshold {
        Ok(())
    } else if patch.strong_threshold.is_some() {
        Err(Refusal::field(
            "strong_threshold",
            "must not be below probable_threshold",
        ))
    } else {
        Err(Refusal::field(
            "probable_threshold",
            "must not be above strong_threshold",
        ))
    }
}

fn refuse(check: Check) -> Result<(), Refusal> {
    if check.violations.is_empty() {
        Ok(())
    } else {
        Err(Refusal::fields(check.violations))
    }
}
