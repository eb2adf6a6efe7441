//! Settings and stages.

use super::case::{Case, case};
use crate::support::{Api, new_id_text};
use opportune_contract::v1::{CreateStageRequest, Settings, Stage, UpdateSettingsRequest, UpdateStageRequest};
use prost_types::{Duration, FieldMask};
use tonic::Status;

/// All of them.
pub fn cases() -> Vec<Case> {
    let mut cases = settings();
    cases.extend(stages());
    cases
}

fn mask(path: &str) -> Option<FieldMask> {
    Some(FieldMask {
        paths: vec![path.to_owned()],
    })
}

fn settings() -> Vec<Case> {
    let span = |seconds, nanos| Duration { seconds, nanos };
    let good = Settings::default;
    let domains = |count: usize| (0..count).map(|number| format!("d{number}.example")).collect();
    let mut cases: Vec<Case> = [
        (
            "default_country",
            Settings {
                default_country: "nl".into(),
                ..good()
            },
        ),
        (
            "generic_email_providers",
            Settings {
                generic_email_providers: domains(10_001),
                ..good()
            },
        ),
        (
            "generic_email_providers[1]",
            Settings {
                generic_email_providers: vec!["a.example".into(), "x".repeat(300)],
                ..good()
            },
        ),
        (
            "strong_threshold",
            Settings {
                strong_threshold: 1.1,
                ..good()
            },
        ),
        (
            "strong_threshold",
            Settings {
                strong_threshold: f64::NAN,
                ..good()
            },
        ),
        (
            "strong_threshold",
            Settings {
                strong_threshold: 0.001,
                ..good()
            },
        ),
        (
            "probable_threshold",
            Settings {
                probable_threshold: -0.1,
                ..good()
            },
        ),
        (
            "revert_window",
            Settings {
                revert_window: Some(span(0, 999_999_999)),
                ..good()
            },
        ),
        (
            "revert_window",
            Settings {
                revert_window: Some(span(-5, 0)),
                ..good()
            },
        ),
        (
            "merge_limit",
            Settings {
                merge_limit: 1,
                ..good()
            },
        ),
        (
            "merge_limit",
            Settings {
                merge_limit: 1_001,
                ..good()
            },
        ),
        (
            "merge_limit",
            Settings {
                merge_limit: -1,
                ..good()
            },
        ),
        (
            "retry_schedule[0]",
            Settings {
                retry_schedule: vec![span(-1, 0)],
                ..good()
            },
        ),
    ]
    .into_iter()
    .map(|(field, settings)| {
        let path = field.split('[').next().unwrap_or_default();
        case!(format!("settings.{field}"), |api| change_settings(
            api,
            Some(settings.clone()),
            mask(path)
        ))
    })
    .collect();
    cases.push(case!("settings", |api| change_settings(api, None, None)));
    for path in ["etag", "no_such_field"] {
        cases.push(case!("update_mask", |api| change_settings(
            api,
            Some(Settings::default()),
            mask(path)
        )));
    }
    cases
}

fn stages() -> Vec<Case> {
    let good = || Stage {
        name: "Later".into(),
        ..Stage::default()
    };
    let mut cases: Vec<Case> = [
        (
            "stage.name",
            Stage {
                name: String::new(),
                ..good()
            },
        ),
        (
            "stage.name",
            Stage {
                name: "  ".into(),
                ..good()
            },
        ),
        (
            "stage.name",
            Stage {
                name: "x".repeat(501),
                ..good()
            },
        ),
        (
            "stage.name",
            Stage {
                name: "a\0b".into(),
                ..good()
            },
        ),
        ("stage.sequence", Stage { sequence: -1, ..good() }),
        (
            "stage.team_ids[0]",
            Stage {
                team_ids: vec!["north".into()],
                ..good()
            },
        ),
    ]
    .into_iter()
    .map(|(field, stage)| case!(field, |api| create_stage(api, Some(stage.clone()), "")))
    .collect();
    cases.push(case!("stage", |api| create_stage(api, None, "")));
    cases.push(case!("request_id", |api| create_stage(api, Some(good()), "7")));
    let named = move || {
        Some(Stage {
            id: new_id_text(),
            ..good()
        })
    };
    cases.push(case!("stage", |api| update_stage(api, None, None)));
    cases.push(case!("stage.id", |api| update_stage(api, Some(good()), None)));
    for path in ["id", "etag", "no_such_field"] {
        cases.push(case!("update_mask", |api| update_stage(api, named(), mask(path))));
    }
    cases
}

async fn change_settings(api: Api, settings: Option<Settings>, update_mask: Option<FieldMask>) -> Result<(), Status> {
    api.settings()
        .update_settings(UpdateSettingsRequest { settings, update_mask })
        .await
        .map(drop)
}

async fn create_stage(api: Api, stage: Option<Stage>, request_id: &'static str) -> Result<(), Status> {
    api.settings()
        .create_stage(CreateStageRequest {
            stage,
            request_id: request_id.into(),
        })
        .await
        .map(drop)
}

async fn update_stage(api: Api, stage: Option<Stage>, update_mask: Option<FieldMask>) -> Result<(), Status> {
    api.settings()
        .update_stage(UpdateStageRequest { stage, update_mask })
        .await
        .map(drop)
}
