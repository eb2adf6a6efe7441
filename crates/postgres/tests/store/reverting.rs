//! Taking back what was converted or merged, on the real tables.

use crate::builders::{claim, command};
use crate::support::{TestDb, ids, new_id, tenant, write};
use opportune_application::Call;
use opportune_application::ports::Store;
use opportune_application::work::{Accept, AcceptOne, RevertConversion, Settle};
use opportune_domain::access::Caller;
use opportune_domain::conversion::{
    Conversion, ConversionMode, ConversionState, ConvertCommand, CustomerChoice, DuplicatePolicy, Undoing,
};
use opportune_domain::ids::{ConversionId, LeadId, TimelineEntryId};
use opportune_domain::lead::{Lead, LeadStatus, LeadType};
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::timeline::TimelineEntry;
use opportune_domain::world::World;

fn call() -> Call {
    Call {
        tenant: tenant(1),
        caller: Caller::default(),
        traceparent: String::new(),
    }
}

/// A record with a note at it.
fn put(world: &mut World, title: &str, fill: impl FnOnce(&mut Lead)) -> LeadId {
    let mut lead = Lead::empty(LeadId(new_id()), LeadType::Lead, world.now);
    lead.title = title.to_owned();
    fill(&mut lead);
    let id = world.put_lead(lead).id;
    let entry = TimelineEntryId(new_id());
    let note = TimelineEntry::note(
        entry,
        id,
        String::new(),
        title.to_owned(),
        &Caller::default(),
        world.now,
    );
    world.changes.timeline.push(note);
    id
}

async fn converted(db: &TestDb, command: ConvertCommand) -> Conversion {
    let id = ConversionId(new_id());
    let call = AcceptOne {
        id,
        command,
        claim: None,
        traceparent: String::new(),
        batch_id: None,
    };
    let mut accept = Accept {
        calls: vec![call],
        results: Vec::new(),
    };
    db.store.work(tenant(1), &mut accept).await.unwrap();
    let committed = db
        .store
        .work(tenant(1), &mut Settle::together(vec![id], ids()))
        .await
        .unwrap();
    let settled = committed.settled[0].as_ref().clone();
    assert!(
        matches!(settled.state, ConversionState::Succeeded { .. }),
        "{:?}",
        settled.state
    );
    settled
}

async fn reverted(db: &TestDb, id: ConversionId) -> Result<Undoing, Refusal> {
    let mut work = RevertConversion {
        call: call(),
        claim: Some(claim(new_id())),
        id,
        validate_only: false,
        ids: ids(),
        result: None,
    };
    db.store.work(tenant(1), &mut work).await.unwrap();
    work.result.unwrap().map(|(_, undoing)| undoing)
}

