//! Rules 5.2 and 5.3: new customers, and companies that are used again.

use crate::support::*;
use opportune_domain::address::Address;
use opportune_domain::conversion::{CustomerAction, CustomerChoice, keys_of_new_customers};
use opportune_domain::customer::Customer;
use opportune_domain::event::EventBody;
use opportune_domain::ids::LeadId;
use opportune_domain::keys::KeyKind;
use opportune_domain::lead::Lead;

fn create(town: &mut Town, fill: impl FnOnce(&mut Lead)) -> (Customer, Option<Customer>) {
    let lead = town.lead(100, fill);
    let outcome = town.converted(convert_with(lead, CustomerChoice::Create));
    assert_eq!(town.at(lead).customer_id, outcome.customer_id);
    let customer = town.customer_of(lead).clone();
    let parent = customer.parent_id.map(|id| town.world.customers[&id].clone());
    (customer, parent)
}

fn quillmoor(lead: &mut Lead) {
    lead.contact_name = "Ines Paul".to_owned();
    lead.company_name = "Quillmoor Supplies GmbH".to_owned();
}

#[test]
fn a_record_with_a_customer_keeps_it_and_nothing_is_created() {
    let mut town = Town::new();
    let own = town.person(50, "Own Person", |_| {});
    let lead = town.lead(100, |lead| {
        quillmoor(lead);
        lead.customer_id = Some(own);
    });
    let plan = town.plan(&convert_with(lead, CustomerChoice::Create));
    assert_eq!(
        (step(&plan).action, step(&plan).customer_id),
        (CustomerAction::Keep, Some(own))
    );
    assert!(
        town.converted(convert_with(lead, CustomerChoice::Create))
            .created_customer_ids
            .is_empty()
    );
}

#[test]
fn a_contact_name_makes_a_person() {
    let (person, parent) = create(&mut Town::new(), |lead| lead.contact_name = "Contact Person".to_owned());
    assert_eq!(
        (person.name.as_str(), person.is_company, parent),
        ("Contact Person", false, None)
    );
}

#[test]
fn a_company_name_makes_a_company() {
    let (company, parent) = create(&mut Town::new(), |lead| {
        lead.company_name = "Fresh Company".to_owned();
        lead.email = "info@fresh.example".to_owned();
    });
    assert_eq!(
        (company.name.as_str(), company.is_company, parent),
        ("Fresh Company", true, None)
    );
}

#[test]
fn both_make_a_person_under_a_company_and_one_event_each() {
    let mut town = Town::new();
    let (person, company) = create(&mut town, quillmoor);
    let company = company.unwrap();
    assert_eq!(
        (person.name.as_str(), company.name.as_str()),
        ("Ines Paul", "Quillmoor Supplies GmbH")
    );
    let created = town.world.changes.events.iter().filter_map(|event| match &event.body {
        EventBody::CustomerCreated { customer, .. } => Some(customer.id),
        _ => None,
    });
    assert_eq!(created.collect::<Vec<_>>(), [company.id, person.id]);
}

#[test]
fn neither_makes_a_person_named_after_the_title() {
    let (person, _) = create(&mut Town::new(), |lead| {
        lead.title = "Deal about kites".to_owned();
        lead.email = "bo@fresh.example".to_owned();
    });
    assert_eq!((person.name.as_str(), person.is_company), ("Deal about kites", false));
    assert_eq!(person.email, "bo@fresh.example");
}

#[test]
fn the_display_name_is_the_contact_when_there_is_no_contact_name() {
    let mut town = Town::new();
    let (person, company) = create(&mut town, |lead| {
        lead.company_name = "Fresh Company".to_owned();
        lead.email = "\"Bo Ray\" <bo@fresh.example>".to_owned();
    });
    assert_eq!(
        (person.name.as_str(), company.unwrap().name.as_str()),
        ("Bo Ray", "Fresh Company")
    );
    assert_eq!(
        town.at(lead_id(100)).contact_name,
        "",
        "the record's own text stays as it came"
    );
}

#[test]
fn a_contact_name_beats_the_display_name() {
    let (person, _) = create(&mut Town::new(), |lead| {
        lead.contact_name = "Rosa M. Lind".to_owned();
        lead.email = "\"R\" <rosa@harbor.example>".to_owned();
    });
    assert_eq!(person.name, "Rosa M. Lind");
}

