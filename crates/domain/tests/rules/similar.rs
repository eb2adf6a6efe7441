//! Rules 3: who is found, how strong, and in which order.

use crate::support::*;
use opportune_domain::keys::{Key, KeyKind};
use opportune_domain::lead::{Lead, LeadStatus, LeadType};
use opportune_domain::similar::{EvidenceKey, Options, Search, Strength};

fn pair(a: impl FnOnce(&mut Lead), b: impl FnOnce(&mut Lead)) -> (Option<Strength>, Vec<EvidenceKey>) {
    let mut town = Town::new();
    town.config().settings.default_country = "US".to_owned();
    let (a, b) = (town.lead(100, a), town.lead(101, b));
    match town.matched(a, b) {
        Some(found) => {
            let shared = found.reasons.iter().filter(|one| one.supports);
            (Some(found.strength), shared.map(|one| one.key).collect())
        }
        None => (None, Vec::new()),
    }
}

fn email(text: &'static str) -> impl FnOnce(&mut Lead) {
    move |lead| lead.email = text.to_owned()
}

fn phone_and(fill: impl FnOnce(&mut Lead)) -> impl FnOnce(&mut Lead) {
    move |lead| {
        lead.phone = "202 555 0144".to_owned();
        fill(lead);
    }
}

fn named(name: &'static str) -> impl FnOnce(&mut Lead) {
    move |lead| lead.contact_name = name.to_owned()
}

fn mailbox_of(name: &'static str) -> impl FnOnce(&mut Lead) {
    move |lead| {
        lead.email = "info@fjord.example".to_owned();
        lead.contact_name = name.to_owned();
    }
}

#[test]
fn the_same_address_is_strong_wherever_it_stands_in_the_text() {
    let (strength, reasons) = pair(email("one@a.example, \"T\" <TWO@b.example>"), email("two@b.example"));
    assert_eq!(strength, Some(Strength::Strong));
    assert!(reasons.contains(&EvidenceKey::Email));
}

#[test]
fn a_shared_mailbox_is_strong_unless_the_names_conflict() {
    assert_eq!(pair(mailbox_of(""), mailbox_of("Noor Dahl")).0, Some(Strength::Strong));
    assert_eq!(
        pair(mailbox_of("Dahl, Noor"), mailbox_of("Noor Dahl")).0,
        Some(Strength::Strong)
    );
    let (strength, reasons) = pair(mailbox_of("Eskil Winterbourne"), mailbox_of("Noor Dahl"));
    assert!(strength < Some(Strength::Strong));
    assert!(reasons.contains(&EvidenceKey::Email));
}

#[test]
fn a_folded_address_is_found_and_not_strong_alone() {
    let (strength, reasons) = pair(email("k.snow+fair@gmail.com"), email("ksnow@gmail.com"));
    assert!(strength.is_some() && strength < Some(Strength::Strong));
    assert_eq!(reasons, [EvidenceKey::FoldedEmail]);
}

#[test]
fn a_phone_alone_is_not_strong_and_with_the_name_it_is() {
    let (strength, reasons) = pair(phone_and(|_| {}), phone_and(|_| {}));
    assert_eq!(reasons, [EvidenceKey::Phone]);
    assert!(strength < Some(Strength::Strong));
    let both = || phone_and(named("Eskil Winterbourne"));
    assert_eq!(pair(both(), both()).0, Some(Strength::Strong));
}

#[test]
fn a_phone_with_another_name_is_not_strong() {
    let (strength, reasons) = pair(phone_and(named("Noor Dahl")), phone_and(named("Eskil Winterbourne")));
    assert!(strength.is_some() && strength < Some(Strength::Strong));
    assert_eq!(reasons, [EvidenceKey::Phone]);
}

#[test]
fn a_domain_alone_is_not_strong_even_when_two_kinds_would_be_enough_by_score() {
    let mut town = Town::new();
    town.config().settings.strong_threshold = 0.0;
    let a = town.lead(100, |lead| {
        lead.email = "kim@harbor.example".to_owned();
        lead.company_name = "Harbor Tools".to_owned();
    });
    let b = town.lead(101, |lead| {
        lead.email = "lou@harbor.example".to_owned();
        lead.company_name = "Harbor Tools GmbH".to_owned();
    });
    let found = town.matched(a, b).unwrap();
    assert!(
        found.strength < Strength::Strong,
        "domain and company name are one kind"
    );
}

#[test]
fn junk_values_and_generic_providers_find_nobody() {
    assert_eq!(pair(email("n/a"), email("n/a")).0, None);
    assert_eq!(pair(email("test@test.com"), email("test@test.com")).0, None);
    assert_eq!(pair(email("kim@gmail.com"), email("lou@gmail.com")).0, None);
    let phone = |lead: &mut Lead| lead.phone = "12".to_owned();
    assert_eq!(pair(phone, phone).0, None);
}

#[test]
fn a_subdomain_is_not_its_parent_and_a_subdomain_of_a_provider_is_a_company() {
    assert_eq!(
        pair(email("kim@zboing.harbor.example"), email("lou@harbor.example")).0,
        None
    );
    let (strength, reasons) = pair(email("kim@branch.gmail.com"), email("lou@branch.gmail.com"));
    assert!(strength < Some(Strength::Strong));
    assert_eq!(reasons, [EvidenceKey::Domain]);
}