/// Every row of the tables of records, but for what moves on with every change.
async fn everything(db: &TestDb) -> Vec<String> {
    let rows = sqlx::query_scalar(
        "SELECT to_jsonb(leads) - 'version' - 'update_time' || '{}' AS row FROM leads
        UNION ALL SELECT to_jsonb(customers) FROM customers
        UNION ALL SELECT to_jsonb(timeline_entries) FROM timeline_entries
        UNION ALL SELECT to_jsonb(match_keys) FROM match_keys
        UNION ALL SELECT to_jsonb(lead_forms) FROM lead_forms
        UNION ALL SELECT to_jsonb(customer_keys) FROM customer_keys
        ORDER BY row",
    );
    let rows: Vec<serde_json::Value> = rows.fetch_all(&mut db.owner().await).await.unwrap();
    rows.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn what_is_converted_or_merged_and_reverted_is_as_it_was_in_every_row() {
    let db = TestDb::new().await;
    let mut made = Vec::new();
    write(&db.store, tenant(1), |world| {
        let first = put(world, "first", |lead| {
            lead.email = "Ann Lee <ann@tulip.example>".to_owned();
            lead.company_name = "Tulip Tools".to_owned();
        });
        let second = put(world, "second", |lead| {
            lead.email = "ann@tulip.example".to_owned();
            lead.phone = "+31206241111".to_owned();
            lead.external_id = "crm-2".to_owned();
        });
        let third = put(world, "third", |lead| {
            lead.kind = LeadType::Opportunity;
            lead.status = LeadStatus::Lost;
            lead.lost_reason = "too dear".to_owned();
            lead.earlier_probability = Some(30.0);
            lead.external_id = "crm-3".to_owned();
        });
        made = vec![first, second, third];
    })
    .await;
    let plain = command(made[0], DuplicatePolicy::Ignore);
    let commands = [
        plain.clone(),
        ConvertCommand {
            customer: CustomerChoice::None,
            ..plain.clone()
        },
        ConvertCommand {
            on_duplicates: DuplicatePolicy::Merge,
            ..plain.clone()
        },
        ConvertCommand {
            mode: ConversionMode::MergeOnly,
            merge_lead_ids: made[1..].to_vec(),
            ..plain.clone()
        },
        ConvertCommand {
            mode: ConversionMode::Merge,
            merge_lead_ids: vec![made[2]],
            ..command(made[1], DuplicatePolicy::Reject)
        },
    ];
    let before = everything(&db).await;
    for command in commands {
        let conversion = converted(&db, command.clone()).await;
        assert_ne!(everything(&db).await, before, "{command:?}");
        reverted(&db, conversion.id).await.unwrap();
        assert_eq!(everything(&db).await, before, "{command:?}");
    }
}

#[tokio::test]
async fn timelines_go_back_through_several_merges_and_later_entries_stay() {
    let db = TestDb::new().await;
    let mut made = Vec::new();
    write(&db.store, tenant(1), |world| {
        made = ["z", "a", "b"].map(|title| put(world, title, |_| {})).to_vec();
    })
    .await;
    let merge = |into: LeadId, other: LeadId| ConvertCommand {
        mode: ConversionMode::MergeOnly,
        merge_lead_ids: vec![other],
        ..command(into, DuplicatePolicy::Ignore)
    };
    converted(&db, merge(made[1], made[2])).await;
    let before = everything(&db).await;
    let upper = converted(&db, merge(made[0], made[1])).await;
    let mut later = None;
    write(&db.store, tenant(1), |world| {
        let entry = TimelineEntryId(new_id());
        let text = "later word".to_owned();
        let note = TimelineEntry::note(entry, made[0], String::new(), text, &Caller::default(), world.now);
        later = Some(entry);
        world.changes.timeline.push(note);
    })
    .await;
    reverted(&db, upper.id).await.unwrap();
    let after = everything(&db).await;
    let gained: Vec<_> = after.iter().filter(|row| !before.contains(row)).collect();
    assert_eq!(after.len(), before.len() + 1);
    assert!(gained[0].contains("later word") && gained[0].contains(&made[0].to_string()));
}

#[tokio::test]
async fn a_customer_that_somebody_links_at_the_same_moment_is_kept_or_gone_for_both() {
    for _ in 0..20 {
        let db = TestDb::new().await;
        let mut made = None;
        write(&db.store, tenant(1), |world| {
            made = Some(put(world, "first", |lead| lead.contact_name = "Ann Lee".to_owned()));
        })
        .await;
        let conversion = converted(&db, command(made.unwrap(), DuplicatePolicy::Ignore)).await;
        let ConversionState::Succeeded { outcome, .. } = &conversion.state else {
            panic!("converted")
        };
        let customer = outcome.customer_id.unwrap();
        let other = db.another_store();
        let link = async {
            let mut refused = None;
            let needs = opportune_application::ports::Needs {
                customers: [customer].into(),
                ..Default::default()
            };
            let mut work = crate::support::steps(
                |_: &World| needs.clone(),
                |world: &mut World| {
                    refused = (!world.customers.contains_key(&customer)).then_some(Reason::CustomerNotFound);
                    if refused.is_none() {
                        put(world, "second", |lead| lead.customer_id = Some(customer));
                    }
                },
            );
            let done = other.work(tenant(1), &mut work).await;
            drop(work);
            done.map(|_| refused)
        };
        let (undoing, linked) = tokio::join!(reverted(&db, conversion.id), link);
        let kept = undoing.unwrap().kept == [customer];
        let linked = linked.unwrap().is_none();
        assert_eq!(kept, linked);
        let there = db.number("SELECT count(*) FROM customers").await;
        assert_eq!(there, i64::from(kept));
    }
}
