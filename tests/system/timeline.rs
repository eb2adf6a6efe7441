//! Timelines: what was written comes back, in order, once.

use crate::support::{Api, System, expected, lead_of, new_id_text, refusal, soon};
use futures_util::future::join_all;
use opportune_contract::v1::{
    AddTimelineEntryRequest, Lead, ListTimelineRequest, ListTimelineResponse, MarkLeadWonRequest, TimelineEntry,
    TimelineKind,
};
use prost_types::Timestamp;
use std::collections::BTreeSet;
use tonic::{Code, Status};

fn note(body: &str) -> TimelineEntry {
    TimelineEntry {
        body: body.to_owned(),
        ..TimelineEntry::default()
    }
}

async fn try_add(api: &Api, lead: &str, entry: TimelineEntry, request_id: &str) -> Result<TimelineEntry, Status> {
    let request = AddTimelineEntryRequest {
        lead_id: lead.to_owned(),
        entry: Some(entry),
        request_id: request_id.to_owned(),
    };
    let answer = api.leads().add_timeline_entry(request).await?;
    Ok(answer.into_inner().entry.unwrap())
}

async fn add(api: &Api, lead: &str, entry: TimelineEntry) -> TimelineEntry {
    try_add(api, lead, entry, "").await.unwrap()
}

async fn page(api: &Api, lead: &str, page_size: i32, token: &str) -> Result<ListTimelineResponse, Status> {
    let request = ListTimelineRequest {
        lead_id: lead.to_owned(),
        page_size,
        page_token: token.to_owned(),
    };
    Ok(api.leads().list_timeline(request).await?.into_inner())
}

async fn all(api: &Api, lead: &str) -> Vec<TimelineEntry> {
    page(api, lead, 1_000, "").await.unwrap().entries
}

#[tokio::test]
async fn every_kind_of_entry_comes_back_as_it_was_written() {
    let system = System::start().await;
    let api = system.api();
    let bo = api.create_salesperson("Bo").await.id;
    let lead = api.create(lead_of("Ann Lee")).await;
    let due_time = Some(Timestamp {
        seconds: 1_900_000_000,
        nanos: 250_000_000,
    });
    let of = |kind: TimelineKind| TimelineEntry {
        kind: kind.into(),
        ..TimelineEntry::default()
    };
    let given = [
        TimelineEntry {
            subject: "First talk".into(),
            author: "Bo Berg".into(),
            ..note("<p>Wants two</p>")
        },
        TimelineEntry {
            subject: "Your request".into(),
            body: "Dear Ann".into(),
            ..of(TimelineKind::Message)
        },
        TimelineEntry {
            body: "Called back".into(),
            ..of(TimelineKind::Call)
        },
        TimelineEntry {
            subject: "Send the offer".into(),
            due_time,
            owner_id: bo.clone(),
            ..of(TimelineKind::Activity)
        },
        TimelineEntry {
            subject: "Site visit".into(),
            due_time,
            owner_id: bo,
            ..of(TimelineKind::Meeting)
        },
        TimelineEntry {
            file_name: "offer.pdf".into(),
            media_type: "application/pdf".into(),
            size_bytes: 12_345_678_901,
            uri: "https://files.example.com/offer.pdf".into(),
            ..of(TimelineKind::Attachment)
        },
    ];
    let mut added = Vec::new();
    for entry in &given {
        added.push(add(&api, &lead.id, entry.clone()).await);
    }
    for (given, added) in given.iter().zip(&added) {
        assert!(!added.id.is_empty() && added.create_time.is_some());
        let expected = TimelineEntry {
            id: added.id.clone(),
            lead_id: lead.id.clone(),
            origin_lead_id: lead.id.clone(),
            kind: given.kind.max(TimelineKind::Note.into()),
            create_time: added.create_time,
            ..given.clone()
        };
        assert_eq!(added, &expected);
    }
    let listed = page(&api, &lead.id, 0, "").await.unwrap();
    assert_eq!((listed.entries, listed.total_size), (added, 6));
    assert_eq!(api.lead(&lead.id).await, lead, "the record itself is as it was");
}

#[tokio::test]
async fn an_entry_that_is_added_twice_under_one_request_id_is_one_entry() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await.id;
    let other = api.create(lead_of("Bo Berg")).await.id;
    let key = new_id_text();
    let calls = (0..20).map(|_| try_add(&api, &lead, note("once"), &key));
    let answers: Vec<TimelineEntry> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    assert!(answers.iter().all(|answer| answer == &answers[0]));
    assert_eq!(all(&api, &lead).await, answers[..1]);

    let reused = expected(Code::InvalidArgument, "REQUEST_ID_REUSED");
    assert_eq!(refusal(try_add(&api, &lead, note("other"), &key).await), reused);
    assert_eq!(refusal(try_add(&api, &other, note("once"), &key).await), reused);
    add(&api, &lead, note("once")).await;
    add(&api, &lead, note("once")).await;
    assert_eq!(all(&api, &lead).await.len(), 3, "without a key each call adds one");
}

