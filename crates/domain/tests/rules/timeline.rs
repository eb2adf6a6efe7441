//! Rules 7.5: what a timeline takes.

use crate::support::*;
use chrono::{TimeDelta, Timelike};
use opportune_domain::access::Caller;
use opportune_domain::ids::{SalespersonId, TimelineEntryId};
use opportune_domain::lead::LeadStatus;
use opportune_domain::limits;
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::timeline::{EntryDraft, TimelineEntry, TimelineKind, add_entry};
use uuid::Uuid;

const KINDS: [TimelineKind; 6] = [
    TimelineKind::Note,
    TimelineKind::Message,
    TimelineKind::Call,
    TimelineKind::Activity,
    TimelineKind::Meeting,
    TimelineKind::Attachment,
];

/// The least that a kind of entry has to say.
fn draft(kind: TimelineKind) -> EntryDraft {
    let file_name = if kind == TimelineKind::Attachment {
        "offer.pdf"
    } else {
        ""
    };
    let body = if kind == TimelineKind::Attachment { "" } else { "spoke" };
    EntryDraft {
        kind,
        body: body.to_owned(),
        file_name: file_name.to_owned(),
        ..EntryDraft::default()
    }
}

fn add_to(town: &mut Town, status: LeadStatus, draft: &EntryDraft, caller: &Caller) -> Result<TimelineEntry, Refusal> {
    let lead = town.lead(100, |lead| {
        lead.status = status;
        lead.survivor_id = (status == LeadStatus::Merged).then_some(lead_id(7));
    });
    add_entry(
        &town.world,
        town.at(lead),
        TimelineEntryId(Uuid::from_u128(1)),
        draft,
        caller,
    )
}

fn add(draft: &EntryDraft) -> Result<TimelineEntry, Refusal> {
    add_to(&mut Town::new(), LeadStatus::Open, draft, &manager())
}

fn wrong_fields(draft: &EntryDraft) -> Vec<String> {
    let refusal = add(draft).expect_err("a refusal");
    assert_eq!(refusal.reason, Reason::FieldInvalid);
    refusal.violations.into_iter().map(|one| one.field).collect()
}

#[test]
fn every_kind_is_taken_with_the_least_it_has_to_say() {
    for kind in KINDS {
        let entry = add(&draft(kind)).unwrap();
        assert_eq!((entry.kind, entry.create_time), (kind, now()));
        assert_eq!((entry.lead_id, entry.origin_lead_id), (lead_id(100), lead_id(100)));
    }
}

#[test]
fn records_that_are_closed_or_put_away_still_take_entries() {
    for status in [LeadStatus::Won, LeadStatus::Lost, LeadStatus::Archived] {
        let added = add_to(&mut Town::new(), status, &draft(TimelineKind::Note), &manager());
        assert!(added.is_ok(), "{status:?}");
    }
}

#[test]
fn a_tombstone_takes_none_and_names_its_survivor() {
    let refusal = add_to(
        &mut Town::new(),
        LeadStatus::Merged,
        &draft(TimelineKind::Note),
        &manager(),
    )
    .expect_err("a refusal");
    assert_eq!(refusal.reason, Reason::LeadMerged);
    assert_eq!(refusal.metadata["survivor_id"], lead_id(7).to_string());
}

#[test]
fn an_entry_has_to_say_something() {
    for kind in KINDS.into_iter().filter(|kind| *kind != TimelineKind::Attachment) {
        let silent = EntryDraft {
            kind,
            subject: " \n".to_owned(),
            ..EntryDraft::default()
        };
        assert_eq!(wrong_fields(&silent), ["body"], "{kind:?}");
    }
    let at_a_time = EntryDraft {
        kind: TimelineKind::Meeting,
        due_time: Some(now()),
        ..EntryDraft::default()
    };
    assert!(add(&at_a_time).is_ok());
}

#[test]
fn an_attachment_has_a_file_name() {
    let nameless = EntryDraft {
        file_name: "  ".to_owned(),
        body: "see the file".to_owned(),
        ..draft(TimelineKind::Attachment)
    };
    assert_eq!(wrong_fields(&nameless), ["file_name"]);
}

#[test]
fn a_field_of_another_kind_is_refused_by_its_name() {
    let all = |kind| EntryDraft {
        kind,
        file_name: "offer.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size_bytes: 1,
        uri: "https://example.com/offer.pdf".to_owned(),
        due_time: Some(now()),
        owner_id: Some(SalespersonId(Uuid::from_u128(5))),
        ..draft(kind)
    };
    let file = ["file_name", "media_type", "size_bytes", "uri"];
    let plan = ["due_time", "owner_id"];
    for kind in [TimelineKind::Note, TimelineKind::Message, TimelineKind::Call] {
        assert_eq!(wrong_fields(&all(kind)), [&plan[..], &file[..]].concat(), "{kind:?}");
    }
    assert_eq!(wrong_fields(&all(TimelineKind::Activity)), file);
    assert_eq!(wrong_fields(&all(TimelineKind::Meeting)), file);
    assert_eq!(wrong_fields(&all(TimelineKind::Attachment)), plan);
}

