//! Entries of timelines.

use crate::enums::{parse_timeline_kind, timeline_kind};
use crate::fields::Fields;
use crate::ids::{parse_id, text};
use crate::time::{parse_timestamp, timestamp};
use opportune_contract::v1;
use opportune_domain::refusal::Refusal;
use opportune_domain::timeline::{EntryDraft, TimelineEntry};

/// An entry as a message.
pub fn entry(entry: &TimelineEntry) -> v1::TimelineEntry {
    v1::TimelineEntry {
        id: entry.id.to_string(),
        lead_id: entry.lead_id.to_string(),
        origin_lead_id: entry.origin_lead_id.to_string(),
        kind: timeline_kind(entry.kind).into(),
        subject: entry.subject.clone(),
        body: entry.body.clone(),
        author: entry.author.clone(),
        file_name: entry.file_name.clone(),
        due_time: entry.due_time.map(timestamp),
        create_time: Some(timestamp(entry.create_time)),
        owner_id: text(entry.owner_id),
        media_type: entry.media_type.clone(),
        size_bytes: entry.size_bytes,
        uri: entry.uri.clone(),
    }
}

/// What a caller gives about a new entry. What fits together is checked by `EntryDraft::check`.
///
/// # Errors
/// `FIELD_INVALID` naming every field that cannot be read.
pub fn draft(entry: v1::TimelineEntry) -> Result<EntryDraft, Refusal> {
    let mut fields = Fields::new(None, &[]);
    let draft = EntryDraft {
        kind: fields
            .parse("kind", || parse_timeline_kind("kind", entry.kind))
            .unwrap_or_default(),
        subject: entry.subject,
        body: entry.body,
        author: entry.author,
        file_name: entry.file_name,
        media_type: entry.media_type,
        size_bytes: entry.size_bytes,
        uri: entry.uri,
        due_time: fields
            .parse("due_time", || {
                entry
                    .due_time
                    .map(|time| parse_timestamp("due_time", &time))
                    .transpose()
            })
            .flatten(),
        owner_id: fields
            .parse("owner_id", || parse_id("owner_id", &entry.owner_id))
            .flatten(),
    };
    fields.finish(draft)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use opportune_domain::ids::{LeadId, SalespersonId, TimelineEntryId};
    use opportune_domain::timeline::TimelineKind;
    use uuid::Uuid;

    #[test]
    fn what_is_sent_back_unchanged_gives_every_field_as_it_was() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let before = TimelineEntry {
            kind: TimelineKind::Meeting,
            subject: "Site visit".into(),
            body: "Bring the plan".into(),
            author: "Ann".into(),
            file_name: "plan.pdf".into(),
            media_type: "application/pdf".into(),
            size_bytes: 4_096,
            uri: "https://files.example.com/plan.pdf".into(),
            due_time: Some(now),
            owner_id: Some(SalespersonId(Uuid::from_u128(3))),
            ..TimelineEntry::empty(
                TimelineEntryId(Uuid::from_u128(1)),
                LeadId(Uuid::from_u128(2)),
                TimelineKind::Meeting,
                now,
            )
        };
        let after = draft(entry(&before)).unwrap();
        let expected = EntryDraft {
            kind: before.kind,
            subject: before.subject,
            body: before.body,
            author: before.author,
            file_name: before.file_name,
            media_type: before.media_type,
            size_bytes: before.size_bytes,
            uri: before.uri,
            due_time: before.due_time,
            owner_id: before.owner_id,
        };
        assert_eq!(after, expected);
    }

    #[test]
    fn an_entry_of_no_kind_is_a_note() {
        assert_eq!(draft(v1::TimelineEntry::default()).unwrap().kind, TimelineKind::Note);
    }

    #[test]
    fn every_field_that_cannot_be_read_is_named() {
        let wrong = v1::TimelineEntry {
            kind: 77,
            due_time: Some(prost_types::Timestamp { seconds: 0, nanos: -1 }),
            owner_id: "bo".into(),
            ..v1::TimelineEntry::default()
        };
        let refusal = draft(wrong).unwrap_err();
        let named: Vec<&str> = refusal.violations.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(named, ["kind", "due_time", "owner_id"]);
    }
}
