//! Rules 4.4: which stage.

use crate::support::*;
use opportune_domain::conversion::ConvertCommand;
use opportune_domain::ids::{StageId, TeamId};
use opportune_domain::lead::{CreateLead, LeadPatch, LeadStatus, create_lead, first_stage};
use uuid::Uuid;

fn after_team(town: &Town, team: TeamId) -> Option<StageId> {
    let command = ConvertCommand {
        team_id: Some(team),
        ..convert(lead_id(100))
    };
    town.plan(&command).stage_id
}

#[test]
fn a_stage_for_all_teams_is_kept() {
    let mut town = Town::new();
    let team = town.team(20, 1, &[]);
    town.lead(100, |lead| lead.stage_id = Some(PROPOSITION));
    assert_eq!(after_team(&town, team), Some(PROPOSITION));
}

#[test]
fn a_stage_of_several_teams_is_kept_in_each_of_them() {
    let mut town = Town::new();
    let (north, south) = (town.team(20, 1, &[]), town.team(21, 2, &[]));
    let shared = town.team_stage(30, 5, &[north, south]);
    town.lead(100, |lead| {
        lead.team_id = Some(north);
        lead.stage_id = Some(shared);
    });
    assert_eq!(after_team(&town, south), Some(shared));
}

#[test]
fn a_stage_of_another_team_gives_way_to_the_first_valid_one() {
    let mut town = Town::new();
    let (north, south) = (town.team(20, 1, &[]), town.team(21, 2, &[]));
    let northern = town.team_stage(30, 5, &[north]);
    town.lead(100, |lead| {
        lead.team_id = Some(north);
        lead.stage_id = Some(northern);
    });
    assert_eq!(after_team(&town, south), Some(NEW));
    let southern = town.team_stage(31, 0, &[south]);
    assert_eq!(after_team(&town, south), Some(southern));
}

#[test]
fn folded_stages_are_not_chosen_and_of_equals_the_older_is() {
    let mut town = Town::new();
    for stage in &mut town.config().stages {
        stage.sequence = 7;
        stage.folded = stage.id == NEW;
    }
    town.config().stages.reverse();
    assert_eq!(first_stage(&town.world.config, None), Some(QUALIFIED));
}

#[test]
fn a_folded_stage_that_the_record_has_is_kept() {
    let mut town = Town::new();
    town.config().stages[1].folded = true;
    let lead = town.lead(100, |lead| lead.stage_id = Some(QUALIFIED));
    assert_eq!(town.plan(&convert(lead)).stage_id, Some(QUALIFIED));
}

#[test]
fn a_record_without_team_takes_a_stage_without_team() {
    let mut town = Town::new();
    let north = town.team(20, 1, &[]);
    town.team_stage(30, 0, &[north]);
    let lead = town.lead(100, |lead| lead.stage_id = None);
    assert_eq!(town.plan(&convert(lead)).stage_id, Some(NEW));
}

#[test]
fn without_any_valid_stage_there_is_none() {
    let mut town = Town::new();
    town.config().stages.clear();
    let lead = town.lead(100, |_| {});
    assert_eq!(town.plan(&convert(lead)).stage_id, None);
}

fn created_in(town: &Town, stage: StageId) -> opportune_domain::lead::Lead {
    let given = LeadPatch {
        title: Some("Kites".to_owned()),
        stage_id: Some(Some(stage)),
        ..LeadPatch::default()
    };
    create_lead(&town.world, &CreateLead { id: lead_id(1), given }).expect("a new record")
}

#[test]
fn a_new_record_takes_the_stage_given() {
    assert_eq!(created_in(&Town::new(), PROPOSITION).stage_id, Some(PROPOSITION));
}

#[test]
fn a_new_record_in_a_won_stage_is_won() {
    let lead = created_in(&Town::new(), WON);
    assert_eq!((lead.status, lead.probability), (LeadStatus::Won, Some(100.0)));
    assert_eq!(lead.close_time, Some(now()));
}

#[test]
fn an_unknown_stage_is_refused() {
    let given = LeadPatch {
        title: Some("Kites".to_owned()),
        stage_id: Some(Some(StageId(Uuid::from_u128(777)))),
        ..LeadPatch::default()
    };
    let refusal = create_lead(&Town::new().world, &CreateLead { id: lead_id(1), given }).unwrap_err();
    assert_eq!(refusal.reason.as_str(), "STAGE_NOT_FOUND");
}
