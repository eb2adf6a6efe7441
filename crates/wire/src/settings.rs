//! Settings and stages.

use crate::fields::Fields;
use crate::ids::{parse_ids, texts};
use crate::time::{duration, parse_duration};
use opportune_contract::v1;
use opportune_domain::lead::etag;
use opportune_domain::refusal::Refusal;
use opportune_domain::tenant::{Settings, SettingsPatch, Stage, StagePatch};
use prost_types::Duration as Span;
use std::time::Duration;

/// The paths that the field mask of a change of the settings may name.
const SETTINGS: [&str; 9] = [
    "leads_enabled",
    "default_country",
    "generic_email_providers",
    "placeholder_emails",
    "strong_threshold",
    "probable_threshold",
    "revert_window",
    "merge_limit",
    "retry_schedule",
];
/// The same of a stage.
const STAGE: [&str; 5] = ["name", "sequence", "won", "folded", "team_ids"];

/// Settings as a message.
pub fn settings(settings: &Settings) -> v1::Settings {
    v1::Settings {
        leads_enabled: settings.leads_enabled,
        default_country: settings.default_country.clone(),
        generic_email_providers: settings.generic_email_providers.clone(),
        placeholder_emails: settings.placeholder_emails.clone(),
        strong_threshold: settings.strong_threshold,
        probable_threshold: settings.probable_threshold,
        revert_window: Some(duration(settings.revert_window)),
        merge_limit: i32::try_from(settings.merge_limit).unwrap_or(i32::MAX),
        retry_schedule: settings.retry_schedule.iter().map(|pause| duration(*pause)).collect(),
        etag: etag(settings.version),
    }
}

/// What a caller gives about the settings; `paths` is the field mask, empty = everything that is set. Ranges are
/// checked by `SettingsPatch::check`.
///
/// # Errors
/// `FIELD_INVALID` naming what cannot be read, and `update_mask` when it names what cannot be changed.
pub fn settings_patch(settings: v1::Settings, paths: &[String]) -> Result<SettingsPatch, Refusal> {
    let mut fields = Fields::new(Some(paths), &SETTINGS);
    let patch = SettingsPatch {
        leads_enabled: fields.take("leads_enabled", settings.leads_enabled),
        default_country: fields.take("default_country", settings.default_country),
        generic_email_providers: fields.take("generic_email_providers", settings.generic_email_providers),
        placeholder_emails: fields.take("placeholder_emails", settings.placeholder_emails),
        strong_threshold: fields.take("strong_threshold", settings.strong_threshold),
        probable_threshold: fields.take("probable_threshold", settings.probable_threshold),
        revert_window: fields.parse("revert_window", || span("revert_window", settings.revert_window)),
        merge_limit: fields.parse("merge_limit", || {
            u32::try_from(settings.merge_limit).map_err(|_| Refusal::field("merge_limit", "must not be negative"))
        }),
        retry_schedule: fields.parse("retry_schedule", || pauses(&settings.retry_schedule)),
    };
    fields.finish(patch)
}

/// A stage as a message.
pub fn stage(stage: &Stage) -> v1::Stage {
    v1::Stage {
        id: stage.id.to_string(),
        name: stage.name.clone(),
        sequence: stage.sequence,
        won: stage.won,
        folded: stage.folded,
        team_ids: texts(&stage.team_ids),
        etag: etag(stage.version),
    }
}

/// What a caller gives about a stage; `paths` as in [`crate::lead::lead_patch`].
///
/// # Errors
/// `FIELD_INVALID` naming what cannot be read, and `update_mask` when it names what cannot be changed.
pub fn stage_patch(stage: v1::Stage, paths: Option<&[String]>) -> Result<StagePatch, Refusal> {
    let mut fields = Fields::new(paths, &STAGE);
    let patch = StagePatch {
        name: fields.take("name", stage.name),
        sequence: fields.take("sequence", stage.sequence),
        won: fields.take("won", stage.won),
        folded: fields.take("folded", stage.folded),
        team_ids: fields.parse("team_ids", || parse_ids("team_ids", &stage.team_ids)),
    };
    fields.finish(patch)
}

/// Absent is zero, which the settings refuse where it makes no sense.
fn span(field: &str, span: Option<Span>) -> Result<Duration, Refusal> {
    parse_duration(field, &span.unwrap_or_default())
}

fn pauses(pauses: &[Span]) -> Result<Vec<Duration>, Refusal> {
    let parse = |(index, pause)| parse_duration(&format!("retry_schedule[{index}]"), pause);
    pauses.iter().enumerate().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use opportune_domain::ids::{StageId, TeamId};
    use opportune_domain::tenant::{TenantConfig, update_settings};
    use uuid::Uuid;

    #[test]
    fn settings_that_are_sent_back_unchanged_stay_as_they_were() {
        let before = Settings {
            default_country: "BE".into(),
            ..Settings::default()
        };
        let patch = settings_patch(settings(&before), &[]).unwrap();
        let config = TenantConfig {
            version: 1,
            settings: Settings::default(),
            stages: Vec::new(),
            teams: Vec::new(),
            salespeople: Default::default(),
        };
        let (after, _) = update_settings(&config, &patch);
        assert_eq!(
            Settings {
                version: before.version,
                ..after
            },
            before
        );
    }

    #[test]
    fn a_switch_is_turned_off_by_naming_it() {
        let off = v1::Settings::default();
        assert_eq!(settings_patch(off.clone(), &[]).unwrap(), SettingsPatch::default());
        let named = settings_patch(off, &["leads_enabled".to_owned()]).unwrap();
        assert_eq!(named.leads_enabled, Some(false));
    }

    #[test]
    fn wrong_pauses_and_limits_are_refused_by_name() {
        let wrong = v1::Settings {
            merge_limit: -1,
            retry_schedule: vec![Span { seconds: 1, nanos: 0 }, Span { seconds: -1, nanos: 0 }],
            ..v1::Settings::default()
        };
        let refusal = settings_patch(wrong, &[]).unwrap_err();
        let named: Vec<_> = refusal
            .violations
            .iter()
            .map(|violation| violation.field.as_str())
            .collect();
        assert_eq!(named, ["merge_limit", "retry_schedule[1]"]);
    }

    #[test]
    fn the_etag_of_settings_cannot_be_changed() {
        let refusal = settings_patch(v1::Settings::default(), &["etag".to_owned()]).unwrap_err();
        assert_eq!(refusal.violations[0].field, "update_mask");
    }

    #[test]
    fn a_stage_that_is_sent_back_unchanged_gives_every_field_as_it_was() {
        let mut before = Stage::new(StageId(Uuid::from_u128(1)));
        before.name = "Won".into();
        before.won = true;
        before.sequence = 4;
        before.team_ids = vec![TeamId(Uuid::from_u128(2))];
        let patch = stage_patch(stage(&before), Some(&[])).unwrap();
        let mut after = Stage::new(before.id);
        patch.write(&mut after);
        assert_eq!(after, before);
    }
}