#[test]
fn websites_and_addresses_meet_on_the_domain() {
    let site = |text: &'static str| move |lead: &mut Lead| lead.website = text.to_owned();
    let (_, reasons) = pair(
        site("www.quillmoor.example/contact"),
        site("https://shop.quillmoor.example"),
    );
    assert_eq!(reasons, [EvidenceKey::Domain]);
    let (_, reasons) = pair(site("http://quillmoor.example"), email("kim@quillmoor.example"));
    assert_eq!(reasons, [EvidenceKey::Domain]);
}

#[test]
fn customers_of_one_company_are_similar_and_not_strong() {
    let mut town = Town::new();
    let company = town.company(50, "Fjord Lines", |_| {});
    let kid = town.person(51, "Noor Dahl", |one| one.parent_id = Some(company));
    let a = town.lead(100, |lead| lead.customer_id = Some(company));
    let b = town.lead(101, |lead| lead.customer_id = Some(kid));
    let found = town.matched(b, a).unwrap();
    assert_eq!(found.reasons[0].key, EvidenceKey::CommercialEntity);
    assert!(found.strength < Strength::Strong);
}

#[test]
fn every_type_and_status_is_found_but_the_record_itself_and_tombstones() {
    let mut town = Town::new();
    let subject = town.lead(100, email("kim@harbor.example"));
    let states = [
        LeadStatus::Open,
        LeadStatus::Won,
        LeadStatus::Lost,
        LeadStatus::Archived,
        LeadStatus::Merged,
    ];
    for (n, status) in (101..).zip(states) {
        town.lead(n, |lead| {
            lead.email = "x@harbor.example".to_owned();
            lead.status = status;
            lead.kind = LeadType::Opportunity;
        });
    }
    let ids: Vec<u128> = town
        .found(subject)
        .matches
        .iter()
        .map(|found| found.lead_id.0.as_u128())
        .collect();
    assert_eq!(ids, [104, 103, 102, 101], "newest first, nobody twice, no tombstone");
    let open_only = Options {
        exclude_closed: true,
        ..Options::default()
    };
    assert_eq!(
        Search::of(&town.world, town.at(subject).clone())
            .find(&town.world, &manager(), open_only)
            .matches
            .len(),
        1
    );
    let sure = Options {
        min_score: 0.99,
        ..Options::default()
    };
    assert!(
        Search::of(&town.world, town.at(subject).clone())
            .find(&town.world, &manager(), sure)
            .matches
            .is_empty()
    );
}

#[test]
fn a_colleagues_records_are_not_found() {
    let mut town = Town::new();
    let (ann, bob) = (town.salesperson(10), town.salesperson(11));
    let subject = town.lead(100, email("kim@harbor.example"));
    town.lead(101, |lead| {
        lead.email = "kim@harbor.example".to_owned();
        lead.salesperson_id = Some(ann);
    });
    assert!(
        Search::of(&town.world, town.at(subject).clone())
            .find(&town.world, &own(bob), Options::default())
            .matches
            .is_empty()
    );
}

#[test]
fn more_evidence_stands_before_less() {
    let mut town = Town::new();
    let subject = town.lead(100, |lead| {
        lead.contact_name = "Eskil Winterbourne".to_owned();
        lead.email = "eskil@quillmoor.example".to_owned();
        lead.phone = "+12025550144".to_owned();
    });
    town.lead(101, |lead| {
        lead.email = "sales@quillmoor.example".to_owned();
        lead.phone = "+12025550144".to_owned();
        lead.contact_name = "Eskil Winterbourne".to_owned();
    });
    town.lead(102, |lead| {
        lead.email = "desk@quillmoor.example".to_owned();
        lead.phone = "+12025550144".to_owned();
    });
    town.lead(103, email("info@quillmoor.example"));
    let ids: Vec<u128> = town
        .found(subject)
        .matches
        .iter()
        .map(|found| found.lead_id.0.as_u128())
        .collect();
    assert_eq!(ids, [101, 102, 103]);
}

#[test]
fn likely_customers_are_offered_but_the_records_own() {
    let mut town = Town::new();
    let own = town.person(50, "Noor Dahl", |one| one.email = "noor@fjord.example".to_owned());
    let other = town.person(51, "Noor D", |one| one.email = "NOOR@fjord.example".to_owned());
    town.person(52, "Other Person", |one| one.email = "other@quarry.example".to_owned());
    let lead = town.lead(100, |lead| {
        lead.customer_id = Some(own);
        lead.email = "Noor <noor@fjord.example>".to_owned();
    });
    let found = town.found(lead).customers;
    assert_eq!(found.iter().map(|one| one.customer_id).collect::<Vec<_>>(), [other]);
    assert_eq!(found[0].strength, Strength::Strong);
}

#[test]
fn a_key_over_the_budget_is_named_and_finds_nobody() {
    let mut town = Town::new();
    let lead = town.lead(100, email("kim@crowd.example"));
    let key = Key::new(KeyKind::Domain, "crowd.example");
    town.world.lead_hits.mark_over_budget(key, 10_000);
    let skipped = town.found(lead).skipped;
    assert_eq!(
        (skipped.len(), skipped[0].key, skipped[0].estimated_hits),
        (1, EvidenceKey::Domain, 10_000)
    );
}