#[tokio::test]
async fn pages_hold_every_entry_once_while_others_are_added() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await.id;
    let mut before = Vec::new();
    for number in 0..25 {
        before.push(add(&api, &lead, note(&format!("entry {number}"))).await.id);
    }
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let page = page(&api, &lead, 7, &token).await.unwrap();
        assert_eq!(page.total_size, 25, "counted for the first page");
        seen.extend(page.entries.into_iter().map(|entry| entry.id));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
        if seen.len() < 20 {
            add(&api, &lead, note("meanwhile")).await;
        }
    }
    assert_eq!(seen[..25], before, "oldest first");
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), seen.len(), "none twice");
    assert_eq!(seen.len(), 27, "and what came meanwhile stands at the end");
}

#[tokio::test]
async fn a_page_token_is_good_for_its_own_timeline_only() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await.id;
    let other = api.create(lead_of("Bo Berg")).await.id;
    for body in ["one", "two"] {
        add(&api, &lead, note(body)).await;
    }
    let token = page(&api, &lead, 1, "").await.unwrap().next_page_token;
    let invalid = expected(Code::InvalidArgument, "FIELD_INVALID");
    assert_eq!(refusal(page(&api, &other, 1, &token).await), invalid);
    assert_eq!(page(&api, &lead, 1, &token).await.unwrap().entries[0].body, "two");
}

#[tokio::test]
async fn a_timeline_is_seen_by_those_who_see_the_record() {
    let system = System::start().await;
    let manager = system.api();
    let ann = manager.create_salesperson("Ann").await.id;
    let bo = manager.create_salesperson("Bo").await.id;
    let owned = Lead {
        salesperson_id: bo,
        ..lead_of("Others One")
    };
    let others = manager.create(owned).await.id;
    let free = manager.create(lead_of("Free One")).await.id;
    let key = new_id_text();
    try_add(&manager, &others, note("private"), &key).await.unwrap();

    let denied = expected(Code::PermissionDenied, "PERMISSION_DENIED");
    let api = manager.with("x-actor", &ann).with("x-role", "salesperson_own");
    assert_eq!(refusal(try_add(&api, &others, note("x"), "").await), denied);
    assert_eq!(refusal(page(&api, &others, 0, "").await), denied);
    let written = add(&api, &free, note("mine")).await;
    assert_eq!(written.author, ann, "who says who he is need not sign");
    assert_eq!(all(&api, &free).await, [written]);

    let operator = manager.with("x-role", "operator");
    assert_eq!(refusal(try_add(&operator, &free, note("x"), "").await), denied);
    assert_eq!(refusal(page(&operator, &free, 0, "").await), denied);

    let no_lead = expected(Code::NotFound, "LEAD_NOT_FOUND");
    let stranger = manager.as_tenant(crate::support::new_id());
    for (api, id) in [(&stranger, &others), (&manager, &new_id_text())] {
        assert_eq!(refusal(try_add(api, id, note("x"), "").await), no_lead);
        assert_eq!(refusal(page(api, id, 0, "").await), no_lead);
    }
    assert_eq!(all(&manager, &others).await.len(), 1);
}

#[tokio::test]
async fn an_owner_works_here() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await.id;
    let owned_by = |owner: String| TimelineEntry {
        kind: TimelineKind::Activity.into(),
        owner_id: owner,
        ..note("call back")
    };
    let unknown = try_add(&api, &lead, owned_by(new_id_text()), "").await;
    assert_eq!(refusal(unknown), expected(Code::NotFound, "SALESPERSON_NOT_FOUND"));
    assert!(all(&api, &lead).await.is_empty());
}

#[tokio::test]
async fn a_won_record_takes_entries_and_no_event_tells_of_them() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await.id;
    let won = MarkLeadWonRequest { id: lead.clone() };
    api.leads().mark_lead_won(won).await.unwrap();
    soon("the event comes", || async {
        system.heard.about("opportunity.won", &lead)
    })
    .await;
    let events = "SELECT count(*) FROM events";
    let before = system.site.database.number(events).await.unwrap();
    add(&api, &lead, note("thank you")).await;
    assert_eq!(system.site.database.number(events).await.unwrap(), before);
    assert_eq!(all(&api, &lead).await.len(), 1);
}
