//! Rules 5.6, 6.5 and 9.2: changes by hand; and etags.

use crate::support::*;
use opportune_domain::lead::{Lead, LeadPatch, LeadStatus, LeadType, update_lead};
use opportune_domain::refusal::{Reason, Refusal};

fn update(town: &Town, given: LeadPatch) -> Result<Lead, Refusal> {
    update_lead(&town.world, town.at(lead_id(100)), &given, None)
}

#[test]
fn only_what_is_given_changes() {
    let mut town = Town::new();
    town.lead(100, |lead| lead.phone = "+12025550111".to_owned());
    let given = LeadPatch {
        title: Some("New".to_owned()),
        ..LeadPatch::default()
    };
    let expected = Lead {
        title: "New".to_owned(),
        ..town.at(lead_id(100)).clone()
    };
    assert_eq!(update(&town, given).unwrap(), expected);
}

#[test]
fn a_stale_etag_is_refused_and_the_present_one_is_not() {
    let mut town = Town::new();
    let id = town.lead(100, |lead| lead.version = 3);
    let patch = LeadPatch::default();
    let with = |etag| update_lead(&town.world, town.at(id), &patch, Some(etag));
    assert_eq!(with("v2").unwrap_err().reason, Reason::EtagMismatch);
    assert!(with("v3").is_ok());
    assert!(with("").is_ok());
}

#[test]
fn the_type_changes_by_conversion_only() {
    let mut town = Town::new();
    town.lead(100, |_| {});
    let given = LeadPatch {
        kind: Some(LeadType::Opportunity),
        ..LeadPatch::default()
    };
    assert_eq!(update(&town, given).unwrap_err().violations[0].field, "type");
}

#[test]
fn a_tombstone_cannot_be_changed() {
    let mut town = Town::new();
    town.lead(100, |lead| {
        lead.status = LeadStatus::Merged;
        lead.survivor_id = Some(lead_id(7));
    });
    let refusal = update(&town, LeadPatch::default()).unwrap_err();
    assert_eq!(refusal.reason, Reason::LeadMerged);
    assert_eq!(refusal.metadata["survivor_id"], lead_id(7).to_string());
}

#[test]
fn the_team_follows_the_salesperson_and_the_stage_the_team() {
    let mut town = Town::new();
    let (ann, cid) = (town.salesperson(10), town.salesperson(11));
    let north = town.team(20, 1, &[ann]);
    let south = town.team(21, 2, &[cid]);
    let northern = town.team_stage(30, 9, &[north]);
    town.lead(100, |lead| {
        lead.salesperson_id = Some(ann);
        lead.team_id = Some(north);
        lead.stage_id = Some(northern);
    });
    let given = LeadPatch {
        salesperson_id: Some(Some(cid)),
        ..LeadPatch::default()
    };
    let after = update(&town, given).unwrap();
    assert_eq!((after.team_id, after.stage_id), (Some(south), Some(NEW)));
    assert_eq!(after.assign_time, Some(now()));
}

#[test]
fn clearing_the_salesperson_clears_the_time_and_keeps_the_team() {
    let mut town = Town::new();
    let ann = town.salesperson(10);
    let north = town.team(20, 1, &[ann]);
    town.lead(100, |lead| {
        lead.salesperson_id = Some(ann);
        lead.team_id = Some(north);
        lead.assign_time = Some(earlier(1));
    });
    let given = LeadPatch {
        salesperson_id: Some(None),
        ..LeadPatch::default()
    };
    let after = update(&town, given).unwrap();
    assert_eq!(
        (after.salesperson_id, after.team_id, after.assign_time),
        (None, Some(north), None)
    );
}

#[test]
fn a_change_of_something_else_leaves_a_stage_that_the_team_lost() {
    let mut town = Town::new();
    let north = town.team(20, 1, &[]);
    let northern = town.team_stage(30, 9, &[north]);
    town.lead(100, |lead| {
        lead.stage_id = Some(northern);
        lead.status = LeadStatus::Won;
    });
    let given = LeadPatch {
        title: Some("New".to_owned()),
        ..LeadPatch::default()
    };
    let after = update(&town, given).unwrap();
    assert_eq!((after.stage_id, after.status), (Some(northern), LeadStatus::Won));
}

