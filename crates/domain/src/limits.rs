//! How long, how many, how large: the limits of every input, in one place. Lengths count characters.

use crate::refusal::Violation;

/// Titles, names, company names, job titles, cities, states, names of teams and stages, lost reasons.
pub const NAME: usize = 500;
/// E-mail field (free text).
pub const EMAIL: usize = 1_000;
/// Phone.
pub const PHONE: usize = 100;
/// Website, street, street2.
pub const LINE: usize = 500;
/// Postal code.
pub const POSTAL_CODE: usize = 40;
/// Language tag.
pub const LANGUAGE: usize = 35;
/// Description, timeline bodies.
pub const TEXT: usize = 100_000;
/// Number of tags, and the length of one.
pub const TAGS: usize = 100;
/// Source, medium, campaign, referred by, external id.
pub const LABEL: usize = 200;
/// Bytes of custom fields as JSON.
pub const CUSTOM_FIELDS: usize = 64 * 1024;
/// Media type of an attachment.
pub const MEDIA_TYPE: usize = 255;
/// Where an attachment is.
pub const URI: usize = 2_000;
/// Highest priority.
pub const PRIORITY: i32 = 3;
/// Most entries of a list in settings.
pub const SETTINGS_LIST: usize = 10_000;
/// Most records in one merge that a tenant may allow.
pub const MERGE: u32 = 1_000;

/// Collects what is wrong with an input, so that a caller hears everything at once.
#[derive(Debug, Default)]
pub struct Check {
    /// What was found.
    pub violations: Vec<Violation>,
}

impl Check {
    /// Adds a violation.
    pub fn add(&mut self, field: &str, description: impl Into<String>) {
        self.violations.push(Violation {
            field: field.to_owned(),
            description: description.into(),
        });
    }

    /// At most `max` characters, and none that cannot be stored.
    pub fn text(&mut self, field: &str, value: Option<&String>, max: usize) {
        let Some(value) = value else { return };
        if value.len() > max && value.chars().count() > max {
            self.add(field, format!("is longer than {max} characters"));
        }
        if value.contains('\0') {
            self.add(field, "contains a NUL character");
        }
    }

    /// Present and not blank.
    pub fn required(&mut self, field: &str, value: Option<&String>) {
        if value.is_none_or(|value| value.trim().is_empty()) {
            self.add(field, "must not be empty");
        }
    }

    /// Empty, or two upper-case letters.
    pub fn country(&mut self, field: &str, value: Option<&String>) {
        let well_formed = |code: &str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
        if value.is_some_and(|code| !code.is_empty() && !well_formed(code)) {
            self.add(field, "is not an ISO 3166-1 alpha-2 code in upper case");
        }
    }

    /// Empty, or letters, digits and hyphens of at most [`LANGUAGE`] characters.
    pub fn language(&mut self, field: &str, value: Option<&String>) {
        let well_formed =
            |tag: &str| tag.len() <= LANGUAGE && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if value.is_some_and(|tag| !well_formed(tag)) {
            self.add(field, "is not a language tag such as nl or pt-BR");
        }
    }

    /// At most [`TAGS`] tags of at most [`TAGS`] characters, none blank.
    pub fn tags(&mut self, value: Option<&Vec<String>>) {
        let Some(tags) = value else { return };
        if tags.len() > TAGS {
            self.add("tags", format!("has more than {TAGS} entries"));
        }
        for (index, tag) in tags.iter().enumerate() {
            let field = format!("tags[{index}]");
            self.text(&field, Some(tag), TAGS);
            self.required(&field, Some(tag));
        }
    }

    /// `low <= value <= high`; not a number fails.
    pub fn range(&mut self, field: &str, value: Option<f64>, low: f64, high: f64) {
        if value.is_some_and(|value| !(low..=high).contains(&value)) {
            self.add(field, format!("must be between {low} and {high}"));
        }
    }
}