fn full(lead: &mut Lead) {
    quillmoor(lead);
    lead.email = "\"Ines\" <ines@quillmoor.example>, other@quarry.example".to_owned();
    lead.phone = "+1 202 555 0101".to_owned();
    lead.job_title = "Buyer".to_owned();
    lead.language = "fr".to_owned();
    lead.website = "https://quillmoor.example".to_owned();
    lead.address.city = "Brantwick".to_owned();
    lead.description = "secret note".to_owned();
    lead.tags = vec!["vip".to_owned()];
}

#[test]
fn a_person_gets_the_contact_fields_and_a_company_only_its_own() {
    let (person, company) = create(&mut Town::new(), full);
    let company = company.unwrap();
    assert_eq!(
        (person.email.as_str(), person.phone.as_str()),
        ("ines@quillmoor.example", "+1 202 555 0101")
    );
    assert_eq!((person.job_title.as_str(), person.language.as_str()), ("Buyer", "fr"));
    assert_eq!(
        (person.website.as_str(), person.address.city.as_str()),
        ("https://quillmoor.example", "Brantwick")
    );
    assert_eq!(
        (company.website.as_str(), company.address.city.as_str()),
        ("https://quillmoor.example", "Brantwick")
    );
    assert_eq!(
        (
            company.email.as_str(),
            company.phone.as_str(),
            company.job_title.as_str()
        ),
        ("", "", "")
    );
}

#[test]
fn notes_and_tags_of_a_lead_are_not_the_customers() {
    let (person, company) = create(&mut Town::new(), full);
    for customer in [person, company.unwrap()] {
        assert_eq!((customer.description.as_str(), customer.tags.len()), ("", 0));
        assert_eq!(customer.salesperson_id, None);
    }
}

#[test]
fn a_company_without_a_person_gets_e_mail_and_phone() {
    let (company, _) = create(&mut Town::new(), |lead| {
        full(lead);
        lead.contact_name.clear();
        lead.email = "office@quillmoor.example".to_owned();
    });
    assert!(company.is_company);
    assert_eq!(
        (company.email.as_str(), company.phone.as_str()),
        ("office@quillmoor.example", "+1 202 555 0101")
    );
}

#[test]
fn create_never_looks_for_an_existing_person() {
    let mut town = Town::new();
    town.person(50, "Ines Paul", |ines| ines.email = "ines@quillmoor.example".to_owned());
    let (person, _) = create(&mut town, |lead| {
        lead.contact_name = "Ines Paul".to_owned();
        lead.email = "ines@quillmoor.example".to_owned();
    });
    assert_ne!(person.id, customer_id(50));
}

/// Whether the company 50 is used again for a lead.
fn reused(company: impl FnOnce(&mut Customer), lead: impl FnOnce(&mut Lead)) -> bool {
    let mut town = Town::new();
    town.config().settings.default_country = "US".to_owned();
    town.company(50, "Quillmoor Supplies", company);
    let (_, parent) = create(&mut town, |one| {
        quillmoor(one);
        lead(one);
    });
    parent.expect("a company").id == customer_id(50)
}

#[test]
fn a_company_of_the_same_name_alone_is_not_used_again() {
    assert!(!reused(|_| {}, |_| {}));
}

#[test]
fn a_company_is_used_again_when_a_second_kind_of_evidence_agrees() {
    let email = |text: &'static str| move |lead: &mut Lead| lead.email = text.to_owned();
    let website = |one: &mut Customer| one.website = "https://www.quillmoor.example".to_owned();
    assert!(
        reused(website, email("ines@quillmoor.example")),
        "website and e-mail domain"
    );
    assert!(
        reused(website, |lead| lead.website = "quillmoor.example/shop".to_owned()),
        "website"
    );
    let mail = |one: &mut Customer| one.email = "quillmoor@gmail.com".to_owned();
    assert!(
        reused(mail, email("Quillmoor@GMAIL.com")),
        "address at a generic provider"
    );
    let phone = |one: &mut Customer| one.phone = "202 555 0144".to_owned();
    assert!(reused(phone, |lead| lead.phone = "+1 202 555 0144".to_owned()), "phone");
    let place = || Address {
        street: "14 Tannery Row".to_owned(),
        city: "Brantwick".to_owned(),
        postal_code: "90417".to_owned(),
        country: "US".to_owned(),
        ..Address::default()
    };
    assert!(
        reused(|one| one.address = place(), |lead| lead.address = place()),
        "address"
    );
}

