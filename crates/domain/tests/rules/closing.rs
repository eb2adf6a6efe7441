//! Rules 9.1: won, lost, archived, restored.

use crate::support::*;
use opportune_domain::ids::StageId;
use opportune_domain::lead::{Lead, LeadStatus, archive, lose, restore, win};
use opportune_domain::refusal::Reason;
use uuid::Uuid;

fn lead(status: LeadStatus) -> Lead {
    let mut town = Town::new();
    let id = town.lead(100, |lead| {
        lead.status = status;
        lead.probability = Some(40.0);
        lead.earlier_probability = Some(33.0);
        lead.lost_reason = "too dear".to_owned();
        lead.close_time = Some(earlier(5));
        lead.survivor_id = Some(lead_id(7));
    });
    town.at(id).clone()
}

fn won_from(stages: &[(u128, i32, bool)], at: u128) -> Option<StageId> {
    let mut town = Town::new();
    town.config().stages = stages
        .iter()
        .map(|(n, sequence, won)| stage(*n, *sequence, *won))
        .collect();
    let id = town.lead(100, |lead| lead.stage_id = Some(StageId(Uuid::from_u128(at))));
    win(&town.world.config, town.at(id), now())
        .expect("can be won")
        .stage_id
}

#[test]
fn won_goes_to_the_nearest_won_stage_after_the_current_one_else_before_it() {
    let stages = [
        (1, 1, false),
        (2, 10, true),
        (3, 20, false),
        (4, 30, true),
        (5, 40, false),
        (6, 30, true),
    ];
    let id = |n| Some(StageId(Uuid::from_u128(n)));
    assert_eq!(won_from(&stages, 1), id(2));
    assert_eq!(won_from(&stages, 3), id(4));
    assert_eq!(won_from(&stages, 5), id(4));
    assert_eq!(won_from(&stages, 2), id(2));
}

#[test]
fn without_a_won_stage_the_stage_stays() {
    let one = Some(StageId(Uuid::from_u128(1)));
    assert_eq!(won_from(&[(1, 1, false)], 1), one);
}

#[test]
fn a_won_stage_of_another_team_is_not_taken() {
    let mut town = Town::new();
    let south = town.team(20, 1, &[]);
    let own = town.team_stage(30, 2, &[south]);
    for stage in &mut town.config().stages {
        stage.won |= stage.id == own;
    }
    let id = town.lead(100, |_| {});
    assert_eq!(win(&town.world.config, town.at(id), now()).unwrap().stage_id, Some(WON));
}

#[test]
fn winning_sets_a_hundred_percent_and_remembers_what_was() {
    let won = win(&Town::new().world.config, &lead(LeadStatus::Open), now()).unwrap();
    assert_eq!(
        (won.status, won.probability, won.close_time),
        (LeadStatus::Won, Some(100.0), Some(now()))
    );
    assert_eq!(won.earlier_probability, Some(40.0));
}

#[test]
fn a_lost_lead_can_be_won_and_keeps_the_probability_from_before_it_was_lost() {
    let won = win(&Town::new().world.config, &lead(LeadStatus::Lost), now()).unwrap();
    assert_eq!((won.lost_reason.as_str(), won.earlier_probability), ("", Some(33.0)));
}

#[test]
fn losing_sets_zero_and_the_reason() {
    let lost = lose(&lead(LeadStatus::Open), "cancelled", now()).unwrap();
    assert_eq!(
        (lost.status, lost.probability, lost.close_time),
        (LeadStatus::Lost, Some(0.0), Some(now()))
    );
    assert_eq!(
        (lost.lost_reason.as_str(), lost.earlier_probability),
        ("cancelled", Some(40.0))
    );
}

#[test]
fn what_each_status_refuses() {
    let config = Town::new().world.config;
    let won = |status| win(&config, &lead(status), now()).map(|_| ()).map_err(|no| no.reason);
    assert_eq!(won(LeadStatus::Archived), Err(Reason::LeadArchived));
    assert_eq!(won(LeadStatus::Merged), Err(Reason::LeadMerged));
    let lost = |status| lose(&lead(status), "", now()).map(|_| ()).map_err(|no| no.reason);
    assert_eq!(lost(LeadStatus::Won), Err(Reason::LeadWon));
    assert_eq!(lost(LeadStatus::Archived), Err(Reason::LeadArchived));
    assert_eq!(lost(LeadStatus::Merged), Err(Reason::LeadMerged));
    let restored = |status| restore(&lead(status)).map(|_| ()).map_err(|no| no.reason);
    assert_eq!(restored(LeadStatus::Won), Err(Reason::LeadWon));
    assert_eq!(restored(LeadStatus::Merged), Err(Reason::LeadMerged));
    let archived = |status| archive(&lead(status)).map(|_| ()).map_err(|no| no.reason);
    assert_eq!(archived(LeadStatus::Won), Err(Reason::LeadWon));
    assert_eq!(archived(LeadStatus::Lost), Err(Reason::LeadLost));
    assert_eq!(archived(LeadStatus::Merged), Err(Reason::LeadMerged));
}

#[test]
fn what_a_record_is_already_it_stays() {
    let config = Town::new().world.config;
    for (status, again) in [
        (LeadStatus::Won, win(&config, &lead(LeadStatus::Won), now())),
        (LeadStatus::Lost, lose(&lead(LeadStatus::Lost), "too dear", now())),
        (LeadStatus::Lost, lose(&lead(LeadStatus::Lost), "", now())),
        (LeadStatus::Open, restore(&lead(LeadStatus::Open))),
        (LeadStatus::Archived, archive(&lead(LeadStatus::Archived))),
    ] {
        assert_eq!(again.unwrap(), lead(status), "{status:?}");
    }
}

#[test]
fn a_record_is_not_lost_for_a_second_reason() {
    let other = lose(&lead(LeadStatus::Lost), "cancelled", now()).expect_err("a refusal");
    assert_eq!(other.reason, Reason::LeadLost);
}

#[test]
fn restoring_gives_back_what_was_before_it_was_lost() {
    let open = lead(LeadStatus::Open);
    let back = restore(&lose(&open, "cancelled", now()).unwrap()).unwrap();
    assert_eq!(
        (back.status, back.probability, back.lost_reason.as_str()),
        (LeadStatus::Open, Some(40.0), "")
    );
    assert_eq!(back.close_time, None);
}

#[test]
fn restoring_an_archived_one_gives_it_back_as_it_is() {
    let mut away = archive(&lead(LeadStatus::Open)).unwrap();
    assert_eq!(restore(&away).unwrap().probability, Some(40.0));
    // Somebody thought about it in the meantime.
    away.probability = Some(70.0);
    assert_eq!(restore(&away).unwrap().probability, Some(70.0));
}
