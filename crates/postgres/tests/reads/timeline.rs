//! Timelines.

use crate::bench::Bench;
use chrono::{DateTime, Utc};
use opportune_application::ports::{PageAfter, Reads};
use opportune_domain::ids::{LeadId, SalespersonId, TimelineEntryId};
use opportune_domain::lead::{Lead, LeadStatus};
use opportune_domain::tenant::Salesperson;
use opportune_domain::timeline::{TimelineEntry, TimelineKind};
use opportune_testkit::{lead, moment, new_id};
use std::sync::Arc;

fn note(at: LeadId, body: &str, created: DateTime<Utc>) -> TimelineEntry {
    TimelineEntry {
        body: body.to_owned(),
        ..TimelineEntry::empty(TimelineEntryId(new_id()), at, TimelineKind::Note, created)
    }
}

async fn put(bench: &Bench, leads: &[Lead], entries: &[TimelineEntry]) {
    bench
        .write(|world| {
            for lead in leads {
                world.put_lead(lead.clone());
            }
            world.changes.timeline = entries.to_vec();
        })
        .await;
}

/// All entries, page by page.
async fn pages(bench: &Bench, at: LeadId, limit: i64) -> Vec<Vec<TimelineEntry>> {
    let (mut pages, mut after): (_, Option<PageAfter>) = (Vec::new(), None);
    loop {
        let found = bench
            .reads
            .timeline(bench.tenant, at, after.as_ref(), limit)
            .await
            .unwrap()
            .unwrap();
        pages.push(found.page.items);
        after = found.page.next;
        if after.is_none() {
            return pages;
        }
    }
}

#[tokio::test]
async fn an_entry_is_read_as_it_was_written() {
    let bench = Bench::new().await;
    let at = lead("Ann Lee", moment(0));
    let bo = Salesperson::new(SalespersonId(new_id()), moment(0));
    let entry = TimelineEntry {
        kind: TimelineKind::Attachment,
        subject: "The offer".to_owned(),
        author: "Bo".to_owned(),
        file_name: "offer \"final\".pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size_bytes: i64::MAX,
        uri: "s3://offers/1.pdf".to_owned(),
        due_time: Some(moment(7)),
        owner_id: Some(bo.id),
        ..note(at.id, "as discussed", moment(1))
    };
    bench
        .write(|world| {
            Arc::make_mut(&mut world.config).salespeople.insert(bo.id, bo.clone());
            world.changes.salespeople.insert(bo.id);
        })
        .await;
    put(&bench, std::slice::from_ref(&at), std::slice::from_ref(&entry)).await;
    let read = bench.reads.timeline_entry(bench.tenant, entry.id).await.unwrap();
    assert_eq!(read, Some(entry.clone()));
    let found = bench
        .reads
        .timeline(bench.tenant, at.id, None, 10)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.named.id, found.survivor.id), (at.id, at.id));
    assert_eq!((found.page.items, found.page.next), (vec![entry], None));
}

#[tokio::test]
async fn entries_come_oldest_first_and_those_of_one_moment_by_id() {
    let bench = Bench::new().await;
    let (at, other) = (lead("Ann Lee", moment(0)), lead("Bo Berg", moment(0)));
    let times = [5, 1, 3, 3, 3, 2];
    let entries: Vec<_> = times.iter().map(|second| note(at.id, "x", moment(*second))).collect();
    let strange = note(other.id, "x", moment(2));
    put(&bench, &[at.clone(), other], &[&entries[..], &[strange]].concat()).await;
    let mut expected = entries;
    expected.sort_by_key(|entry| (entry.create_time, entry.id));
    for limit in [1, 2, 4, 6, 100] {
        assert_eq!(pages(&bench, at.id, limit).await.concat(), expected, "{limit}");
    }
    assert_eq!(bench.reads.total_timeline(bench.tenant, at.id).await.unwrap(), 6);
}

#[tokio::test]
async fn long_texts_make_short_pages() {
    let bench = Bench::new().await;
    let at = lead("Ann Lee", moment(0));
    let long = "é".repeat(100_000);
    let entries: Vec<_> = (0..40).map(|second| note(at.id, &long, moment(second))).collect();
    put(&bench, std::slice::from_ref(&at), &entries).await;
    let pages = pages(&bench, at.id, 1_000).await;
    let lengths: Vec<usize> = pages.iter().map(Vec::len).collect();
    assert_eq!(lengths, [16, 16, 8], "200,000 bytes each, 3 MiB a page");
    assert_eq!(pages.concat(), entries);
}

#[tokio::test]
async fn a_tombstone_means_its_final_survivor() {
    let bench = Bench::new().await;
    let last = lead("Ann Lee", moment(0));
    let merged = |into: &Lead| Lead {
        status: LeadStatus::Merged,
        survivor_id: Some(into.id),
        ..lead("Ann Lee", moment(1))
    };
    let middle = merged(&last);
    let first = merged(&middle);
    let moved = TimelineEntry {
        lead_id: last.id,
        ..note(first.id, "moved twice", moment(2))
    };
    put(
        &bench,
        &[last.clone(), middle, first.clone()],
        std::slice::from_ref(&moved),
    )
    .await;
    let found = bench
        .reads
        .timeline(bench.tenant, first.id, None, 10)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.named.id, found.survivor.id), (first.id, last.id));
    assert_eq!(found.page.items, [moved]);
}

#[tokio::test]
async fn what_is_not_there_has_no_timeline() {
    let bench = Bench::new().await;
    let nobody = LeadId(new_id());
    assert_eq!(
        bench.reads.timeline(bench.tenant, nobody, None, 10).await.unwrap(),
        None
    );
    let entry = bench
        .reads
        .timeline_entry(bench.tenant, TimelineEntryId(new_id()))
        .await;
    assert_eq!(entry.unwrap(), None);
}