#[test]
fn texts_end_at_their_limits() {
    let note = EntryDraft {
        subject: "é".repeat(limits::NAME),
        body: "é".repeat(limits::TEXT),
        author: "é".repeat(limits::NAME),
        ..EntryDraft::default()
    };
    assert!(add(&note).is_ok());
    let longer = EntryDraft {
        subject: format!("{}x", note.subject),
        body: format!("{}x", note.body),
        author: format!("{}x", note.author),
        ..note
    };
    assert_eq!(wrong_fields(&longer), ["subject", "body", "author"]);
}

#[test]
fn a_media_type_has_a_type_and_a_subtype() {
    let with = |media_type: &str| EntryDraft {
        media_type: media_type.to_owned(),
        ..draft(TimelineKind::Attachment)
    };
    let longest = format!("application/{}", "x".repeat(limits::MEDIA_TYPE - 12));
    for good in [
        "",
        "application/pdf",
        "image/svg+xml",
        "text/plain; charset=utf-8",
        "application/vnd.ms-excel",
        &longest,
    ] {
        assert!(add(&with(good)).is_ok(), "{good}");
    }
    let too_long = format!("{longest}x");
    for bad in [
        "pdf",
        "/pdf",
        "application/",
        "a b/c",
        "text/plain; naïve",
        "text/\0",
        &too_long,
    ] {
        assert_eq!(wrong_fields(&with(bad)), ["media_type"], "{bad}");
    }
}

#[test]
fn a_uri_is_absolute_and_names_a_place() {
    let with = |uri: &str| EntryDraft {
        uri: uri.to_owned(),
        ..draft(TimelineKind::Attachment)
    };
    let longest = format!("https:{}", "x".repeat(limits::URI - 6));
    for good in ["", "https://example.com/a.pdf", "s3://bucket/a", "urn:uuid:1", &longest] {
        assert!(add(&with(good)).is_ok(), "{good}");
    }
    let too_long = format!("{longest}x");
    for bad in [
        "/a.pdf",
        "example.com",
        "https:",
        "1a:b",
        "https://example.com/a b",
        "https://example.com/\0",
        "data:text/plain,hello",
        "JavaScript:alert(1)",
        "vbscript:x",
        &too_long,
    ] {
        assert_eq!(wrong_fields(&with(bad)), ["uri"], "{bad}");
    }
}

#[test]
fn a_file_has_no_fewer_than_no_bytes() {
    let with = |size_bytes| EntryDraft {
        size_bytes,
        ..draft(TimelineKind::Attachment)
    };
    assert_eq!(wrong_fields(&with(-1)), ["size_bytes"]);
    assert_eq!(add(&with(i64::MAX)).unwrap().size_bytes, i64::MAX);
}

#[test]
fn the_owner_is_a_salesperson_who_works_here() {
    let mut town = Town::new();
    let (bo, gone) = (town.salesperson(5), town.salesperson(6));
    town.config().salespeople.get_mut(&gone).expect("of the town").active = false;
    let mut owned = |owner| {
        let draft = EntryDraft {
            owner_id: Some(owner),
            ..draft(TimelineKind::Activity)
        };
        add_to(&mut town, LeadStatus::Open, &draft, &manager())
    };
    assert_eq!(owned(bo).unwrap().owner_id, Some(bo));
    let unknown = owned(SalespersonId(Uuid::from_u128(7))).expect_err("a refusal");
    assert_eq!(unknown.reason, Reason::SalespersonNotFound);
    let left = owned(gone).expect_err("a refusal");
    assert_eq!(left.violations[0].field, "owner_id");
}

#[test]
fn who_does_not_sign_is_signed_for() {
    let bo = SalespersonId(Uuid::from_u128(5));
    let caller = own(bo);
    let add = |author: &str, caller| {
        let draft = EntryDraft {
            author: author.to_owned(),
            ..draft(TimelineKind::Call)
        };
        add_to(&mut Town::new(), LeadStatus::Open, &draft, caller)
            .unwrap()
            .author
    };
    assert_eq!(add("Bo Berg", &caller), "Bo Berg");
    assert_eq!(add("", &caller), bo.to_string());
    assert_eq!(add("", &manager()), "");
}

#[test]
fn a_due_time_is_kept_to_the_microsecond_as_it_is_stored() {
    let planned = EntryDraft {
        due_time: Some(now() + TimeDelta::nanoseconds(1_234_567)),
        ..draft(TimelineKind::Activity)
    };
    let due = add(&planned).unwrap().due_time.unwrap();
    assert_eq!(due.nanosecond(), 1_234_000);
}
