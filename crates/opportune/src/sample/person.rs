//! An invented person, and the records that they leave.

use rand::Rng;
use rand::seq::IndexedRandom;

use super::company::{Address, Company, MailStyle, free_domain, pick};
use super::lead::SampleLead;
use super::locale::Locale;
use super::pattern::{chance, fill};
use super::vocabulary::Vocabulary;

/// An invented person.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub locale: &'static Locale,
    pub given: String,
    pub family: String,
    pub job: String,
    /// Number of the record that they left first.
    pub first_record: usize,
    pub mail: String,
    /// Another address of theirs.
    pub second_mail: String,
    /// As written at home, and from abroad.
    pub phone: String,
    pub phone_abroad: String,
    pub company: Option<Company>,
    pub address: Address,
}

const TOPICS: [&str; 20] = [
    "packaging machines",
    "annual maintenance",
    "office furniture",
    "a fleet of vans",
    "warehouse shelving",
    "the new website",
    "payroll software",
    "solar panels",
    "a training for the team",
    "spare parts",
    "the trade fair stand",
    "label printing",
    "a second production line",
    "cleaning services",
    "network cabling",
    "insurance",
    "cold storage",
    "translation work",
    "safety inspection",
    "a pilot project",
];
const OPENINGS: [&str; 8] = [
    "Quote for",
    "Question about",
    "Interested in",
    "Call back about",
    "Price list for",
    "Meeting on",
    "Renewal of",
    "Order of",
];
const REMARKS: [&str; 8] = [
    "Prefers to be called in the afternoon.",
    "Has a budget for this year.",
    "Compares three suppliers.",
    "Met at the fair, asked for a catalogue.",
    "Wants a visit at the plant.",
    "Was a customer years ago.",
    "Decides together with the management.",
    "Please send documents by e-mail first.",
];
const SOURCES: [&str; 6] = ["website", "fair", "referral", "newsletter", "phone", "partner"];
const MEDIA: [&str; 4] = ["form", "email", "phone", "banner"];
const CAMPAIGNS: [&str; 4] = ["spring-offer", "autumn-fair", "webinar", "new-catalogue"];
const TAGS: [&str; 8] = [
    "new",
    "hot",
    "export",
    "reseller",
    "public sector",
    "industry",
    "retail",
    "follow up",
];

impl Person {
    /// Somebody new: at the company, or on their own. `taken` says whether an address or domain is in use.
    pub fn invent(
        locale: &'static Locale,
        company: Option<Company>,
        first_record: usize,
        vocabulary: Vocabulary,
        taken: impl Fn(&str) -> bool,
        rng: &mut impl Rng,
    ) -> Self {
        let given = pick(&locale.given, rng).to_owned();
        let family = vocabulary.family(locale, rng);
        let private_domain = free_domain(&format!("{given} {family}"), &taken);
        let mail = match &company {
            Some(company) => free_mail(company.mail_style, &given, &family, &company.domain, &taken),
            None => free_mail(MailStyle::Given, &given, &family, &private_domain, &taken),
        };
        let address = company
            .as_ref()
            .map_or_else(|| Address::invent(locale, rng), |company| company.address.clone());
        let number = fill(&address.area, rng);
        let phone = vocabulary.phone(&locale.phone_national.replace("{area}", &number), rng);
        let phone_abroad = abroad(&phone, locale);
        Self {
            given,
            family,
            job: pick(&locale.jobs, rng).to_owned(),
            first_record,
            mail,
            second_mail: format!("post@{private_domain}"),
            phone,
            phone_abroad,
            company,
            address,
            locale,
        }
    }

    /// First name, then family name.
    pub fn name(&self) -> String {
        format!("{} {}", self.given, self.family)
    }

