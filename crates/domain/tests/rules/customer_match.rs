//! Rules 5.4: the one customer with the same address, else a new one.

use crate::support::*;
use opportune_domain::conversion::{CustomerAction, customer_needs};
use opportune_domain::ids::CustomerId;
use opportune_domain::keys::KeyKind;
use opportune_domain::lead::Lead;

fn matched(town: &mut Town, fill: impl FnOnce(&mut Lead)) -> Option<CustomerId> {
    let lead = town.lead(100, fill);
    let plan = town.plan(&convert(lead));
    (step(&plan).action == CustomerAction::Link).then_some(step(&plan).customer_id)?
}

fn person(town: &mut Town, n: u128, name: &str, email: &str) -> CustomerId {
    town.person(n, name, |one| one.email = email.to_owned())
}

fn with_email(email: &str) -> impl FnOnce(&mut Lead) {
    move |lead| lead.email = email.to_owned()
}

#[test]
fn the_records_own_customer_comes_first() {
    let mut town = Town::new();
    let own = person(&mut town, 50, "Own Person", "");
    person(&mut town, 51, "Mail Match", "kim@harbor.example");
    let lead = town.lead(100, |lead| {
        lead.customer_id = Some(own);
        lead.email = "kim@harbor.example".to_owned();
    });
    let plan = town.plan(&convert(lead));
    assert_eq!(
        (step(&plan).action, step(&plan).customer_id),
        (CustomerAction::Keep, Some(own))
    );
}

#[test]
fn a_customer_with_the_same_normal_address_is_linked_and_fills() {
    let mut town = Town::new();
    town.person(50, "Noor Dahl", |one| {
        one.email = "noor@fjord.example".to_owned();
        one.phone = "+1 202 555 0160".to_owned();
    });
    let lead = town.lead(100, with_email("Noor <NOOR@Fjord.example>"));
    town.converted(convert(lead));
    let lead = town.at(lead);
    assert_eq!(lead.customer_id, Some(customer_id(50)));
    assert_eq!(
        (lead.email.as_str(), lead.phone.as_str()),
        ("Noor <NOOR@Fjord.example>", "+1 202 555 0160")
    );
}

#[test]
fn all_addresses_of_both_sides_count() {
    let mut town = Town::new();
    let kim = person(&mut town, 50, "Kim Snow", "first@a.example, second@b.example");
    assert_eq!(
        matched(&mut town, with_email("other@c.example; Second@B.example")),
        Some(kim)
    );
}

#[test]
fn of_several_a_person_comes_before_a_company_then_the_oldest_and_the_plan_tells() {
    let mut town = Town::new();
    town.company(50, "Fjord Lines", |one| one.email = "dup@harbor.example".to_owned());
    let older = person(&mut town, 51, "First", "DUP@harbor.example");
    person(&mut town, 52, "Second", "dup@harbor.example");
    let lead = town.lead(100, with_email("dup@harbor.example"));
    let plan = town.plan(&convert(lead));
    let customer = step(&plan);
    assert_eq!(customer.customer_id, Some(older));
    assert!(customer.reason.contains("3 customers"), "{}", customer.reason);
}

#[test]
fn a_company_with_the_address_is_taken_when_there_is_no_person() {
    let mut town = Town::new();
    let company = town.company(50, "Fjord Lines", |one| one.email = "office@fjord.example".to_owned());
    assert_eq!(matched(&mut town, with_email("office@fjord.example")), Some(company));
}

#[test]
fn a_role_mailbox_links_a_person_unless_the_names_conflict() {
    let mut town = Town::new();
    let noor = person(&mut town, 50, "Noor Dahl", "info@fjord.example");
    let named = |name: &str| {
        let name = name.to_owned();
        move |lead: &mut Lead| {
            lead.email = "info@fjord.example".to_owned();
            lead.contact_name = name;
        }
    };
    assert_eq!(matched(&mut town, named("Noor Dahl")), Some(noor));
    assert_eq!(matched(&mut town, named("")), Some(noor));
    assert_eq!(matched(&mut town, named("Eskil Winterbourne")), None);
}

