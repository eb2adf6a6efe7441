//! Rules 10: a conversion is taken back completely, or not at all.

use crate::support::*;
use chrono::TimeDelta;
use opportune_domain::access::{Caller, Role};
use opportune_domain::conversion::{
    ConversionMode, ConversionState, ConvertCommand, CustomerChoice, Undoing, revert, undo,
};
use opportune_domain::ids::{ConversionId, LeadId};
use opportune_domain::lead::{Lead, LeadStatus, LeadType};
use opportune_domain::refusal::{Reason, Refusal};

type Edit = fn(&mut Lead);

fn merge_only(leads: &[LeadId]) -> ConvertCommand {
    ConvertCommand {
        mode: ConversionMode::MergeOnly,
        merge_lead_ids: leads[1..].to_vec(),
        ..convert_anyway(leads[0])
    }
}

fn take_back(town: &mut Town, id: ConversionId) -> Result<Undoing, Refusal> {
    revert(&mut town.world, id, &manager(), &mut town.ids)
}

fn topics(town: &Town) -> Vec<&'static str> {
    let events = town.world.changes.events.iter();
    events.map(|event| event.body.topic()).collect()
}

#[test]
fn a_reverted_conversion_is_as_if_it_had_not_been() {
    let mut town = Town::new();
    let cid = town.salesperson(10);
    let lead = town.lead(100, |lead| {
        lead.contact_name = "Ida Frost".to_owned();
        lead.company_name = "Fjord Lines".to_owned();
    });
    let before = town.at(lead).clone();
    let conversion = town.convert(ConvertCommand {
        salesperson_id: Some(cid),
        ..convert(lead)
    });
    let mut town = town.reload_for(&conversion);
    let undoing = take_back(&mut town, conversion.id).unwrap();
    assert_eq!(settled(town.at(lead)), settled(&before));
    assert_eq!((undoing.removed.len(), undoing.kept.len()), (2, 0));
    assert!(town.world.customers.is_empty());
    let expected = [
        "opportunity.reverted",
        "customer.removed",
        "customer.removed",
        "conversion.reverted",
    ];
    assert_eq!(topics(&town), expected);
    assert_eq!(town.world.conversions[&conversion.id].state.name(), "reverted");
    assert_eq!(take_back(&mut town, conversion.id).unwrap().removed, undoing.removed);
    assert_eq!(topics(&town).len(), expected.len());
}

#[test]
fn a_reverted_merge_gives_every_record_back_with_its_timeline() {
    let mut town = Town::new();
    let survivor = town.lead(100, |lead| lead.status = LeadStatus::Lost);
    let absorbed = town.lead(101, |lead| {
        lead.kind = LeadType::Opportunity;
        lead.phone = "+12025550111".to_owned();
        lead.external_id = "X-7".to_owned();
        lead.merged_lead_ids = vec![lead_id(7)];
    });
    let before = [survivor, absorbed].map(|id| town.at(id).clone());
    let conversion = town.convert(merge_only(&[survivor, absorbed]));
    let mut town = town.reload_for(&conversion);
    take_back(&mut town, conversion.id).unwrap();
    for lead in &before {
        assert_eq!(settled(town.at(lead.id)), settled(lead));
    }
    let [back] = &town.world.changes.timeline_returns[..] else {
        panic!("one timeline goes back")
    };
    assert_eq!((back.from, back.to), (survivor, absorbed));
    assert_eq!(back.origins, [absorbed, lead_id(7)].into());
    let ConversionState::Reverted { outcome, .. } = &town.world.conversions[&conversion.id].state else {
        panic!("reverted")
    };
    assert_eq!(
        town.world.changes.removed_entries,
        outcome.note_id.into_iter().collect()
    );
    assert_eq!(
        topics(&town),
        ["opportunity.reverted", "lead.unmerged", "conversion.reverted"]
    );
}

#[test]
fn a_customer_that_something_else_refers_to_stays_and_keeps_its_company() {
    let mut town = Town::new();
    let lead = town.lead(100, |lead| {
        lead.contact_name = "Ida Frost".to_owned();
        lead.company_name = "Fjord Lines".to_owned();
    });
    let conversion = town.convert(convert(lead));
    let person = town.at(lead).customer_id;
    town.lead(101, |other| other.customer_id = person);
    let mut town = town.reload_for(&conversion);
    let undoing = take_back(&mut town, conversion.id).unwrap();
    assert_eq!((undoing.removed.len(), undoing.kept.len()), (0, 2));
    assert_eq!(town.at(lead).customer_id, None);
    assert_eq!(town.world.customers.len(), 2);
}