    /// A record of theirs, with gaps.
    pub fn record(&self, number: usize, rng: &mut impl Rng) -> SampleLead {
        let mut lead = SampleLead {
            external_id: format!("S-{number:07}"),
            title: format!("{} {}", one(&OPENINGS, rng), one(&TOPICS, rng)),
            contact_name: self.name(),
            email: self.mail.clone(),
            country: self.locale.country.clone(),
            source: one(&SOURCES, rng),
            ..SampleLead::default()
        };
        self.add_contact(&mut lead, rng);
        self.add_place(&mut lead, rng);
        self.add_deal(&mut lead, rng);
        lead
    }

    fn add_contact(&self, lead: &mut SampleLead, rng: &mut impl Rng) {
        if let Some(company) = &self.company {
            lead.company_name = sometimes(92, rng, || company.full_name());
            lead.website = sometimes(40, rng, || format!("https://www.{}", company.domain));
            lead.job_title = sometimes(60, rng, || self.job.clone());
            if chance(3, rng) {
                lead.email = format!("info@{}", company.domain);
            }
        }
        lead.phone = sometimes(75, rng, || self.phone.clone());
        lead.language = sometimes(40, rng, || self.locale.language.clone());
        let reachable = !lead.phone.is_empty();
        if reachable && chance(9, rng) {
            lead.email.clear();
        }
        if !lead.company_name.is_empty() && chance(4, rng) {
            lead.contact_name.clear();
        }
    }

    fn add_place(&self, lead: &mut SampleLead, rng: &mut impl Rng) {
        if chance(25, rng) {
            return;
        }
        lead.street = sometimes(80, rng, || self.address.street.clone());
        lead.city = self.address.city.clone();
        lead.state = sometimes(45, rng, || self.address.state.clone());
        lead.postal_code = sometimes(85, rng, || self.address.postal_code.clone());
    }

    fn add_deal(&self, lead: &mut SampleLead, rng: &mut impl Rng) {
        if chance(45, rng) {
            lead.expected_revenue = Some(rng.random_range(4..900) * 250);
            lead.currency = self.locale.currency.clone();
        }
        if chance(30, rng) {
            lead.probability = Some(rng.random_range(1..10) * 10);
        }
        if chance(25, rng) {
            lead.expected_close_date = format!("2027-{:02}-{:02}", rng.random_range(1..=12), rng.random_range(1..=28));
        }
        lead.priority = if chance(30, rng) { rng.random_range(1..=3) } else { 0 };
        lead.description = if chance(35, rng) {
            one(&REMARKS, rng)
        } else {
            String::new()
        };
        lead.medium = if chance(40, rng) {
            one(&MEDIA, rng)
        } else {
            String::new()
        };
        lead.campaign = if chance(20, rng) {
            one(&CAMPAIGNS, rng)
        } else {
            String::new()
        };
        for _ in 0..rng.random_range(0..=2) {
            let tag = one(&TAGS, rng);
            if !lead.tags.contains(&tag) {
                lead.tags.push(tag);
            }
        }
    }
}

fn one(texts: &[&str], rng: &mut impl Rng) -> String {
    texts.choose(rng).map_or_else(String::new, |text| (*text).to_owned())
}

fn sometimes(percent: u32, rng: &mut impl Rng, text: impl FnOnce() -> String) -> String {
    if chance(percent, rng) { text() } else { String::new() }
}

/// An address that nobody has.
fn free_mail(style: MailStyle, given: &str, family: &str, domain: &str, taken: impl Fn(&str) -> bool) -> String {
    let local = style.local_part(given, family);
    std::iter::once(format!("{local}@{domain}"))
        .chain((2..).map(|number: u32| format!("{local}{number}@{domain}")))
        .find(|mail| !taken(mail))
        .expect("there is no end of numbers")
}

/// The number as it is dialled from other countries.
fn abroad(phone: &str, locale: &Locale) -> String {
    let has_trunk_zero = locale.phone_national.starts_with('0');
    let national = if has_trunk_zero { &phone[1..] } else { phone };
    let calling_code = locale.phone_international.split([' ', '(']).next().unwrap_or_default();
    format!("{calling_code} {national}")
}
