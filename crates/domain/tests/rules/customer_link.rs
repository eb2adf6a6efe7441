//! Rules 5.1, 5.5 and 5.6: the chosen customer, none, and what linking writes.

use crate::support::*;
use opportune_domain::address::Address;
use opportune_domain::conversion::{CustomerAction, CustomerChoice};
use opportune_domain::customer::Customer;
use opportune_domain::lead::Lead;

fn fjord() -> Address {
    Address {
        street: "Quay 3".to_owned(),
        city: "Bergen".to_owned(),
        postal_code: "5003".to_owned(),
        country: "NO".to_owned(),
        ..Address::default()
    }
}

/// Noor (51) of Fjord Lines (50), with every field.
fn town() -> Town {
    let mut town = Town::new();
    let company = town.company(50, "Fjord Lines", |_| {});
    town.person(51, "Noor Dahl", |noor: &mut Customer| {
        noor.parent_id = Some(company);
        noor.email = "noor@fjord.example".to_owned();
        noor.phone = "+1 202 555 0160".to_owned();
        noor.job_title = "Captain".to_owned();
        noor.language = "nb".to_owned();
        noor.website = "https://fjord.example".to_owned();
        noor.address = fjord();
    });
    town
}

const NOOR: CustomerChoice = CustomerChoice::Link(opportune_domain::ids::CustomerId(uuid::Uuid::from_u128(51)));

#[test]
fn the_chosen_customer_replaces_the_records_own() {
    let mut town = town();
    let own = town.person(60, "Own Person", |_| {});
    let lead = town.lead(100, |lead| lead.customer_id = Some(own));
    let plan = town.plan(&convert_with(lead, NOOR));
    assert_eq!(step(&plan).action, CustomerAction::Link);
    assert_eq!(
        (step(&plan).customer_id, step(&plan).company_id),
        (Some(customer_id(51)), Some(customer_id(50)))
    );
    let outcome = town.converted(convert_with(lead, NOOR));
    assert_eq!(
        (outcome.customer_id, outcome.created_customer_ids.len()),
        (Some(customer_id(51)), 0)
    );
}

#[test]
fn linking_fills_every_empty_contact_field_and_says_so() {
    let mut town = town();
    let lead = town.lead(100, |_| {});
    let plan = town.plan(&convert_with(lead, NOOR));
    let filled: Vec<&str> = plan.fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(
        filled,
        [
            "contact_name",
            "company_name",
            "email",
            "phone",
            "job_title",
            "website",
            "language",
            "address"
        ]
    );
    assert!(step(&plan).differences.is_empty());
    town.converted(convert_with(lead, NOOR));
    let lead = town.at(lead);
    assert_eq!(
        (lead.contact_name.as_str(), lead.company_name.as_str()),
        ("Noor Dahl", "Fjord Lines")
    );
    assert_eq!((lead.email.as_str(), &lead.address), ("noor@fjord.example", &fjord()));
}

#[test]
fn linking_overwrites_nothing_and_lists_each_difference_once() {
    let mut town = town();
    let other = |lead: &mut Lead| {
        lead.contact_name = "N. D.".to_owned();
        lead.company_name = "Old Co".to_owned();
        lead.email = "old@quarry.example".to_owned();
        lead.phone = "+12025550123".to_owned();
        lead.job_title = "Mate".to_owned();
        lead.language = "en".to_owned();
        lead.website = "https://old.example".to_owned();
        lead.address.street = "Road 1".to_owned();
    };
    let lead = town.lead(100, other);
    let before = town.at(lead).clone();
    let plan = town.plan(&convert_with(lead, NOOR));
    assert_eq!((plan.fields.len(), step(&plan).differences.len()), (0, 8));
    town.converted(convert_with(lead, NOOR));
    assert!(!town.at(lead).contact_differs(&before));
    assert_eq!(town.at(lead).job_title, "Mate");
}

#[test]
fn the_address_is_filled_as_one_or_not_at_all() {
    let mut town = town();
    let lead = town.lead(100, |lead| lead.address.state = "Vestland".to_owned());
    let plan = town.plan(&convert_with(lead, NOOR));
    assert!(plan.fields.iter().all(|field| field.field != "address"));
    assert_eq!(
        step(&plan)
            .differences
            .iter()
            .filter(|text| text.starts_with("address"))
            .count(),
        1
    );
}

#[test]
fn equal_values_are_neither_filled_nor_different() {
    let mut town = town();
    let lead = town.lead(100, |lead| {
        lead.contact_name = "Noor Dahl".to_owned();
        lead.address = fjord();
    });
    let plan = town.plan(&convert_with(lead, NOOR));
    assert!(
        plan.fields
            .iter()
            .all(|field| field.field != "contact_name" && field.field != "address")
    );
    assert!(step(&plan).differences.is_empty());
}

#[test]
fn a_company_fills_the_company_name_and_no_contact() {
    let mut town = town();
    let lead = town.lead(100, |_| {});
    town.converted(convert_with(lead, CustomerChoice::Link(customer_id(50))));
    let lead = town.at(lead);
    assert_eq!(
        (lead.contact_name.as_str(), lead.company_name.as_str()),
        ("", "Fjord Lines")
    );
}

#[test]
fn linking_never_writes_to_a_customer() {
    let mut town = town();
    let lead = town.lead(100, |lead| lead.email = "new@quarry.example".to_owned());
    town.converted(convert_with(lead, NOOR));
    assert!(town.world.changes.customers.is_empty());
}

#[test]
fn none_unlinks_keeps_the_texts_and_makes_nobody() {
    let mut town = town();
    let lead = town.lead(100, |lead| {
        lead.customer_id = Some(customer_id(51));
        lead.contact_name = "Own Person".to_owned();
        lead.company_name = "Fresh Company".to_owned();
    });
    let plan = town.plan(&convert_with(lead, CustomerChoice::None));
    assert_eq!(
        (step(&plan).action, step(&plan).customer_id),
        (CustomerAction::None, None)
    );
    let outcome = town.converted(convert_with(lead, CustomerChoice::None));
    assert_eq!((outcome.customer_id, outcome.created_customer_ids.len()), (None, 0));
    assert_eq!(town.at(lead).customer_id, None);
    assert_eq!(town.at(lead).contact_name, "Own Person");
    assert!(town.world.changes.customers.is_empty());
}