#[test]
fn a_role_mailbox_links_its_company_whatever_the_contact_is_called() {
    let mut town = Town::new();
    let company = town.company(50, "Fjord Lines", |one| one.email = "info@fjord.example".to_owned());
    let lead = |lead: &mut Lead| {
        lead.email = "info@fjord.example".to_owned();
        lead.contact_name = "Eskil Winterbourne".to_owned();
    };
    assert_eq!(matched(&mut town, lead), Some(company));
}

#[test]
fn an_own_address_beside_a_role_mailbox_still_links() {
    let mut town = Town::new();
    let noor = person(&mut town, 50, "Noor Dahl", "info@fjord.example, noor@fjord.example");
    let lead = |lead: &mut Lead| {
        lead.email = "info@fjord.example, noor@fjord.example".to_owned();
        lead.contact_name = "Eskil Winterbourne".to_owned();
    };
    assert_eq!(matched(&mut town, lead), Some(noor));
}

#[test]
fn placeholder_addresses_link_nobody() {
    let mut town = Town::new();
    person(&mut town, 50, "Stranger", "test@test.com");
    let lead = town.lead(100, with_email("test@test.com"));
    assert_eq!(step(&town.plan(&convert(lead))).action, CustomerAction::Create);
}

#[test]
fn folded_addresses_domains_names_and_phones_link_nobody() {
    let mut town = Town::new();
    town.person(50, "Kim Snow", |one| {
        one.email = "kim+shop@harbor.example".to_owned();
        one.phone = "+1 202 555 0101".to_owned();
    });
    let lead = |lead: &mut Lead| {
        lead.email = "kim@harbor.example".to_owned();
        lead.contact_name = "Kim Snow".to_owned();
        lead.phone = "+1 202 555 0101".to_owned();
    };
    assert_eq!(matched(&mut town, lead), None);
}

#[test]
fn without_a_match_a_customer_is_created() {
    let mut town = Town::new();
    let lead = town.lead(100, |lead| lead.contact_name = "Kim Snow".to_owned());
    assert_eq!(town.converted(convert(lead)).created_customer_ids.len(), 1);
    assert_eq!(town.customer_of(lead).name, "Kim Snow");
}

#[test]
fn two_conversions_of_one_person_end_with_one_customer() {
    let mut town = Town::new();
    let kim = |town: &mut Town, n| {
        town.lead(n, |lead| {
            lead.contact_name = "Kim Snow".to_owned();
            lead.email = format!("Kim {n} <kim@harbor.example>");
        })
    };
    let (a, b) = (kim(&mut town, 100), kim(&mut town, 101));
    town.converted(convert_anyway(a));
    town.converted(convert_anyway(b));
    assert_eq!(town.at(a).customer_id, town.at(b).customer_id);
}

#[test]
fn two_people_of_one_company_end_with_one_company() {
    let mut town = Town::new();
    for (n, name, legal) in [(100, "Ines Paul", ""), (101, "Omar Reyes", " Ltd")] {
        let lead = town.lead(n, |lead| {
            lead.contact_name = name.to_owned();
            lead.company_name = format!("Quillmoor Supplies{legal}");
            lead.website = "https://quillmoor.example".to_owned();
        });
        town.converted(convert(lead));
    }
    let (ines, omar) = (town.customer_of(lead_id(100)), town.customer_of(lead_id(101)));
    assert_ne!(ines.id, omar.id);
    assert!(ines.parent_id.is_some());
    assert_eq!(ines.parent_id, omar.parent_id);
}

#[test]
fn what_the_customer_step_locks_is_what_it_looks_under() {
    let mut town = Town::new();
    let lead = town.lead(100, |lead| {
        lead.email = "kim@harbor.example, test@test.com".to_owned();
        lead.company_name = "Quillmoor".to_owned();
        lead.phone = "+1 202 555 0101".to_owned();
    });
    let kinds: Vec<KeyKind> = customer_needs(&town.world.config.settings, town.at(lead), &convert(lead))
        .keys
        .iter()
        .map(|key| key.kind)
        .collect();
    assert_eq!(kinds, [KeyKind::Email, KeyKind::CompanyName]);
}
