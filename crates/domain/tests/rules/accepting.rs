//! Rules 4.1, 11 and etags: what can be converted at all.

use crate::support::*;
use opportune_domain::access::{Caller, Role};
use opportune_domain::conversion::{ConvertCommand, CustomerChoice, accept, named_leads};
use opportune_domain::lead::{LeadStatus, LeadType};
use opportune_domain::refusal::{Reason, Refusal};
use std::collections::BTreeSet;

fn accepted(town: &Town, command: &ConvertCommand) -> Result<(), Refusal> {
    accept(&town.world, command)
}

fn reason_for(fill: impl FnOnce(&mut opportune_domain::lead::Lead)) -> Option<Reason> {
    let mut town = Town::new();
    let lead = town.lead(100, fill);
    let at_the_call = accepted(&town, &convert(lead)).err().map(|no| no.reason);
    let at_the_worker = town.decide(&convert(lead)).err().map(|no| no.reason);
    assert_eq!(at_the_call, at_the_worker);
    at_the_call
}

#[test]
fn only_an_open_lead_is_converted() {
    assert_eq!(reason_for(|_| {}), None);
    assert_eq!(reason_for(|lead| lead.status = LeadStatus::Won), Some(Reason::LeadWon));
    assert_eq!(
        reason_for(|lead| lead.status = LeadStatus::Lost),
        Some(Reason::LeadLost)
    );
    assert_eq!(
        reason_for(|lead| lead.status = LeadStatus::Archived),
        Some(Reason::LeadArchived)
    );
    let opportunity = |lead: &mut opportune_domain::lead::Lead| lead.kind = LeadType::Opportunity;
    assert_eq!(reason_for(opportunity), Some(Reason::LeadAlreadyConverted));
}

#[test]
fn a_lead_at_a_hundred_percent_that_is_not_won_is_converted() {
    assert_eq!(reason_for(|lead| lead.probability = Some(100.0)), None);
}

#[test]
fn an_opportunity_is_refused_with_its_id() {
    let mut town = Town::new();
    let lead = town.lead(100, |lead| lead.kind = LeadType::Opportunity);
    assert_eq!(
        town.refused(&convert(lead)).metadata["opportunity_id"],
        lead.to_string()
    );
}

#[test]
fn a_won_opportunity_is_refused_as_won() {
    let won = |lead: &mut opportune_domain::lead::Lead| {
        lead.kind = LeadType::Opportunity;
        lead.status = LeadStatus::Won;
    };
    assert_eq!(reason_for(won), Some(Reason::LeadWon));
}

#[test]
fn an_unknown_lead_is_not_found() {
    assert_eq!(Town::new().reason(&convert(lead_id(999))), Reason::LeadNotFound);
}

/// 103 was merged into 102, that into 101, that into 100.
fn chain() -> Town {
    let mut town = Town::new();
    town.lead(100, |_| {});
    for n in 101..=103 {
        town.lead(n, |lead| {
            lead.status = LeadStatus::Merged;
            lead.survivor_id = Some(lead_id(n - 1));
        });
    }
    town
}

#[test]
fn a_tombstone_means_its_last_survivor_and_the_result_says_so() {
    let mut town = chain();
    let command = convert(lead_id(103));
    let all: BTreeSet<_> = [103, 102, 101, 100].map(lead_id).into();
    assert_eq!(named_leads(&town.world, &command), all);
    let outcome = town.converted(command);
    assert_eq!(outcome.opportunity_id, lead_id(100));
    assert_eq!(town.at(lead_id(100)).kind, LeadType::Opportunity);
    assert_eq!(town.at(lead_id(103)).status, LeadStatus::Merged);
}

#[test]
fn a_tombstone_whose_survivor_cannot_be_converted_names_the_survivor() {
    let mut town = chain();
    town.converted(convert(lead_id(100)));
    let refusal = town.refused(&convert(lead_id(102)));
    assert_eq!(refusal.reason, Reason::LeadMerged);
    assert_eq!(refusal.metadata["survivor_id"], lead_id(100).to_string());
}

