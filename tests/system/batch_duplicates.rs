//! Duplicates inside of a batch (rules 8.2).

use crate::support::{Api, System, batch_of, lead_of, metadata_of, on_duplicates, reason, soon};
use opportune_contract::v1::{BatchConvertLeadsRequest, ConversionState, DuplicatePolicy, Lead, LeadFilter, LeadType};

/// A lead with the address of Kim, created after those before it.
async fn kim(api: &Api, title: &str) -> String {
    let lead = Lead {
        title: title.to_owned(),
        email: "kim@harbor.example".into(),
        ..Lead::default()
    };
    api.create(lead).await.id
}

fn by_policy(leads: &[&String], policy: DuplicatePolicy) -> BatchConvertLeadsRequest {
    BatchConvertLeadsRequest {
        instruction: on_duplicates(policy),
        ..batch_of(leads)
    }
}

#[tokio::test]
async fn under_reject_the_earliest_converts_and_the_others_are_refused_naming_it() {
    let system = System::start().await;
    for reversed in [false, true] {
        let api = system.api().as_tenant(crate::support::new_id());
        let (a, b, c) = (kim(&api, "A").await, kim(&api, "B").await, kim(&api, "C").await);
        let other = api.create(lead_of("Ann Lee")).await.id;
        let mut leads = vec![&a, &b, &c, &other];
        if reversed {
            leads.reverse();
        }
        let batch = api.batch(by_policy(&leads, DuplicatePolicy::Reject)).await;
        assert_eq!((batch.succeeded_count, batch.failed_count), (2, 2));
        let items = api.items(&batch.id).await;
        assert_eq!(items[&a].state(), ConversionState::Succeeded);
        for later in [&b, &c] {
            assert_eq!(reason(&items[later]), "DUPLICATES_FOUND");
            let named = metadata_of(&items[later], "lead_ids");
            assert!(named.contains(&a), "{named}");
        }
    }
}

#[tokio::test]
async fn under_reject_a_duplicate_outside_of_the_batch_stops_them_all() {
    let system = System::start().await;
    let api = system.api();
    let (a, b) = (kim(&api, "A").await, kim(&api, "B").await);
    let outside = kim(&api, "outside, and later").await;
    let batch = api.batch(by_policy(&[&a, &b], DuplicatePolicy::Reject)).await;
    assert_eq!(batch.failed_count, 2);
    let items = api.items(&batch.id).await;
    assert_eq!(
        metadata_of(&items[&a], "lead_ids"),
        outside,
        "b is later and of the same batch"
    );
}

#[tokio::test]
async fn under_ignore_every_item_converts() {
    let system = System::start().await;
    let api = system.api();
    let (a, b) = (kim(&api, "A").await, kim(&api, "B").await);
    let batch = api.batch(by_policy(&[&a, &b], DuplicatePolicy::Ignore)).await;
    assert_eq!(batch.succeeded_count, 2);
    let opportunities = LeadFilter {
        r#type: LeadType::Opportunity.into(),
        ..LeadFilter::default()
    };
    assert_eq!(api.all_leads(opportunities).await.len(), 2);
    assert_eq!(api.count_customers().await, 1);
}

#[tokio::test]
async fn under_merge_the_duplicates_are_one_opportunity_that_each_of_their_items_names() {
    let system = System::start().await;
    let api = system.api();
    let (a, b, c) = (kim(&api, "A").await, kim(&api, "B").await, kim(&api, "C").await);
    let other = api.create(lead_of("Ann Lee")).await.id;
    let request = by_policy(&[&c, &other, &b, &a], DuplicatePolicy::Merge);
    let batch = api.batch(request).await;
    assert_eq!((batch.succeeded_count, batch.failed_count), (4, 0));
    let items = api.items(&batch.id).await;
    for lead in [&a, &b, &c] {
        let result = items[lead].result.as_ref().unwrap();
        assert_eq!(result.opportunity_id, a, "the earliest survives, whoever was first");
    }
    for gone in [&b, &c] {
        assert_eq!(api.lead(gone).await.survivor_id, a);
    }
    assert_eq!(api.count_customers().await, 2);
    soon("each opportunity has one event", || async {
        (system.heard.ids_by_subject("opportunity.created").len() == 2).then_some(())
    })
    .await;
}
