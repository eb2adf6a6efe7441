//! Labelled records: which of them are the same contact.

use anyhow::Context;
use flate2::read::GzDecoder;
use opportune_domain::address::Address;
use opportune_domain::similar::{Form, Given};
use opportune_domain::tenant::Settings;
use serde::Deserialize;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;

/// Those of a new tenant.
static SETTINGS: LazyLock<Settings> = LazyLock::new(Settings::default);

/// One record with its labels.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Record {
    /// Its name.
    pub record_id: String,
    /// The true contact: never shown to the engine.
    pub cluster_id: String,
    /// The true company; empty where it is not known. Never shown to the engine.
    #[serde(default)]
    pub account_id: String,
    /// Given name.
    #[serde(default)]
    pub given_name: String,
    /// Family name.
    #[serde(default)]
    pub family_name: String,
    /// Company.
    #[serde(default)]
    pub company: String,
    /// E-mail.
    #[serde(default)]
    pub email: String,
    /// Phone.
    #[serde(default)]
    pub phone: String,
    /// Street and house number.
    #[serde(default)]
    pub street: String,
    /// City.
    #[serde(default)]
    pub city: String,
    /// Postal code.
    #[serde(default)]
    pub postal_code: String,
    /// State.
    #[serde(default)]
    pub state: String,
    /// Country, ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: String,
}

impl Record {
    /// What the engine sees of it.
    pub fn form(&self) -> Form {
        let address = Address {
            street: self.street.clone(),
            street2: String::new(),
            city: self.city.clone(),
            state: self.state.clone(),
            postal_code: self.postal_code.clone(),
            country: self.country.clone(),
        };
        let person = format!("{} {}", self.given_name, self.family_name);
        let given = Given {
            person: person.trim(),
            company: &self.company,
            email: &self.email,
            phone: &self.phone,
            website: "",
            address: &address,
        };
        let region = (!self.country.is_empty()).then_some(self.country.as_str());
        Form::read(&given, region, &SETTINGS.placeholder_emails)
    }

    /// Carries no personal identity: neither a name nor a personal mailbox. Whether such a record belongs to one or
    /// another person of its company, nobody can tell.
    pub fn is_anonymous(&self) -> bool {
        let name = format!("{}{}", self.given_name, self.family_name);
        let named = name
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word.chars().count() >= 2);
        let email = self.email.trim().to_lowercase();
        let local = email.split('@').next().unwrap_or_default();
        let local = local.split('+').next().unwrap_or_default().replace("mailto:", "");
        !named && (local.is_empty() || ROLES.contains(&local.as_str()))
    }
}

/// The mailboxes that the definition of an anonymous record knows (`score.py` of the labelled data).
#[rustfmt::skip]
const ROLES: &[&str] = &[
    "info", "sales", "contact", "office", "hello", "admin", "mail", "support", "service", "einkauf", "contacto", "biuro",
    "test", "noreply", "none", "a", "no", "na", "kontakt", "vendas", "ventas", "marketing", "hr", "jobs", "billing",
];

/// Reads a CSV file, packed or not.
///
/// # Errors
/// It cannot be read, or lacks the columns `record_id` and `cluster_id`.
pub fn read(path: &Path) -> anyhow::Result<Vec<Record>> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let reader: Box<dyn Read> = if path.extension().is_some_and(|ending| ending == "gz") {
        Box::new(GzDecoder::new(file))
    } else {
        Box::new(file)
    };
    let rows = csv::Reader::from_reader(reader).into_deserialize();
    rows.collect::<Result<_, _>>()
        .with_context(|| format!("cannot read {}", path.display()))
}
