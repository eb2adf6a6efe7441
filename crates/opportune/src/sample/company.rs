//! An invented company.

use rand::Rng;
use rand::seq::IndexedRandom;

use super::locale::Locale;
use super::pattern::{chance, fill, slug};
use super::vocabulary::Vocabulary;

/// An invented company with one seat.
#[derive(Debug, Clone)]
pub(super) struct Company {
    pub locale: &'static Locale,
    /// Without its legal form.
    pub name: String,
    pub legal: String,
    pub domain: String,
    pub address: Address,
    pub mail_style: MailStyle,
    /// How many more people will be invented for it.
    pub free_seats: u32,
}

/// Where something is.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub street: String,
    pub city: String,
    pub state: String,
    pub postal_code: String,
    /// Pattern of local phone numbers.
    pub area: String,
}

/// How a company makes addresses of names.
#[derive(Debug, Clone, Copy)]
pub(super) enum MailStyle {
    GivenDotFamily,
    InitialFamily,
    Given,
    FamilyOnly,
}

impl Company {
    /// A new one; `taken` says whether a domain is in use.
    pub fn invent(
        locale: &'static Locale,
        vocabulary: Vocabulary,
        taken: impl Fn(&str) -> bool,
        rng: &mut impl Rng,
    ) -> Self {
        let name = vocabulary.company(locale, rng);
        Self {
            locale,
            domain: free_domain(&name, taken),
            name,
            legal: pick(&locale.legal, rng).to_owned(),
            address: Address::invent(locale, rng),
            mail_style: match rng.random_range(0..10) {
                0..5 => MailStyle::GivenDotFamily,
                5..7 => MailStyle::InitialFamily,
                7..9 => MailStyle::Given,
                _ => MailStyle::FamilyOnly,
            },
            free_seats: rng.random_range(1..=6),
        }
    }

    /// As it writes itself.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.name, self.legal)
    }
}

impl Address {
    /// Somewhere in the country.
    pub fn invent(locale: &Locale, rng: &mut impl Rng) -> Self {
        let city = locale.cities.choose(rng).expect("every country has cities");
        let number = if chance(10, rng) {
            format!(
                "{}{}",
                rng.random_range(1..180),
                pick(&["a", "b", "c"].map(str::to_owned), rng)
            )
        } else {
            rng.random_range(1..240).to_string()
        };
        let street = pick(&locale.street, rng)
            .replace("{w}", pick(&locale.street_words, rng))
            .replace("{n}", &number);
        Self {
            street: fill(&street, rng),
            city: city.name.clone(),
            state: city.state.clone(),
            postal_code: fill(&city.postal_code, rng),
            area: city.area.clone(),
        }
    }
}

impl MailStyle {
    /// The local part for a name.
    pub fn local_part(self, given: &str, family: &str) -> String {
        let (given, family) = (slug(given, ""), slug(family, ""));
        match self {
            Self::GivenDotFamily => format!("{given}.{family}"),
            Self::InitialFamily => format!("{}{family}", given.get(..1).unwrap_or_default()),
            Self::Given => given,
            Self::FamilyOnly => family,
        }
    }
}

/// One of the texts.
pub(super) fn pick<'a>(texts: &'a [String], rng: &mut impl Rng) -> &'a str {
    texts.choose(rng).map_or("", String::as_str)
}

/// A domain made of the name, with a number behind it when that is taken.
pub(super) fn free_domain(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let stem = slug(name, "-");
    std::iter::once(format!("{stem}.example"))
        .chain((2..).map(|number: u32| format!("{stem}-{number}.example")))
        .find(|domain| !taken(domain))
        .expect("there is no end of numbers")
}
