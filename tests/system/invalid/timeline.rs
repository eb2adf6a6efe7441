//! Entries of timelines, and questions about them.

use super::case::{Case, case};
use super::contact::{Text, wrong_texts};
use crate::support::Api;
use opportune_contract::v1::{AddTimelineEntryRequest, Lead, ListTimelineRequest, TimelineEntry, TimelineKind};
use prost_types::Timestamp;
use tonic::Status;

fn note() -> TimelineEntry {
    TimelineEntry {
        body: "spoke with her".into(),
        ..TimelineEntry::default()
    }
}

fn attachment() -> TimelineEntry {
    TimelineEntry {
        kind: TimelineKind::Attachment.into(),
        file_name: "offer.pdf".into(),
        ..TimelineEntry::default()
    }
}

/// Entries with one wrong field each, with its name.
fn wrong_entries() -> Vec<(String, TimelineEntry)> {
    let texts: Vec<Text<TimelineEntry>> = vec![
        ("subject", |entry| &mut entry.subject, 500),
        ("body", |entry| &mut entry.body, 100_000),
        ("author", |entry| &mut entry.author, 500),
    ];
    let file: Vec<Text<TimelineEntry>> = vec![
        ("file_name", |entry| &mut entry.file_name, 500),
        ("media_type", |entry| &mut entry.media_type, 255),
        ("uri", |entry| &mut entry.uri, 2_000),
    ];
    let mut wrong = wrong_texts(&note(), texts);
    wrong.extend(wrong_texts(&attachment(), file));
    let due = |seconds| Some(Timestamp { seconds, nanos: 0 });
    let activity = || TimelineEntry {
        kind: TimelineKind::Activity.into(),
        ..note()
    };
    let others = [
        ("kind", TimelineEntry { kind: 99, ..note() }),
        ("kind", TimelineEntry { kind: -1, ..note() }),
        ("body", TimelineEntry::default()),
        (
            "due_time",
            TimelineEntry {
                due_time: due(0),
                ..note()
            },
        ),
        (
            "due_time",
            TimelineEntry {
                due_time: due(i64::MAX),
                ..activity()
            },
        ),
        (
            "owner_id",
            TimelineEntry {
                owner_id: "bo".into(),
                ..activity()
            },
        ),
        (
            "file_name",
            TimelineEntry {
                file_name: "a".into(),
                ..note()
            },
        ),
        (
            "file_name",
            TimelineEntry {
                file_name: String::new(),
                ..attachment()
            },
        ),
        (
            "media_type",
            TimelineEntry {
                media_type: "text/plain".into(),
                ..note()
            },
        ),
        (
            "media_type",
            TimelineEntry {
                media_type: "pdf".into(),
                ..attachment()
            },
        ),
        (
            "size_bytes",
            TimelineEntry {
                size_bytes: 1,
                ..note()
            },
        ),
        (
            "size_bytes",
            TimelineEntry {
                size_bytes: -1,
                ..attachment()
            },
        ),
        (
            "uri",
            TimelineEntry {
                uri: "https://example.com/a".into(),
                ..activity()
            },
        ),
        (
            "uri",
            TimelineEntry {
                uri: "offer.pdf".into(),
                ..attachment()
            },
        ),
        (
            "uri",
            TimelineEntry {
                uri: "javascript:alert(1)".into(),
                ..attachment()
            },
        ),
    ];
    wrong.extend(others.map(|(field, entry)| (field.to_owned(), entry)));
    wrong
}

/// Adding and listing.
pub fn cases(lead: &Lead) -> Vec<Case> {
    let id = lead.id.clone();
    let request = |entry| AddTimelineEntryRequest {
        lead_id: id.clone(),
        entry,
        request_id: String::new(),
    };
    let mut cases = Vec::new();
    for (field, wrong) in wrong_entries() {
        let request = request(Some(wrong));
        cases.push(case!(format!("entry.{field}"), |api| add(api, request.clone())));
    }
    let nothing = request(None);
    cases.push(case!("entry", |api| add(api, nothing.clone())));
    let unkeyed = AddTimelineEntryRequest {
        request_id: "today".into(),
        ..request(Some(note()))
    };
    cases.push(case!("request_id", |api| add(api, unkeyed.clone())));
    for wrong in ["", "7", "not-a-uuid-but-just-as-long-as-one-is"] {
        let nowhere = AddTimelineEntryRequest {
            lead_id: wrong.into(),
            ..request(Some(note()))
        };
        cases.push(case!("lead_id", |api| add(api, nowhere.clone())));
        cases.push(case!("lead_id", |api| list(api, wrong, 0, "")));
    }
    let [negative, large, forged] = [id.clone(), id.clone(), id];
    cases.push(case!("page_size", |api| list(api, &negative, -1, "")));
    cases.push(case!("page_size", |api| list(api, &large, 1_001, "")).too_large());
    cases.push(case!("page_token", |api| list(api, &forged, 0, "made up")));
    cases
}

async fn add(api: Api, request: AddTimelineEntryRequest) -> Result<(), Status> {
    api.leads().add_timeline_entry(request).await.map(drop)
}

fn list(api: Api, lead: &str, page_size: i32, token: &str) -> impl Future<Output = Result<(), Status>> + use<> {
    let request = ListTimelineRequest {
        lead_id: lead.to_owned(),
        page_size,
        page_token: token.to_owned(),
    };
    async move { api.leads().list_timeline(request).await.map(drop) }
}
