//! Rules 4.2 and 4.3: what a conversion leaves behind.

use crate::support::*;
use chrono::TimeDelta;
use opportune_domain::conversion::{Conversion, ConversionState, fail, settle};
use opportune_domain::event::EventBody;
use opportune_domain::ids::ConversionId;
use opportune_domain::lead::{Lead, LeadStatus, LeadType};
use opportune_domain::refusal::{Reason, Refusal};
use uuid::Uuid;

fn topics(town: &Town) -> Vec<&'static str> {
    town.world
        .changes
        .events
        .iter()
        .map(|event| event.body.topic())
        .collect()
}

#[test]
fn a_lead_becomes_an_opportunity_under_its_id_and_keeps_everything_else() {
    let mut town = Town::new();
    let lead = town.lead(100, |lead| {
        lead.probability = Some(33.0);
        lead.priority = 2;
        lead.tags = vec!["fair".to_owned()];
        lead.description = "asked twice".to_owned();
        lead.external_id = "X-1".to_owned();
        lead.stage_id = Some(PROPOSITION);
    });
    let expected = Lead {
        kind: LeadType::Opportunity,
        convert_time: Some(now()),
        update_time: now(),
        version: 2,
        customer_id: None,
        ..town.at(lead).clone()
    };
    town.converted(convert_with(lead, opportune_domain::conversion::CustomerChoice::None));
    assert_eq!(town.at(lead), &expected);
}

#[test]
fn a_success_is_recorded_with_plan_outcome_times_and_one_event() {
    let mut town = Town::new();
    let lead = town.lead(100, |lead| lead.contact_name = "Ida Frost".to_owned());
    let conversion = town.convert(convert(lead));
    assert_eq!(
        (conversion.attempt, conversion.start_time, conversion.end_time),
        (1, Some(now()), Some(now()))
    );
    assert_eq!(conversion.revert_deadline, Some(now() + TimeDelta::days(30)));
    let ConversionState::Succeeded { plan, outcome } = conversion.state else {
        panic!("{:?}", conversion.state)
    };
    assert_eq!((plan.survivor_id, outcome.opportunity_id), (lead, lead));
    assert_eq!(outcome.customer_id, town.at(lead).customer_id);
    assert_eq!(topics(&town), ["customer.created", "opportunity.created"]);
    let ids: Vec<_> = town.world.changes.events.iter().map(|event| event.id).collect();
    assert_eq!(outcome.event_ids, ids);
    let images: Vec<_> = town
        .world
        .changes
        .images
        .iter()
        .map(|image| (image.conversion_id, image.lead_id))
        .collect();
    assert_eq!(images, [(conversion.id, lead)]);
    assert!(town.world.live_conversions.is_empty());
}

#[test]
fn the_event_carries_the_opportunity_its_customer_and_where_it_came_from() {
    let mut town = Town::new();
    let lead = town.lead(100, |lead| lead.contact_name = "Ida Frost".to_owned());
    let conversion = town.convert(convert(lead));
    let event = town.world.changes.events.last().unwrap();
    let EventBody::OpportunityCreated {
        opportunity,
        customer,
        source_lead_id,
        conversion_id,
        ..
    } = &event.body
    else {
        panic!("{event:?}")
    };
    assert_eq!(&**opportunity, town.at(lead));
    assert_eq!(customer.as_deref(), Some(town.customer_of(lead)));
    assert_eq!((*source_lead_id, *conversion_id), (lead, conversion.id));
    assert_eq!(event.sequence, town.at(lead).version);
}

#[test]
fn a_failure_changes_no_record_and_says_so_once() {
    let mut town = Town::new();
    let lead = town.lead(100, |lead| lead.status = LeadStatus::Lost);
    let conversion = town.convert(convert(lead));
    assert!(matches!(&conversion.state, ConversionState::Failed { error } if error.reason == Reason::LeadLost));
    assert_eq!((conversion.attempt, conversion.end_time), (1, Some(now())));
    assert_eq!(topics(&town), ["conversion.failed"]);
    assert!(town.world.changes.leads.is_empty());
}

#[test]
fn a_try_that_was_counted_when_it_said_running_is_not_counted_again() {
    let mut town = Town::new();
    let lead = town.lead(100, |_| {});
    let id = town.queue(convert(lead));
    let running = Conversion {
        state: ConversionState::Running,
        attempt: 2,
        start_time: Some(earlier(1)),
        ..town.world.conversions[&id].clone()
    };
    town.world.put_conversion(running);
    let settled = town.settle(id);
    assert_eq!((settled.attempt, settled.start_time), (2, Some(earlier(1))));
}

#[test]
fn a_settled_or_unknown_conversion_is_left_alone() {
    let mut town = Town::new();
    let lead = town.lead(100, |_| {});
    let id = town.queue(convert(lead));
    let first = town.settle(id).clone();
    let events = town.world.changes.events.len();
    assert_eq!(town.settle(id), &first);
    settle(&mut town.world, ConversionId(Uuid::from_u128(999)), &mut town.ids);
    fail(
        &mut town.world,
        ConversionId(Uuid::from_u128(999)),
        Refusal::new(Reason::LeadWon, ""),
        &mut town.ids,
    );
    assert_eq!(town.world.changes.events.len(), events);
}

#[test]
fn an_etag_that_went_stale_while_it_waited_ends_it() {
    let mut town = Town::new();
    let lead = town.lead(100, |_| {});
    let mut command = convert(lead);
    command.etag = Some("v1".to_owned());
    let id = town.queue(command);
    let changed = town.at(lead).clone();
    town.world.put_lead(changed);
    let settled = town.settle(id);
    assert!(matches!(&settled.state, ConversionState::Failed { error } if error.reason == Reason::EtagMismatch));
}