#[test]
fn tombstones_in_a_circle_end_in_a_refusal() {
    let mut town = Town::new();
    for (n, other) in [(100, 101), (101, 100)] {
        town.lead(n, |lead| {
            lead.status = LeadStatus::Merged;
            lead.survivor_id = Some(lead_id(other));
        });
    }
    assert_eq!(town.reason(&convert(lead_id(100))), Reason::LeadMerged);
    assert_eq!(named_leads(&town.world, &convert(lead_id(100))).len(), 2);
}

#[test]
fn a_stale_etag_is_refused() {
    let mut town = Town::new();
    let lead = town.lead(100, |lead| lead.version = 2);
    let with = |etag: &str| ConvertCommand {
        etag: Some(etag.to_owned()),
        ..convert(lead)
    };
    assert_eq!(town.reason(&with("v1")), Reason::EtagMismatch);
    assert!(town.decide(&with("v2")).is_ok());
}

#[test]
fn an_etag_of_a_tombstone_is_the_tombstones_own() {
    let mut town = chain();
    town.world.leads.get_mut(&lead_id(100)).unwrap().version = 9;
    let command = ConvertCommand {
        etag: Some("v1".to_owned()),
        ..convert(lead_id(101))
    };
    assert!(town.decide(&command).is_ok());
}

#[test]
fn a_lead_with_a_conversion_under_way_is_busy() {
    let mut town = Town::new();
    let lead = town.lead(100, |_| {});
    let live = town.queue(convert(lead));
    let refusal = accepted(&town, &convert(lead)).unwrap_err();
    assert_eq!(refusal.reason, Reason::ConversionInProgress);
    assert_eq!(refusal.metadata["conversion_id"], live.to_string());
    town.settle(live);
    let after = accepted(&town, &convert(lead)).unwrap_err();
    assert_eq!(after.reason, Reason::LeadAlreadyConverted);
}

#[test]
fn others_to_merge_are_named_in_mode_merge_only() {
    let mut town = Town::new();
    let lead = town.lead(100, |_| {});
    let command = ConvertCommand {
        merge_lead_ids: vec![lead_id(101)],
        ..convert(lead)
    };
    let refusal = town.refused(&command);
    assert_eq!(
        (refusal.reason, refusal.violations[0].field.as_str()),
        (Reason::FieldInvalid, "merge_lead_ids")
    );
}

#[test]
fn an_unknown_customer_to_link_is_refused_at_the_call() {
    let mut town = Town::new();
    let lead = town.lead(100, |_| {});
    let command = convert_with(lead, CustomerChoice::Link(customer_id(999)));
    assert_eq!(accepted(&town, &command).unwrap_err().reason, Reason::CustomerNotFound);
}

#[test]
fn a_salesperson_converts_own_and_unassigned_leads_only() {
    let mut town = Town::new();
    let (ann, bob) = (town.salesperson(10), town.salesperson(11));
    let hers = town.lead(100, |lead| lead.salesperson_id = Some(ann));
    let his = town.lead(101, |lead| lead.salesperson_id = Some(bob));
    let nobodys = town.lead(102, |_| {});
    let as_bob = |lead| ConvertCommand {
        caller: own(bob),
        ..convert(lead)
    };
    assert_eq!(town.reason(&as_bob(hers)), Reason::PermissionDenied);
    assert!(town.decide(&as_bob(his)).is_ok());
    assert!(town.decide(&as_bob(nobodys)).is_ok());
}

#[test]
fn existence_is_told_before_visibility_and_the_right_to_call_before_both() {
    let mut town = Town::new();
    let bob = town.salesperson(11);
    let as_bob = ConvertCommand {
        caller: own(bob),
        ..convert(lead_id(999))
    };
    assert_eq!(town.reason(&as_bob), Reason::LeadNotFound);
    let operator = ConvertCommand {
        caller: Caller {
            actor: None,
            role: Role::Operator,
        },
        ..as_bob
    };
    assert_eq!(town.reason(&operator), Reason::PermissionDenied);
}
