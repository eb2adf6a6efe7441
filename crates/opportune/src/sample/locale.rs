//! What names, places and numbers look like in one country.

use std::sync::LazyLock;

use serde::Deserialize;

/// Everything that invented leads are made of.
static LOCALES: LazyLock<Vec<Locale>> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("locales.toml")).expect("the compiled-in file is well-formed");
    file.locale.iter().map(Locale::read).collect()
});

/// All countries.
pub(super) fn all() -> &'static [Locale] {
    &LOCALES
}

/// One country.
#[derive(Debug)]
pub(super) struct Locale {
    pub country: String,
    pub language: String,
    pub currency: String,
    pub given: Vec<String>,
    pub family: Vec<String>,
    pub company_first: Vec<String>,
    pub company_second: Vec<String>,
    pub legal: Vec<String>,
    pub street: Vec<String>,
    pub street_words: Vec<String>,
    pub cities: Vec<City>,
    pub phone_national: String,
    pub phone_international: String,
    pub jobs: Vec<String>,
}

/// A place with the patterns of its postal codes and phone numbers.
#[derive(Debug)]
pub(super) struct City {
    pub name: String,
    pub state: String,
    pub postal_code: String,
    pub area: String,
}

#[derive(Deserialize)]
struct File {
    locale: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    country: String,
    language: String,
    currency: String,
    given: String,
    family: String,
    company_first: String,
    company_second: String,
    legal: String,
    street: String,
    street_words: String,
    cities: String,
    phone_national: String,
    phone_international: String,
    jobs: String,
}

impl Locale {
    fn read(raw: &Raw) -> Self {
        Self {
            country: raw.country.clone(),
            language: raw.language.clone(),
            currency: raw.currency.clone(),
            given: names(&raw.given),
            family: names(&raw.family),
            company_first: names(&raw.company_first),
            company_second: names(&raw.company_second),
            legal: texts(&raw.legal),
            street: texts(&raw.street),
            street_words: names(&raw.street_words),
            cities: texts(&raw.cities).iter().map(|line| City::read(line)).collect(),
            phone_national: raw.phone_national.clone(),
            phone_international: raw.phone_international.clone(),
            jobs: texts(&raw.jobs),
        }
    }
}

impl City {
    fn read(line: &str) -> Self {
        let mut parts = line.split(',').map(|part| part.trim().to_owned());
        let mut next = || parts.next().expect("a city has four parts");
        Self {
            name: next(),
            state: next(),
            postal_code: next(),
            area: next(),
        }
    }
}

fn names(list: &str) -> Vec<String> {
    list.split_whitespace().map(|name| name.replace('_', " ")).collect()
}

fn texts(list: &str) -> Vec<String> {
    list.split('|').map(|text| text.trim().to_owned()).collect()
}
