//! What holds for every text: nothing panics, normal forms are fixed points, comparison has no direction.

use std::time::{Duration, Instant};

use opportune_domain::normal::{
    address, company, compare, compare_company, display_name, emails, fold, person, phone, registrable_domain,
    same_address, words,
};
use proptest::prelude::*;

/// Arbitrary text, and text of the pieces that the readers look at.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("@"),
        Just("\""),
        Just("\\"),
        Just("<"),
        Just(">"),
        Just("."),
        Just(","),
        Just(";"),
        Just("+"),
        Just("-"),
        Just("/"),
        Just("("),
        Just(")"),
        Just("["),
        Just(" "),
        Just("ann"),
        Just("Lee"),
        Just("x.com"),
        Just("Müller"),
        Just("ue"),
        Just("e"),
        Just("GmbH"),
        Just("S.A."),
        Just("s"),
        Just("a"),
        Just("Co"),
        Just("and"),
        Just("the"),
        Just("Dr"),
        Just("test"),
        Just("00"),
        Just("49"),
        Just("30901820"),
        Just("2025550173"),
        Just("tel:"),
        Just(";phone-context="),
        Just("ext"),
        Just("http://"),
        Just("株式会社"),
        Just("\u{200d}"),
        Just("\u{308}"),
        Just("\u{fdfa}"),
        Just("＠"),
        Just("。"),
        Just("Str."),
        Just("12"),
        Just("Bill"),
        Just("William"),
    ];
    prop_oneof![
        any::<String>(),
        "[ -~]{0,60}",
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat()),
        "[a-z]{1,3}( [a-z]{1,4}){0,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn folding_a_folded_text_changes_nothing(text in text()) {
        let once = fold::fold(&text);
        prop_assert_eq!(fold::fold(&once), once.clone());
        let cleaned = fold::clean(&text);
        prop_assert_eq!(fold::clean(&cleaned), cleaned.clone());
    }

    #[test]
    fn a_normal_address_is_its_own_normal_form(text in text()) {
        for email in emails(&text) {
            prop_assert_eq!(emails(&email.address()), vec![email.clone()]);
            let folded = emails(&email.folded());
            prop_assert_eq!(folded.len(), 1);
            prop_assert_eq!(folded[0].folded(), email.folded());
            let _ = (email.is_role_mailbox(), email.is_placeholder_in(["a@b.example"]));
        }
        let _ = display_name(&text);
    }

    #[test]
    fn a_normal_phone_number_is_its_own_normal_form(text in text(), region in prop::option::of("[A-Za-z]{2}|001|")) {
        if let Some(number) = phone(&text, region.as_deref()) {
            prop_assert_eq!(phone(&number, region.as_deref()), Some(number.clone()));
            prop_assert_eq!(phone(&number, None), Some(number.clone()));
        }
    }

    #[test]
    fn a_normal_company_name_is_its_own_normal_form(text in text()) {
        if let Some(name) = company(&text) {
            prop_assert!(!name.tokens.is_empty());
            prop_assert_eq!(company(&name.key), Some(name));
        }
    }

    #[test]
    fn a_normal_person_name_is_its_own_normal_form(text in text()) {
        if let Some(name) = person(&text) {
            prop_assert!(!name.tokens.is_empty());
            let again = person(&name.tokens.join(" ")).expect("a name");
            // In their order by letter, a name that stood in front may stand where it tells a generation: `Ii Anna`.
            let told = usize::from(again.generation.is_some());
            prop_assert_eq!(&again.tokens, &name.tokens[..name.tokens.len() - told]);
        }
    }

    #[test]
    fn comparison_has_no_direction(a in text(), b in text()) {
        let (x, y) = (person(&a), person(&b));
        prop_assert_eq!(compare(x.as_ref(), y.as_ref()), compare(y.as_ref(), x.as_ref()));
        let (x, y) = (company(&a), company(&b));
        prop_assert_eq!(compare_company(x.as_ref(), y.as_ref()), compare_company(y.as_ref(), x.as_ref()));
    }

    #[test]
    fn a_registrable_domain_is_its_own(text in text()) {
        if let Some(domain) = registrable_domain(&text) {
            prop_assert_eq!(registrable_domain(&domain), Some(domain.clone()));
        }
    }

    #[test]
    fn an_address_is_the_same_as_itself(street in text(), street2 in text(), city in text(), code in text()) {
        if let Some(form) = address(&street, &street2, &city, &code, "DE") {
            prop_assert!(same_address(&form, &form));
        }
    }

    #[test]
    fn search_words_are_few_and_not_short(a in text(), b in text()) {
        let found = words([a.as_str(), b.as_str()].into_iter());
        prop_assert!(found.len() <= 24 && found.iter().all(|word| word.chars().count() >= 2));
    }
}

#[test]
fn the_longest_text_ends_soon() {
    let began = Instant::now();
    for unit in [
        "a",
        "@",
        "\"",
        "a@",
        "a@x.com ",
        "\"\\",
        "<",
        "1",
        "+",
        "1 ",
        "0/",
        ".",
        "a.",
        "ue",
        " ",
        "\u{fdfa}",
        "\u{308}",
        "北",
        "x1",
        "/ x",
        ";phone-context=",
        "S.A. ",
        "(株)",
    ] {
        let text = unit.repeat(100_000 / unit.len());
        let _ = (
            emails(&text),
            display_name(&text),
            phone(&text, Some("US")),
            registrable_domain(&text),
        );
        let (name, firm) = (person(&text), company(&text));
        let _ = (
            compare(name.as_ref(), name.as_ref()),
            compare_company(firm.as_ref(), firm.as_ref()),
        );
        let _ = (
            address(&text, &text, &text, &text, &text),
            words([text.as_str()].into_iter()),
        );
    }
    // Milliseconds a text; the limit leaves room for a busy machine without optimisation.
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
