//! The ways in which the same person comes in once more and looks different.

use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::lead::SampleLead;
use super::pattern::chance;
use super::person::Person;

type Disguise = fn(&mut SampleLead, &Person, &mut ChaCha8Rng);

const DISGUISES: [Disguise; 10] = [
    mail_in_capitals,
    mail_with_tag,
    mail_with_name,
    phone_written_otherwise,
    short_given_name,
    misspelt_name,
    second_mail,
    company_without_form,
    family_name_first,
    little_given,
];

/// Pairs of a given name and its short form.
const SHORT_FORMS: [(&str, &str); 30] = [
    ("Robert", "Bob"),
    ("William", "Bill"),
    ("Elizabeth", "Liz"),
    ("Katherine", "Kate"),
    ("Michael", "Mike"),
    ("James", "Jim"),
    ("David", "Dave"),
    ("Jennifer", "Jenny"),
    ("Patricia", "Pat"),
    ("Thomas", "Tom"),
    ("Daniel", "Dan"),
    ("Matthew", "Matt"),
    ("Margaret", "Peggy"),
    ("Susan", "Sue"),
    ("Christopher", "Chris"),
    ("Andrew", "Andy"),
    ("Joshua", "Josh"),
    ("Rebecca", "Becky"),
    ("Samuel", "Sam"),
    ("Benjamin", "Ben"),
    ("Charles", "Charlie"),
    ("Edward", "Ted"),
    ("Alexander", "Alex"),
    ("Frederick", "Fred"),
    ("Nicholas", "Nick"),
    ("Johannes", "Hans"),
    ("Katharina", "Kathi"),
    ("Giuseppe", "Beppe"),
    ("Francisco", "Paco"),
    ("Krzysztof", "Krzysiek"),
];

/// One to three disguises over a record of `person`.
pub(super) fn disguise(lead: &mut SampleLead, person: &Person, rng: &mut ChaCha8Rng) {
    let count = rng.random_range(1..=3);
    let chosen: Vec<Disguise> = DISGUISES.choose_multiple(rng, count).copied().collect();
    for disguise in chosen {
        disguise(lead, person, rng);
    }
    if lead.email.is_empty() && lead.phone.is_empty() {
        lead.email = person.mail.clone();
    }
}

fn mail_in_capitals(lead: &mut SampleLead, person: &Person, rng: &mut ChaCha8Rng) {
    let (local, domain) = person.mail.split_once('@').unwrap_or((&person.mail, ""));
    lead.email = if chance(50, rng) {
        person.mail.to_uppercase()
    } else {
        format!("{local}@{}", domain.to_uppercase())
    };
}

fn mail_with_tag(lead: &mut SampleLead, person: &Person, rng: &mut ChaCha8Rng) {
    let tag = ["news", "fair", "offer", "2027"].choose(rng).copied().unwrap_or("news");
    lead.email = person.mail.replacen('@', &format!("+{tag}@"), 1);
}

fn mail_with_name(lead: &mut SampleLead, person: &Person, _rng: &mut ChaCha8Rng) {
    lead.email = format!("\"{}\" <{}>", person.name(), person.mail);
    lead.contact_name.clear();
}

fn phone_written_otherwise(lead: &mut SampleLead, person: &Person, rng: &mut ChaCha8Rng) {
    let digits: String = person.phone_abroad.chars().filter(|c| c.is_ascii_digit()).collect();
    lead.phone = match rng.random_range(0..4) {
        0 => person.phone_abroad.clone(),
        1 => format!("+{digits}"),
        2 => format!("00{digits}"),
        _ => person.phone.replace([' ', '-'], "/"),
    };
}

fn short_given_name(lead: &mut SampleLead, person: &Person, _rng: &mut ChaCha8Rng) {
    let short = SHORT_FORMS
        .iter()
        .find(|(long, _)| *long == person.given)
        .map(|(_, short)| (*short).to_owned());
    let initial = || format!("{}.", person.given.chars().next().unwrap_or('X'));
    lead.contact_name = format!("{} {}", short.unwrap_or_else(initial), person.family);
}

fn misspelt_name(lead: &mut SampleLead, person: &Person, rng: &mut ChaCha8Rng) {
    let mut letters: Vec<char> = person.family.chars().collect();
    let at = rng
        .random_range(1..letters.len().max(3) - 1)
        .min(letters.len().saturating_sub(2));
    if chance(50, rng) {
        letters.swap(at, at + 1);
    } else {
        letters.remove(at);
    }
    lead.contact_name = format!("{} {}", person.given, letters.into_iter().collect::<String>());
}

fn second_mail(lead: &mut SampleLead, person: &Person, _rng: &mut ChaCha8Rng) {
    lead.email = person.second_mail.clone();
    lead.phone = person.phone.clone();
}

fn company_without_form(lead: &mut SampleLead, person: &Person, rng: &mut ChaCha8Rng) {
    if let Some(company) = &person.company {
        lead.company_name = if chance(30, rng) {
            company.name.to_uppercase()
        } else {
            company.name.clone()
        };
    }
}

fn family_name_first(lead: &mut SampleLead, person: &Person, _rng: &mut ChaCha8Rng) {
    lead.contact_name = format!("{}, {}", person.family, person.given);
}

fn little_given(lead: &mut SampleLead, _person: &Person, _rng: &mut ChaCha8Rng) {
    for field in [
        &mut lead.street,
        &mut lead.city,
        &mut lead.state,
        &mut lead.postal_code,
        &mut lead.job_title,
    ] {
        field.clear();
    }
    if !lead.email.is_empty() {
        lead.phone.clear();
        lead.company_name.clear();
    }
}
