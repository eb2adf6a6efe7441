//! The weights: log-odds that each level of agreement adds. Made by `opportune-train`, compiled in.

use super::compare::Comparison;
use super::levels::{Company, Context, Cross, Domain, Mail, Name, Phone, Spot};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The weights in force.
static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let file: WeightsFile =
        serde_json::from_str(include_str!("weights.json")).expect("the weights are checked by a test");
    Model::new(&file.weights)
});

/// How many records the weights were fitted for; the prior moves with the logarithm of the real number.
pub const FITTED_FOR: f64 = 10_000.0;

/// In a smaller tenant the prior is that of this many.
const FEWEST: f64 = 5_000.0;

/// How much of the logarithm the prior takes: in a larger tenant names and companies are more common, too, which counts by
/// itself.
const SLOPE: f64 = 0.7;

/// The file of weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeightsFile {
    /// Counts up with every fit that is released.
    pub version: u32,
    /// What made it, and of what.
    pub origin: String,
    /// Natural log-odds by feature.
    pub weights: BTreeMap<String, f64>,
}

/// A feature of a comparison: something that has a weight.
pub type Feature = usize;

/// Features by number, and what they are called in the file.
#[derive(Debug)]
pub struct Features {
    names: Vec<String>,
}

const NAMES: usize = Name::ALL.len();
const MAILS: usize = Mail::ALL.len();
const CROSSES: usize = Cross::ALL.len();
const PHONES: usize = Phone::ALL.len();
const COMPANIES: usize = Company::ALL.len();
const DOMAINS: usize = Domain::ALL.len();
const SPOTS: usize = Spot::ALL.len();

const CONTEXT: usize = 0;
const NAME: usize = CONTEXT + Context::ALL.len();
const MAIL: usize = NAME + NAMES;
const CROSS: usize = MAIL + MAILS;
const TABLES: usize = CROSS + CROSSES;
const TABLE: usize = PHONES + COMPANIES + DOMAINS + SPOTS;
const COMMON_NAME: usize = TABLES + Context::ALL.len() * TABLE;
const COMMON_COMPANY: usize = COMMON_NAME + 1;

/// How many features there are.
pub const FEATURES: usize = COMMON_COMPANY + 1;

/// A name that more records than this have is common.
const FEW_NAMES: f64 = 4.0;

/// A company that more records than this have is common.
const FEW_OF_COMPANY: f64 = 12.0;

impl Features {
    /// All of them.
    pub fn all() -> Self {
        let mut names = Vec::with_capacity(FEATURES);
        names.extend(Context::ALL.iter().map(|level| format!("context.{}", level.code())));
        names.extend(Name::ALL.iter().map(|level| format!("name.{}", level.code())));
        names.extend(Mail::ALL.iter().map(|level| format!("mail.{}", level.code())));
        names.extend(Cross::ALL.iter().map(|level| format!("cross.{}", level.code())));
        for context in Context::ALL {
            let of = |field: &str, level: &str| format!("{}.{field}.{level}", context.code());
            names.extend(Phone::ALL.iter().map(|level| of(Phone::FIELD, level.code())));
            names.extend(Company::ALL.iter().map(|level| of(Company::FIELD, level.code())));
            names.extend(Domain::ALL.iter().map(|level| of(Domain::FIELD, level.code())));
            names.extend(Spot::ALL.iter().map(|level| of(Spot::FIELD, level.code())));
        }
        names.push("common_name".to_owned());
        names.push("common_company".to_owned());
        Self { names }
    }

    /// What a feature is called in the file.
    pub fn name(&self, feature: Feature) -> &str {
        &self.names[feature]
    }

    /// Whether a feature is this level of this field, in whatever context.
    fn is(&self, feature: Feature, field: &str, level: &str) -> bool {
        let mut parts = self.names[feature].rsplit('.');
        parts.next() == Some(level) && parts.next() == Some(field)
    }

    /// Runs of features that are levels of one field, worst first: weights must not fall along them.
    pub fn ordered() -> Vec<std::ops::Range<usize>> {
        let mut runs = vec![NAME..MAIL, MAIL..CROSS, CROSS..TABLES];
        for context in 0..Context::ALL.len() {
            let mut at = TABLES + context * TABLE;
            for length in [PHONES, COMPANIES, DOMAINS, SPOTS] {
                runs.push(at..at + length);
                at += length;
            }
        }
        runs
    }

    /// The same level of the same field in the other contexts.
    pub fn siblings(feature: Feature) -> Vec<Feature> {
        if !(TABLES..COMMON_NAME).contains(&feature) {
            return Vec::new();
        }
        let place = (feature - TABLES) % TABLE;
        (0..Context::ALL.len())
            .map(|context| TABLES + context * TABLE + place)
            .collect()
    }
}

/// A feature that a comparison has, and how much of it.
pub type Active = (Feature, f64);

