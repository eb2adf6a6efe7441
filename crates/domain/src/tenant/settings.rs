//! A tenant's settings (rules 1).

use super::{Team, TenantConfig};
use crate::given::put;
use crate::keys::Reading;
use crate::normal::{GENERIC_PROVIDERS, PLACEHOLDER_ADDRESSES};
use crate::rekey::Scope;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::time::Duration;

/// A tenant's settings, with the defaults of rules 1.5.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// New records start as leads (rules 1.1).
    pub leads_enabled: bool,
    /// Reads local phone numbers of records that have no country; never written to records. Empty = none.
    pub default_country: String,
    /// Domains that say nothing about a company (rules 2.3).
    pub generic_email_providers: Vec<String>,
    /// Addresses that people type to get past a form (rules 2.1): whole ones, or `name@` for this name at any domain.
    pub placeholder_emails: Vec<String>,
    /// Score from which a match may be STRONG (rules 3.3), 0 to 1.
    pub strong_threshold: f64,
    /// Score from which a match is PROBABLE, 0 to 1.
    pub probable_threshold: f64,
    /// How long a conversion can be reverted (rules 10).
    pub revert_window: Duration,
    /// Most records in one merge, survivor included (rules 7.1).
    pub merge_limit: u32,
    /// Pauses before the 2nd, 3rd, … try of a conversion that failed for a passing reason.
    pub retry_schedule: Vec<Duration>,
    /// Change counter, the etag.
    pub version: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            leads_enabled: true,
            default_country: String::new(),
            generic_email_providers: GENERIC_PROVIDERS.iter().map(|&domain| domain.to_owned()).collect(),
            placeholder_emails: PLACEHOLDER_ADDRESSES.iter().map(|&one| one.to_owned()).collect(),
            strong_threshold: 0.95,
            probable_threshold: 0.5,
            revert_window: Duration::from_secs(30 * 24 * 3600),
            merge_limit: 100,
            retry_schedule: [1, 5, 30, 120, 600].map(Duration::from_secs).to_vec(),
            version: 1,
        }
    }
}

impl Settings {
    /// How contact data is read.
    pub fn reading(&self) -> Reading<'_> {
        Reading {
            default_country: &self.default_country,
            placeholders: &self.placeholder_emails,
        }
    }

    /// Whose keys have to be made anew after these settings were others (rules 2.1, 2.4).
    pub fn rekeys_since(&self, before: &Self) -> Option<Scope> {
        if self.placeholder_emails != before.placeholder_emails {
            Some(Scope::All)
        } else if self.default_country != before.default_country {
            Some(Scope::NoCountry)
        } else {
            None
        }
    }

    /// The domain, in normal form, belongs to a generic e-mail provider (rules 2.3). People type the list.
    pub fn is_generic(&self, domain: &str) -> bool {
        // Asked very often: most of the list is told apart by its lengths, and few entries have spaces around them.
        let listed = |generic: &String| match generic.len().cmp(&domain.len()) {
            Ordering::Less => false,
            Ordering::Equal => generic.eq_ignore_ascii_case(domain),
            Ordering::Greater => has_space_around(generic) && generic.trim().eq_ignore_ascii_case(domain),
        };
        self.generic_email_providers.iter().any(listed)
    }
}

fn has_space_around(text: &str) -> bool {
    text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace)
}

/// Which settings to change; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SettingsPatch {
    /// See [`Settings::leads_enabled`].
    pub leads_enabled: Option<bool>,
    /// See [`Settings::default_country`].
    pub default_country: Option<String>,
    /// See [`Settings::generic_email_providers`].
    pub generic_email_providers: Option<Vec<String>>,
    /// See [`Settings::placeholder_emails`].
    pub placeholder_emails: Option<Vec<String>>,
    /// See [`Settings::strong_threshold`].
    pub strong_threshold: Option<f64>,
    /// See [`Settings::probable_threshold`].
    pub probable_threshold: Option<f64>,
    /// See [`Settings::revert_window`].
    pub revert_window: Option<Duration>,
    /// See [`Settings::merge_limit`].
    pub merge_limit: Option<u32>,
    /// See [`Settings::retry_schedule`].
    pub retry_schedule: Option<Vec<Duration>>,
}

/// The settings after `patch`, and the teams that a turn of the leads switch changes (rules 1.2).
pub fn update_settings(config: &TenantConfig, patch: &SettingsPatch) -> (Settings, Vec<Team>) {
    let mut settings = config.settings.clone();
    put(&mut settings.leads_enabled, &patch.leads_enabled);
    put(&mut settings.default_country, &patch.default_country);
    put(&mut settings.generic_email_providers, &patch.generic_email_providers);
    put(&mut settings.placeholder_emails, &patch.placeholder_emails);
    put(&mut settings.strong_threshold, &patch.strong_threshold);
    put(&mut settings.probable_threshold, &patch.probable_threshold);
    put(&mut settings.revert_window, &patch.revert_window);
    put(&mut settings.merge_limit, &patch.merge_limit);
    put(&mut settings.retry_schedule, &patch.retry_schedule);
    settings.version += 1;
    let teams = teams_after_switch(config, settings.leads_enabled);
    (settings, teams)
}

/// On: every team that uses opportunities uses leads. Off: no such team does. No turn: no team is touched (rules 1.2).
fn teams_after_switch(config: &TenantConfig, leads_enabled: bool) -> Vec<Team> {
    if config.settings.leads_enabled == leads_enabled {
        return Vec::new();
    }
    config
        .teams
        .iter()
        .filter(|team| team.use_opportunities && team.use_leads != leads_enabled)
        .map(|team| Team {
            use_leads: leads_enabled,
            version: team.version + 1,
            ..team.clone()
        })
        .collect()
}