#[test]
fn a_touched_field_that_was_changed_since_is_a_conflict_that_names_it() {
    let mut town = Town::new();
    let teams = [town.team(20, 1, &[]), town.team(21, 2, &[])];
    let lead = town.lead(100, |_| {});
    let conversion = town.convert(ConvertCommand {
        team_id: Some(teams[0]),
        ..convert(lead)
    });
    let mut town = town.reload_for(&conversion);
    town.world.leads.get_mut(&lead).unwrap().team_id = Some(teams[1]);
    let refusal = take_back(&mut town, conversion.id).unwrap_err();
    assert_eq!(refusal.reason, Reason::RevertConflict);
    assert_eq!(refusal.metadata["fields"], "team_id");
    assert!(refusal.message.contains(&lead.to_string()));
    assert!(town.world.changes.leads.is_empty() && town.world.changes.events.is_empty());
}

#[test]
fn an_end_a_merge_or_a_conversion_on_top_is_a_conflict_and_an_untouched_field_is_none() {
    let mut town = Town::new();
    let lead = town.lead(100, |_| {});
    let conversion = town.convert(convert(lead));
    let on_top: [(&str, Edit); 4] = [
        ("status", |lead| lead.status = LeadStatus::Lost),
        ("status", |lead| lead.status = LeadStatus::Won),
        ("merged_lead_ids", |lead| lead.merged_lead_ids.push(lead_id(1))),
        ("type", |lead| lead.kind = LeadType::Lead),
    ];
    for (field, change) in on_top {
        let mut town = town.reload_for(&conversion);
        change(town.world.leads.get_mut(&lead).unwrap());
        let refusal = take_back(&mut town, conversion.id).unwrap_err();
        assert_eq!(
            (refusal.reason, refusal.metadata["fields"].as_str()),
            (Reason::RevertConflict, field)
        );
    }
    let harmless: [Edit; 2] = [
        |lead| lead.title = "A better title".to_owned(),
        |lead| lead.status = LeadStatus::Archived,
    ];
    for change in harmless {
        let mut town = town.reload_for(&conversion);
        change(town.world.leads.get_mut(&lead).unwrap());
        let changed = town.at(lead).clone();
        take_back(&mut town, conversion.id).unwrap();
        assert_eq!(
            (&town.at(lead).title, town.at(lead).status),
            (&changed.title, changed.status)
        );
    }
}

#[test]
fn a_linked_customer_stays_and_the_filled_fields_are_empty_again() {
    let mut town = Town::new();
    let known = town.person(50, "Noor Dahl", |customer| customer.phone = "+12025550160".to_owned());
    let lead = town.lead(100, |_| {});
    let conversion = town.convert(convert_with(lead, CustomerChoice::Link(known)));
    let mut town = town.reload_for(&conversion);
    let undoing = take_back(&mut town, conversion.id).unwrap();
    assert_eq!((town.at(lead).customer_id, town.at(lead).phone.as_str()), (None, ""));
    assert!(undoing.removed.is_empty() && town.world.customers.contains_key(&known));
}

#[test]
fn only_what_has_succeeded_can_be_reverted_and_only_in_time() {
    let mut town = Town::new();
    let lead = town.lead(100, |lead| lead.status = LeadStatus::Lost);
    let failed = town.convert(convert(lead));
    assert_eq!(
        take_back(&mut town, failed.id).unwrap_err().reason,
        Reason::ConversionStateInvalid
    );
    let unknown = ConversionId(uuid::Uuid::from_u128(9));
    assert_eq!(
        take_back(&mut town, unknown).unwrap_err().reason,
        Reason::ConversionNotFound
    );
    let lead = town.lead(101, |_| {});
    let conversion = town.convert(convert(lead));
    let mut town = town.reload_for(&conversion);
    town.world.now = now() + TimeDelta::days(30);
    assert!(undo(&town.world, conversion.id, &manager()).is_ok());
    town.world.now = now() + TimeDelta::days(30) + TimeDelta::seconds(1);
    assert_eq!(
        take_back(&mut town, conversion.id).unwrap_err().reason,
        Reason::RevertWindowClosed
    );
}

#[test]
fn anothers_conversion_is_taken_back_by_managers_only() {
    let mut town = Town::new();
    let (ann, bob) = (town.salesperson(10), town.salesperson(11));
    let as_role = |person: opportune_domain::ids::SalespersonId, role| Caller {
        actor: Some(person.0),
        role,
    };
    let lead = town.lead(100, |_| {});
    let conversion = town.convert(ConvertCommand {
        caller: as_role(ann, Role::SalespersonAll),
        ..convert(lead)
    });
    let town = town.reload_for(&conversion);
    let may = |caller: Caller| undo(&town.world, conversion.id, &caller);
    assert_eq!(
        may(as_role(bob, Role::SalespersonAll)).unwrap_err().reason,
        Reason::PermissionDenied
    );
    assert!(may(as_role(ann, Role::SalespersonAll)).is_ok());
    assert!(may(as_role(bob, Role::Manager)).is_ok());
}