#[test]
fn a_shared_generic_provider_is_no_second_evidence() {
    let mail = |one: &mut Customer| one.email = "quillmoor@gmail.com".to_owned();
    assert!(!reused(mail, |lead| lead.email = "ines@gmail.com".to_owned()));
}

#[test]
fn another_name_is_not_reused_whatever_else_agrees() {
    let mut town = Town::new();
    town.company(50, "Quarry Stoneworks", |one| {
        one.website = "https://quillmoor.example".to_owned()
    });
    let (_, parent) = create(&mut town, |lead| {
        quillmoor(lead);
        lead.website = "https://quillmoor.example".to_owned();
    });
    assert_ne!(parent.unwrap().id, customer_id(50));
}

#[test]
fn a_person_of_that_name_is_no_company() {
    let mut town = Town::new();
    town.person(50, "Quillmoor Supplies", |one| {
        one.website = "https://quillmoor.example".to_owned()
    });
    let (_, parent) = create(&mut town, |lead| {
        quillmoor(lead);
        lead.website = "https://quillmoor.example".to_owned();
    });
    assert_ne!(parent.unwrap().id, customer_id(50));
}

#[test]
fn a_company_used_again_without_a_person_is_a_link_and_fills() {
    let mut town = Town::new();
    let phone = "+1 202 555 0144".to_owned();
    town.company(50, "Quillmoor Supplies", |one| {
        one.website = "https://quillmoor.example".to_owned();
        one.phone.clone_from(&phone);
    });
    let lead = town.lead(100, |lead| {
        lead.company_name = "Quillmoor Supplies Ltd".to_owned();
        lead.website = "https://quillmoor.example".to_owned();
    });
    let plan = town.plan(&convert_with(lead, CustomerChoice::Create));
    assert_eq!(
        (step(&plan).action, step(&plan).customer_id),
        (CustomerAction::Link, Some(customer_id(50)))
    );
    town.converted(convert_with(lead, CustomerChoice::Create));
    assert_eq!(town.at(lead).phone, phone);
}

/// The kinds of the keys that are locked to convert the lead.
fn locked(town: &Town, lead: LeadId, choice: CustomerChoice) -> Vec<KeyKind> {
    let keys = keys_of_new_customers(&town.world, town.at(lead), &convert_with(lead, choice));
    keys.iter().map(|key| key.kind).collect()
}

#[test]
fn only_keys_under_which_a_customer_is_made_are_locked() {
    let mut town = Town::new();
    let make = |town: &mut Town, n: u128, email: &str| {
        town.lead(n, |lead| {
            lead.contact_name = "Ann Lee".to_owned();
            lead.company_name = "Fresh Ltd".to_owned();
            lead.email = email.to_owned();
        })
    };
    let first = make(&mut town, 100, "ann@fresh.example");
    let choice = CustomerChoice::MatchOrCreate;
    assert_eq!(locked(&town, first, choice), [KeyKind::Email, KeyKind::CompanyName]);
    assert_eq!(locked(&town, first, CustomerChoice::Create), [KeyKind::CompanyName]);
    town.company(50, "Fresh Ltd", |company| company.website = "fresh.example".to_owned());
    assert_eq!(
        locked(&town, first, choice),
        [KeyKind::Email],
        "the company is used again"
    );
    assert_eq!(locked(&town, first, CustomerChoice::Create), []);
    let namesake = make(&mut town, 101, "ann@elsewhere.example");
    assert_eq!(locked(&town, namesake, CustomerChoice::Create), [KeyKind::CompanyName]);
    town.person(40, "Ann Lee", |person| person.email = "ann@fresh.example".to_owned());
    assert_eq!(locked(&town, first, choice), [], "she is linked");
    assert_eq!(locked(&town, first, CustomerChoice::None), []);
}
