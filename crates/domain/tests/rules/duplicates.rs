//! Rules 3.7 and 4.5: what duplicates do to a conversion.

use crate::support::*;
use opportune_domain::conversion::{ConversionState, ConvertCommand, CustomerChoice, DuplicatePolicy};
use opportune_domain::ids::LeadId;
use opportune_domain::lead::{Lead, LeadStatus, LeadType};
use opportune_domain::refusal::Reason;

fn kim(lead: &mut Lead) {
    lead.email = "kim@harbor.example".to_owned();
}

/// The lead 100 and a duplicate 101.
fn pair(fill: impl FnOnce(&mut Lead)) -> (Town, LeadId) {
    let mut town = Town::new();
    let lead = town.lead(100, kim);
    town.lead(101, |other| {
        kim(other);
        fill(other);
    });
    (town, lead)
}

#[test]
fn an_open_record_with_the_same_address_stops_a_conversion_and_is_named() {
    for kind in [LeadType::Lead, LeadType::Opportunity] {
        let (town, lead) = pair(|other| other.kind = kind);
        let refusal = town.refused(&convert(lead));
        assert_eq!(refusal.reason, Reason::DuplicatesFound);
        assert_eq!(refusal.metadata["lead_ids"], lead_id(101).to_string());
        assert!(refusal.message.contains(&lead_id(101).to_string()));
    }
}

#[test]
fn closed_and_merged_records_are_no_duplicates() {
    for status in [
        LeadStatus::Won,
        LeadStatus::Lost,
        LeadStatus::Archived,
        LeadStatus::Merged,
    ] {
        let (town, lead) = pair(|other| other.status = status);
        assert!(town.decide(&convert(lead)).is_ok(), "{status:?}");
    }
}

#[test]
fn nothing_is_written_when_duplicates_stop_it() {
    let (mut town, lead) = pair(|_| {});
    let before = town.at(lead).clone();
    let conversion = town.convert(convert_with(lead, CustomerChoice::Create));
    assert!(matches!(&conversion.state, ConversionState::Failed { error } if error.reason == Reason::DuplicatesFound));
    assert_eq!(town.at(lead), &before);
    assert!(town.world.changes.customers.is_empty() && town.world.changes.leads.is_empty());
}

#[test]
fn ignore_converts_all_the_same() {
    let (mut town, lead) = pair(|_| {});
    town.converted(convert_anyway(lead));
    assert_eq!(town.at(lead).kind, LeadType::Opportunity);
}

#[test]
fn merge_without_duplicates_just_converts() {
    let mut town = Town::new();
    let lead = town.lead(100, kim);
    let command = ConvertCommand {
        on_duplicates: DuplicatePolicy::Merge,
        ..convert(lead)
    };
    assert!(town.converted(command).merged_lead_ids.is_empty());
}

#[test]
fn a_duplicate_that_the_caller_may_not_see_does_not_stop_him() {
    let mut town = Town::new();
    let (ann, bob) = (town.salesperson(10), town.salesperson(11));
    let lead = town.lead(100, kim);
    town.lead(101, |other| {
        kim(other);
        other.salesperson_id = Some(ann);
    });
    let as_bob = ConvertCommand {
        caller: own(bob),
        ..convert(lead)
    };
    assert!(town.decide(&as_bob).is_ok());
    assert_eq!(town.reason(&convert(lead)), Reason::DuplicatesFound);
}

#[test]
fn a_duplicate_that_linking_made_stops_the_next_one_in_the_same_batch() {
    let mut town = Town::new();
    let noor = town.person(50, "Noor Dahl", |one| one.email = "noor@fjord.example".to_owned());
    let first = town.lead(100, |_| {});
    let second = town.lead(101, |lead| lead.email = "noor@fjord.example".to_owned());
    town.converted(convert_with(first, CustomerChoice::Link(noor)));
    assert_eq!(town.reason(&convert(second)), Reason::DuplicatesFound);
}

#[test]
fn a_person_who_is_the_customer_of_both_makes_duplicates_and_a_company_does_not() {
    let mut town = Town::new();
    let company = town.company(50, "Fjord Lines", |_| {});
    let noor = town.person(51, "Noor Dahl", |one| one.parent_id = Some(company));
    let of = |town: &mut Town, n, customer| town.lead(n, |lead| lead.customer_id = Some(customer));
    let (a, _) = (of(&mut town, 100, noor), of(&mut town, 101, noor));
    let (c, _) = (of(&mut town, 102, company), of(&mut town, 103, company));
    assert_eq!(town.refused(&convert(a)).metadata["lead_ids"], lead_id(101).to_string());
    assert!(town.decide(&convert(c)).is_ok());
}

#[test]
fn a_name_that_very_many_have_makes_nobody_a_duplicate_and_an_address_still_does() {
    let mut town = Town::new();
    let called = |lead: &mut Lead| lead.contact_name = "Kim Snow".to_owned();
    for n in 200..320 {
        town.lead(n, called);
    }
    let lead = town.lead(100, |lead| {
        called(lead);
        lead.email = "kim@harbor.example".to_owned();
    });
    assert!(town.decide(&convert(lead)).is_ok());
    let same = town.lead(101, |lead| {
        called(lead);
        lead.email = "kim@harbor.example".to_owned();
    });
    assert_eq!(town.refused(&convert(lead)).metadata["lead_ids"], same.to_string());
}
