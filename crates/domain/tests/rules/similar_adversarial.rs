//! Rules 3.3: pairs that look alike and must never be acted upon without a human, in small tenants and large ones.

use crate::support::*;
use opportune_domain::lead::Lead;
use opportune_domain::similar::Strength;

/// Contact, company, e-mail, phone, street, city, postal code.
type Card = [&'static str; 7];

fn fill(lead: &mut Lead, card: Card) {
    let [person, company, email, phone, street, city, postal_code] = card.map(str::to_owned);
    lead.contact_name = person;
    lead.company_name = company;
    lead.email = email;
    lead.phone = phone;
    lead.address.street = street;
    lead.address.city = city;
    lead.address.postal_code = postal_code;
}

fn strength(a: Card, b: Card, records: u64) -> Option<Strength> {
    let mut town = Town::new();
    town.config().settings.default_country = "US".to_owned();
    town.world.records = records;
    let a = town.lead(100, |lead| fill(lead, a));
    let b = town.lead(101, |lead| fill(lead, b));
    let there = town.matched(a, b).map(|found| found.strength);
    assert_eq!(there, town.matched(b, a).map(|found| found.strength));
    there
}

fn never_strong(a: Card, b: Card) {
    for records in [0, 10_000, 1_000_000] {
        assert!(
            strength(a, b, records) < Some(Strength::Strong),
            "{a:?} {b:?} among {records}"
        );
    }
}

#[test]
fn father_and_son_at_one_address_are_two() {
    let at_home = |name| {
        [
            name,
            "",
            "",
            "+1 202 555 0144",
            "12 Main Street",
            "Springfield",
            "12345",
        ]
    };
    never_strong(at_home("John Smith Sr."), at_home("John Smith Jr."));
    never_strong(at_home("John Smith"), at_home("John Smith Jr."));
    never_strong(at_home("Smith Sr., John"), at_home("Smith Jr., John"));
    never_strong(at_home("Smith, John"), at_home("John Smith Jr., MBA"));
    never_strong(at_home("John Smith"), at_home("Peter Smith"));
    never_strong(at_home("Hans Müller"), at_home("Hanna Müller"));
}

#[test]
fn namesakes_are_two() {
    let first = [
        "Michael Miller",
        "Acme Tools",
        "michael.miller@acme-tools.example",
        "",
        "",
        "Boston",
        "",
    ];
    let second = [
        "Michael Miller",
        "Quarry Sons",
        "mmiller@quarry.example",
        "",
        "",
        "Boston",
        "",
    ];
    never_strong(first, second);
    never_strong(
        ["Michael Miller", "", "", "", "", "Boston", ""],
        ["Michael Miller", "", "", "", "", "Boston", ""],
    );
}

#[test]
fn two_people_who_share_a_mailbox_are_two() {
    let by = |name| {
        [
            name,
            "Fjord Lines",
            "info@fjord.example",
            "+1 202 555 0144",
            "",
            "Bergen",
            "",
        ]
    };
    never_strong(by("Eskil Winterbourne"), by("Noor Dahl"));
}

#[test]
fn two_people_behind_one_switchboard_are_two() {
    let by = |name, email| {
        [
            name,
            "Fjord Lines",
            email,
            "+1 202 555 0144",
            "1 Harbor Road",
            "Bergen",
            "50001",
        ]
    };
    never_strong(
        by("Eskil Winterbourne", "eskil@fjord.example"),
        by("Noor Dahl", "noor@fjord.example"),
    );
    never_strong(by("Eskil Winterbourne", ""), by("Noor Dahl", ""));
    never_strong(by("Eskil Winterbourne", ""), by("", ""));
}

#[test]
fn colleagues_of_one_family_name_are_two() {
    let by = |name, email| [name, "Kelly Industries", email, "", "", "Lake Jonathan", "40369"];
    never_strong(
        by("Jo Smith", "smith@kelly.example"),
        by("Damon Smith", "smith6@kelly.example"),
    );
    never_strong(
        by("", "mpyszka@kelly.example"),
        by("Juliusz Pyszka", "jpyszka@kelly.example"),
    );
}

#[test]
fn relatives_who_show_their_double_surname_only_are_two() {
    let by = |name| [name, "Mills Manufacturing", "", "", "", "Lake Aaron", ""];
    for (one, other) in [
        ("Jones-Jenkins", "Jones-Jenkins"),
        ("G. Jones-Jenkins", "Ms JONES-JENKINS"),
        ("Jones-Jenkins", "Oliver Jones-Jenkins"),
        ("EcheverríaArnau", "Maxima Echeverria Arnau"),
    ] {
        never_strong(by(one), by(other));
    }
    let full = by("Oliver Jones-Jenkins");
    assert_eq!(strength(full, full, 0), Some(Strength::Strong));
}

#[test]
fn look_alike_letters_are_another_name() {
    let real = ["Paul Harper", "Harbor Tools", "paul@harbor.example", "", "", "", ""];
    never_strong(
        real,
        [
            "P\u{430}ul Harper",
            "Harbor Tools",
            "p\u{430}ul@harbor.example",
            "",
            "",
            "",
            "",
        ],
    );
    never_strong(
        real,
        [
            "Paul Harper",
            "Harbor Tools",
            "paul@h\u{430}rbor.example",
            "",
            "",
            "",
            "",
        ],
    );
    never_strong(
        ["Paul Harper", "", "", "+1 202 555 0144", "", "", ""],
        ["P\u{430}ul Harper", "", "", "+1 202 555 0144", "", "", ""],
    );
}

#[test]
fn what_says_nothing_makes_nobody_the_same() {
    for junk in ["", "-", "n/a", "test", "0000000000", "none", "xxx", "?", "unknown"] {
        never_strong([junk; 7], [junk; 7]);
        assert_eq!(strength([junk; 7], [junk; 7], 0), None, "{junk}");
    }
    let junk = [
        "Test Test",
        "Company",
        "test@test.com",
        "1234567890",
        "n/a",
        "-",
        "00000",
    ];
    never_strong(junk, junk);
}

#[test]
fn a_name_a_company_or_a_domain_alone_is_never_strong() {
    never_strong(
        ["Zebulon Quartermain", "", "", "", "", "", ""],
        ["Zebulon Quartermain", "", "", "", "", "", ""],
    );
    never_strong(
        ["", "Quillmoor Supplies", "", "", "", "", ""],
        ["", "Quillmoor Supplies", "", "", "", "", ""],
    );
    never_strong(
        ["", "", "a@quillmoor.example", "", "", "", ""],
        ["", "", "b@quillmoor.example", "", "", "", ""],
    );
}