/// The features of a comparison by field: person (context and name), mail, cross, phone, company, domain, spot.
#[derive(Debug, Clone, Copy)]
pub struct Activity {
    /// The context.
    pub context: Active,
    /// The name, and how common it is.
    pub name: [Active; 2],
    /// E-mail.
    pub mail: Active,
    /// Names in mailboxes.
    pub cross: Active,
    /// Phone.
    pub phone: Active,
    /// The company, and how common it is.
    pub company: [Active; 2],
    /// Domain.
    pub domain: Active,
    /// Address.
    pub spot: Active,
}

impl Activity {
    /// Of a comparison.
    pub fn of(comparison: &Comparison) -> Self {
        let table = TABLES + comparison.context.index() * TABLE;
        let company = table + PHONES;
        let domain = company + COMPANIES;
        let spot = domain + DOMAINS;
        let shared_name = comparison.name > Name::Unknown;
        let shared_company = comparison.company > Company::Unknown;
        Self {
            context: (CONTEXT + comparison.context.index(), 1.0),
            name: [
                (NAME + comparison.name.index(), 1.0),
                (COMMON_NAME, commonness(comparison.rarity.name, FEW_NAMES, shared_name)),
            ],
            mail: (MAIL + comparison.mail.index(), 1.0),
            cross: (CROSS + comparison.cross.index(), 1.0),
            phone: (table + comparison.phone.index(), 1.0),
            company: [
                (company + comparison.company.index(), 1.0),
                (
                    COMMON_COMPANY,
                    commonness(comparison.rarity.company, FEW_OF_COMPANY, shared_company),
                ),
            ],
            domain: (domain + comparison.domain.index(), 1.0),
            spot: (spot + comparison.spot.index(), 1.0),
        }
    }

    /// All of them in one list.
    pub fn all(&self) -> [Active; 10] {
        [
            self.context,
            self.name[0],
            self.name[1],
            self.mail,
            self.cross,
            self.phone,
            self.company[0],
            self.company[1],
            self.domain,
            self.spot,
        ]
    }
}

/// The logarithm of how many times too common a value is.
fn commonness(count: u32, few: f64, shared: bool) -> f64 {
    if shared && f64::from(count) > few {
        (f64::from(count) / few).ln()
    } else {
        0.0
    }
}

/// The log-odds that a number of records subtracts: the more there are, the more of them agree by chance.
pub fn prior(records: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a logarithm is taken")]
    let records = (records as f64).max(FEWEST);
    -SLOPE * (records / FITTED_FOR).ln()
}

/// The weights as they are used.
#[derive(Debug, Clone)]
pub struct Model {
    weights: Vec<f64>,
}

impl Model {
    /// The weights that are compiled in.
    pub fn builtin() -> &'static Self {
        &MODEL
    }

    /// Of named weights; what is not named weighs nothing.
    pub fn new(weights: &BTreeMap<String, f64>) -> Self {
        let features = Features::all();
        let weights = (0..FEATURES)
            .map(|feature| weights.get(features.name(feature)).copied().unwrap_or(0.0))
            .collect();
        Self { weights }
    }

    /// The same for records of which a field is never known: every level of it adds what not knowing it does. To see what
    /// the field is good for.
    #[must_use]
    pub fn without(&self, field: &str) -> Self {
        let features = Features::all();
        let mut weights = self.weights.clone();
        for run in Features::ordered() {
            let unknown = run.clone().find(|feature| features.is(*feature, field, "unknown"));
            if let Some(unknown) = unknown {
                weights[run].fill(self.weights[unknown]);
            }
        }
        Self { weights }
    }

    /// What an active feature adds.
    pub fn weight(&self, (feature, amount): Active) -> f64 {
        self.weights[feature] * amount
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_names_every_feature_and_no_other() {
        let file: WeightsFile = serde_json::from_str(include_str!("weights.json")).unwrap();
        let features = Features::all();
        let names: std::collections::BTreeSet<&str> = (0..FEATURES).map(|feature| features.name(feature)).collect();
        let written: std::collections::BTreeSet<&str> = file.weights.keys().map(String::as_str).collect();
        assert_eq!(names, written);
    }

    #[test]
    fn no_better_level_weighs_less() {
        let model = Model::builtin();
        for run in Features::ordered() {
            assert!(
                model.weights[run.clone()].is_sorted(),
                "{}",
                Features::all().name(run.start)
            );
        }
    }

    #[test]
    fn without_a_field_all_its_levels_weigh_the_same_and_others_what_they_weighed() {
        let (all, features) = (Model::builtin(), Features::all());
        let number = |name: &str| (0..FEATURES).find(|feature| features.name(*feature) == name).unwrap();
        let deaf = all.without(Phone::FIELD);
        let [same, unknown, mail] = ["agree.phone.same", "agree.phone.unknown", "mail.same"].map(number);
        assert!((deaf.weights[same] - all.weights[unknown]).abs() < 1e-9);
        assert!(all.weights[same] > deaf.weights[same]);
        assert!((deaf.weights[mail] - all.weights[mail]).abs() < 1e-9);
    }

    #[test]
    fn more_records_need_more_evidence() {
        assert!(prior(1_000_000) < prior(10_000) && prior(10_000).abs() < 1e-9);
        assert_eq!(prior(0), prior(100));
    }
}