#[test]
fn linking_a_customer_by_hand_fills_what_is_empty_and_unlinking_keeps_it() {
    let mut town = Town::new();
    let noor = town.person(50, "Noor Dahl", |one| one.phone = "+1 202 555 0160".to_owned());
    town.lead(100, |lead| lead.contact_name = "N. D.".to_owned());
    let link = |customer| LeadPatch {
        customer_id: Some(customer),
        ..LeadPatch::default()
    };
    let linked = update(&town, link(Some(noor))).unwrap();
    assert_eq!(
        (linked.contact_name.as_str(), linked.phone.as_str()),
        ("N. D.", "+1 202 555 0160")
    );
    let unlinked = update_lead(&town.world, &linked, &link(None), None).unwrap();
    assert_eq!(
        (unlinked.customer_id, unlinked.phone.as_str()),
        (None, "+1 202 555 0160")
    );
}

#[test]
fn an_external_id_of_another_record_is_refused() {
    let mut town = Town::new();
    town.lead(100, |_| {});
    town.world.external_ids.insert("X-1".to_owned(), lead_id(7));
    let given = LeadPatch {
        external_id: Some("X-1".to_owned()),
        ..LeadPatch::default()
    };
    assert_eq!(update(&town, given).unwrap_err().reason, Reason::ExternalIdTaken);
}

fn moved(status: LeadStatus, from: opportune_domain::ids::StageId, to: opportune_domain::ids::StageId) -> Lead {
    let mut town = Town::new();
    town.lead(100, |lead| {
        lead.stage_id = Some(from);
        lead.status = status;
        lead.probability = Some(if status == LeadStatus::Lost { 0.0 } else { 40.0 });
        lead.earlier_probability = Some(33.0);
        lead.close_time = (status != LeadStatus::Open).then(|| earlier(5));
        lead.lost_reason = "too dear".to_owned();
    });
    let given = LeadPatch {
        stage_id: Some(Some(to)),
        ..LeadPatch::default()
    };
    update(&town, given).expect("the record after it")
}

#[test]
fn moving_an_open_record_to_a_won_stage_wins_it() {
    let after = moved(LeadStatus::Open, NEW, WON);
    assert_eq!((after.status, after.probability), (LeadStatus::Won, Some(100.0)));
    assert_eq!((after.earlier_probability, after.close_time), (Some(40.0), Some(now())));
}

#[test]
fn moving_a_won_record_to_another_stage_reopens_it() {
    let after = moved(LeadStatus::Won, WON, QUALIFIED);
    assert_eq!((after.status, after.probability), (LeadStatus::Open, Some(33.0)));
    assert_eq!(after.close_time, None);
}

#[test]
fn a_lost_record_moved_to_a_won_stage_is_won() {
    let after = moved(LeadStatus::Lost, NEW, WON);
    assert_eq!((after.status, after.lost_reason.as_str()), (LeadStatus::Won, ""));
    assert_eq!(
        (after.probability, after.earlier_probability),
        (Some(100.0), Some(33.0))
    );
}

#[test]
fn a_lost_record_moved_to_another_stage_stays_lost() {
    let after = moved(LeadStatus::Lost, NEW, QUALIFIED);
    assert_eq!((after.status, after.stage_id), (LeadStatus::Lost, Some(QUALIFIED)));
    assert_eq!(after.close_time, Some(earlier(5)));
}

#[test]
fn from_won_to_won_it_stays_won_and_keeps_its_time() {
    let mut town = Town::new();
    town.config().stages.push(stage(9, 9, true));
    town.lead(100, |lead| {
        lead.stage_id = Some(WON);
        lead.status = LeadStatus::Won;
        lead.close_time = Some(earlier(5));
    });
    let given = LeadPatch {
        stage_id: Some(Some(stage(9, 9, true).id)),
        ..LeadPatch::default()
    };
    let after = update(&town, given).unwrap();
    assert_eq!((after.status, after.close_time), (LeadStatus::Won, Some(earlier(5))));
}

#[test]
fn a_probability_given_while_reopening_is_the_one_that_counts() {
    let mut town = Town::new();
    town.lead(100, |lead| {
        lead.stage_id = Some(WON);
        lead.status = LeadStatus::Won;
        lead.earlier_probability = Some(33.0);
    });
    let given = LeadPatch {
        stage_id: Some(Some(NEW)),
        probability: Some(Some(55.0)),
        ..LeadPatch::default()
    };
    assert_eq!(update(&town, given).unwrap().probability, Some(55.0));
}
