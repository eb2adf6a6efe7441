//! What is near and not the same, how rarity counts, and that formatting does not.

use crate::support::*;
use opportune_domain::lead::Lead;
use opportune_domain::similar::{Relation, Strength};

fn named(name: &'static str, company: &'static str, email: &'static str) -> impl FnOnce(&mut Lead) {
    move |lead| {
        lead.contact_name = name.to_owned();
        lead.company_name = company.to_owned();
        lead.email = email.to_owned();
    }
}

fn relation(a: impl FnOnce(&mut Lead), b: impl FnOnce(&mut Lead)) -> Option<Relation> {
    let mut town = Town::new();
    town.world.records = 10_000;
    let (a, b) = (town.lead(100, a), town.lead(101, b));
    town.matched(a, b).and_then(|found| found.relation)
}

#[test]
fn another_person_of_the_company_is_told_as_such() {
    let found = relation(
        named("Eskil Winterbourne", "Fjord Lines", "eskil@fjord.example"),
        named("Noor Dahl", "Fjord Lines AS", "noor@fjord.example"),
    );
    assert_eq!(found, Some(Relation::SameCompanyOtherPerson));
}

#[test]
fn the_same_person_at_another_company_is_told_as_such() {
    let found = relation(
        named("Eskil Winterbourne", "Fjord Lines", "eskil@fjord.example"),
        named("Winterbourne, Eskil", "Quarry Sons", "ew@quarry.example"),
    );
    assert_eq!(found, Some(Relation::SamePersonOtherCompany));
}

#[test]
fn a_duplicate_has_no_relation() {
    let found = relation(
        named("Eskil Winterbourne", "Fjord Lines", "eskil@fjord.example"),
        named("E. Winterbourne", "Fjord Lines", "eskil@fjord.example"),
    );
    assert_eq!(found, None);
}

#[test]
fn a_common_name_says_less_than_a_rare_one() {
    let mut town = Town::new();
    for n in 100..140 {
        town.lead(n, named("Jan Smit", "", ""));
    }
    let rare = town.lead(200, named("Zebulon Quartermain", "", ""));
    town.lead(201, named("Zebulon Quartermain", "", ""));
    let common = town.found(lead_id(100)).matches;
    assert_eq!(common.len(), 39);
    assert!(town.found(rare).matches[0].score > common[0].score);
}

#[test]
fn the_way_a_field_is_written_does_not_count() {
    let score = |card: [&'static str; 5]| {
        let mut town = Town::new();
        town.config().settings.default_country = "US".to_owned();
        town.world.records = 10_000;
        let a = town.lead(100, |lead| {
            named("Jürgen O'Brien", "Harbor & Sons Ltd.", "jurgen.obrien@harbor.example")(lead);
            lead.phone = "+1 202 555 0144".to_owned();
            lead.address.street = "12 Main Street".to_owned();
            lead.address.city = "Boston".to_owned();
        });
        let b = town.lead(101, |lead| {
            named(card[0], card[1], card[2])(lead);
            lead.phone = card[3].to_owned();
            lead.address.street = card[4].to_owned();
            lead.address.city = "BOSTON".to_owned();
        });
        let found = town.matched(a, b).expect("a match");
        assert_eq!(found.strength, Strength::Strong);
        found.score.to_bits()
    };
    let plain = score([
        "Jürgen O'Brien",
        "Harbor & Sons Ltd.",
        "jurgen.obrien@harbor.example",
        "+1 202 555 0144",
        "12 Main Street",
    ]);
    let ways = [
        [
            "O'BRIEN, JUERGEN",
            "harbor and sons limited",
            "JURGEN.OBRIEN@HARBOR.EXAMPLE",
            "(202) 555-0144",
            "12 main st.",
        ],
        [
            "Mr. Jurgen O\u{2019}Brien",
            "HARBOR + SONS, LTD",
            " <jurgen.obrien@harbor.example> ",
            "tel: 202.555.0144",
            "12  Main St",
        ],
    ];
    for way in ways {
        assert_eq!(score(way), plain, "{way:?}");
    }
}
