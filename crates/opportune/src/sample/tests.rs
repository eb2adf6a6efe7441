use std::collections::HashSet;

use super::lead::SampleLead;
use super::*;

#[test]
fn a_seed_always_makes_the_same_leads() {
    let first: Vec<SampleLead> = Generator::new(7).take(300).collect();
    let again: Vec<SampleLead> = Generator::new(7).take(300).collect();
    let other: Vec<SampleLead> = Generator::new(8).take(300).collect();
    assert_eq!(first, again);
    assert_ne!(first, other);
}

/// How many people have the same name and the same number on average, of those who have one: in hundredths.
fn sharers(vocabulary: Vocabulary) -> (usize, usize) {
    let leads = Generator::new(7).with(vocabulary).take(50_000);
    let people: Vec<SampleLead> = leads.filter(|lead| lead.repeats.is_none()).collect();
    let average = |values: Vec<&str>| 100 * values.len() / values.iter().collect::<HashSet<_>>().len();
    let given = |value: fn(&SampleLead) -> &String| {
        let values = people.iter().map(value).map(String::as_str);
        average(values.filter(|text| !text.is_empty()).collect())
    };
    (given(|lead| &lead.contact_name), given(|lead| &lead.phone))
}

#[test]
fn rare_names_are_shared_by_few_and_numbers_by_hardly_anybody() {
    let (names, numbers) = sharers(Vocabulary::Listed);
    assert!(names >= 400 && numbers >= 120, "{names}, {numbers}");
    let (names, numbers) = sharers(Vocabulary::Blended);
    assert!(names < 200 && numbers < 105, "{names}, {numbers}");
}

#[test]
fn about_one_lead_in_eight_repeats_an_earlier_person() {
    let repeated = Generator::new(42)
        .take(5_000)
        .filter(|lead| lead.repeats.is_some())
        .count();
    assert!((500..700).contains(&repeated), "{repeated}");
}

#[test]
fn leads_come_from_ten_countries_and_companies_have_several_people() {
    let leads: Vec<SampleLead> = Generator::new(42).take(5_000).collect();
    let countries: HashSet<&str> = leads.iter().map(|lead| lead.country.as_str()).collect();
    assert_eq!(countries.len(), 10);
    let employed: Vec<&str> = leads
        .iter()
        .filter(|lead| lead.repeats.is_none())
        .map(|lead| lead.company_name.as_str())
        .collect();
    let companies: HashSet<&str> = employed.iter().copied().collect();
    assert!(
        employed.len() > companies.len() * 2,
        "{} at {}",
        employed.len(),
        companies.len()
    );
}

#[test]
fn every_domain_is_reserved_for_examples() {
    for lead in Generator::new(3).take(2_000) {
        let domain = lead.email.trim_end_matches('>').to_lowercase();
        assert!(domain.is_empty() || domain.ends_with(".example"), "{domain}");
        assert!(
            lead.website.is_empty() || lead.website.ends_with(".example"),
            "{}",
            lead.website
        );
    }
}

#[test]
fn phone_numbers_are_valid_in_their_country_and_from_abroad() {
    let leads: Vec<SampleLead> = Generator::new(5)
        .take(2_000)
        .filter(|lead| !lead.phone.is_empty())
        .collect();
    let invalid: Vec<String> = leads
        .iter()
        .filter(|lead| opportune_domain::normal::phone::phone(&lead.phone, Some(&lead.country)).is_none())
        .map(|lead| format!("{} {}", lead.country, lead.phone))
        .collect();
    assert!(
        invalid.len() * 50 < leads.len(),
        "{} of {}: {invalid:?}",
        invalid.len(),
        leads.len()
    );
}

#[test]
fn a_repeated_lead_can_be_told_by_mail_or_phone() {
    for lead in Generator::new(9).take(2_000).filter(|lead| lead.repeats.is_some()) {
        assert!(!(lead.email.is_empty() && lead.phone.is_empty()), "{lead:?}");
    }
}

#[test]
fn a_file_has_as_many_broken_rows_as_were_asked_for() {
    let (mut whole, mut damaged) = (Vec::new(), Vec::new());
    write_csv(&mut whole, Generator::new(42), 500, 42, 0).unwrap();
    write_csv(&mut damaged, Generator::new(42), 500, 42, 24).unwrap();
    let lines = |file: &[u8]| {
        file.split(|&byte| byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect::<Vec<_>>()
    };
    let differing = lines(&whole)
        .iter()
        .zip(lines(&damaged))
        .filter(|(a, b)| **a != *b)
        .count();
    assert_eq!(differing, 24);
}
