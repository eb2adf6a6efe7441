//! Rules 6.1 to 6.3 and 6.5: who works on a record.

use crate::support::*;
use opportune_domain::conversion::ConvertCommand;
use opportune_domain::ids::{LeadId, SalespersonId, TeamId};
use opportune_domain::lead::{CreateLead, LeadPatch, LeadType, create_lead, default_team};
use opportune_domain::refusal::Reason;
use uuid::Uuid;

type Assigned = (Option<SalespersonId>, Option<TeamId>);

fn assigned(town: &Town, lead: LeadId, person: Option<SalespersonId>, team: Option<TeamId>) -> Assigned {
    let command = ConvertCommand {
        salesperson_id: person,
        team_id: team,
        ..convert(lead)
    };
    let plan = town.plan(&command).assignment;
    (plan.salesperson_id, plan.team_id)
}

#[test]
fn neither_salesperson_nor_team_is_required() {
    let mut town = Town::new();
    let lead = town.lead(100, |_| {});
    assert_eq!(assigned(&town, lead, None, None), (None, None));
}

#[test]
fn without_a_given_salesperson_the_records_own_stays() {
    let mut town = Town::new();
    let ann = town.salesperson(10);
    let lead = town.lead(100, |lead| lead.salesperson_id = Some(ann));
    assert_eq!(assigned(&town, lead, None, None), (Some(ann), None));
}

#[test]
fn a_given_salesperson_replaces_the_records_own_and_his_team_follows() {
    let mut town = Town::new();
    let (ann, cid) = (town.salesperson(10), town.salesperson(11));
    let north = town.team(20, 10, &[ann]);
    let south = town.team(21, 20, &[cid]);
    let lead = town.lead(100, |lead| {
        lead.salesperson_id = Some(ann);
        lead.team_id = Some(north);
    });
    assert_eq!(assigned(&town, lead, Some(cid), None), (Some(cid), Some(south)));
}

#[test]
fn a_given_team_is_set_even_if_the_salesperson_is_not_in_it() {
    let mut town = Town::new();
    let ann = town.salesperson(10);
    town.team(20, 10, &[ann]);
    let south = town.team(21, 20, &[]);
    let lead = town.lead(100, |_| {});
    assert_eq!(assigned(&town, lead, Some(ann), Some(south)), (Some(ann), Some(south)));
}

#[test]
fn the_team_stays_when_the_new_salesperson_leads_it_or_belongs_to_it() {
    let mut town = Town::new();
    let (lea, bob) = (town.salesperson(10), town.salesperson(11));
    let north = town.team(20, 10, &[bob]);
    town.team(21, 1, &[bob, lea]);
    town.team_mut(north).leader_id = Some(lea);
    let lead = town.lead(100, |lead| lead.team_id = Some(north));
    assert_eq!(assigned(&town, lead, Some(lea), None), (Some(lea), Some(north)));
    assert_eq!(assigned(&town, lead, Some(bob), None), (Some(bob), Some(north)));
}

#[test]
fn a_team_stays_with_its_salesperson_although_he_is_not_in_it() {
    let mut town = Town::new();
    let ann = town.salesperson(10);
    town.team(20, 1, &[ann]);
    let south = town.team(21, 2, &[]);
    let lead = town.lead(100, |lead| {
        lead.salesperson_id = Some(ann);
        lead.team_id = Some(south);
    });
    assert_eq!(assigned(&town, lead, Some(ann), None), (Some(ann), Some(south)));
    assert_eq!(assigned(&town, lead, None, None), (Some(ann), Some(south)));
}

#[test]
fn a_salesperson_in_no_team_leaves_the_records_team() {
    let mut town = Town::new();
    let sol = town.salesperson(10);
    let south = town.team(20, 1, &[]);
    let lead = town.lead(100, |lead| lead.team_id = Some(south));
    assert_eq!(assigned(&town, lead, Some(sol), None), (Some(sol), Some(south)));
}

#[test]
fn the_default_team_is_the_first_by_sequence_then_the_newest() {
    let mut town = Town::new();
    let ann = town.salesperson(10);
    town.team(20, 5, &[ann]);
    let young = town.team(21, 5, &[ann]);
    town.team(22, 9, &[ann]);
    town.team(23, 1, &[]);
    assert_eq!(
        default_team(&town.world.config, ann, LeadType::Opportunity),
        Some(young)
    );
}

#[test]
fn teams_that_use_the_type_come_first_and_all_others_after_them() {
    let mut town = Town::new();
    let ann = town.salesperson(10);
    let first = town.team(20, 1, &[ann]);
    let second = town.team(21, 2, &[ann]);
    town.team_mut(first).use_opportunities = false;
    town.team_mut(second).use_leads = false;
    let of = |town: &Town, kind| default_team(&town.world.config, ann, kind);
    assert_eq!(of(&town, LeadType::Opportunity), Some(second));
    assert_eq!(of(&town, LeadType::Lead), Some(first));
    town.team_mut(second).use_opportunities = false;
    assert_eq!(of(&town, LeadType::Opportunity), Some(first));
}

#[test]
fn unknown_and_inactive_people_and_unknown_teams_are_refused() {
    let mut town = Town::new();
    let gone = town.salesperson(10);
    town.config().salespeople.get_mut(&gone).unwrap().active = false;
    let lead = town.lead(100, |_| {});
    let with = |person: u128| ConvertCommand {
        salesperson_id: Some(SalespersonId(Uuid::from_u128(person))),
        ..convert(lead)
    };
    assert_eq!(town.reason(&with(999)), Reason::SalespersonNotFound);
    assert_eq!(town.refused(&with(10)).violations[0].field, "salesperson_id");
    let unknown_team = ConvertCommand {
        team_id: Some(TeamId(Uuid::from_u128(999))),
        ..convert(lead)
    };
    assert_eq!(town.reason(&unknown_team), Reason::TeamNotFound);
}

#[test]
fn the_assignment_time_moves_only_with_the_salesperson() {
    let mut town = Town::new();
    let (ann, bob) = (town.salesperson(10), town.salesperson(11));
    let lead = |n, town: &mut Town| {
        town.lead(n, |lead| {
            lead.salesperson_id = Some(ann);
            lead.assign_time = Some(earlier(7));
        })
    };
    let (kept, moved) = (lead(100, &mut town), lead(101, &mut town));
    let give = |lead, person| ConvertCommand {
        salesperson_id: Some(person),
        ..convert(lead)
    };
    town.converted(give(kept, ann));
    town.converted(give(moved, bob));
    assert_eq!(town.at(kept).assign_time, Some(earlier(7)));
    assert_eq!(town.at(moved).assign_time, Some(now()));
}

#[test]
fn a_new_record_gets_its_salespersons_team_and_an_assignment_time() {
    let mut town = Town::new();
    let ann = town.salesperson(10);
    let north = town.team(20, 10, &[ann]);
    let given = LeadPatch {
        title: Some("Kites".to_owned()),
        salesperson_id: Some(Some(ann)),
        ..LeadPatch::default()
    };
    let lead = create_lead(&town.world, &CreateLead { id: lead_id(1), given }).unwrap();
    assert_eq!((lead.team_id, lead.assign_time), (Some(north), Some(now())));
}
