//! Conversions from acceptance to their end.

use crate::builders::{Settle, customer, job, lead, queued};
use crate::support::{TestDb, look, new_id, tenant, write};
use opportune_application::ports::{Needs, Outbound, Store};
use opportune_domain::conversion::{Conversion, ConversionState};
use opportune_domain::ids::{BatchId, RequestId};
use opportune_domain::lead::LeadType;

/// Writes a lead with a queued conversion.
async fn accepted(db: &TestDb, email: &str) -> Conversion {
    let mut made = None;
    write(&db.store, tenant(1), |world| {
        let mut one = lead("One", world.now);
        one.email = email.to_owned();
        one.contact_name = "Ann Other".to_owned();
        let id = world.put_lead(one).id;
        let batch = BatchId(new_id());
        world.put_batch(opportune_testkit::batch(batch, world.now));
        let conversion = Conversion {
            batch_id: Some(batch),
            request_id: Some(RequestId(new_id())),
            traceparent: "00-1-1-01".to_owned(),
            ..queued(id, world.now)
        };
        world.put_conversion(conversion.clone());
        world.changes.jobs.push(job(conversion.id));
        made = Some(conversion);
    })
    .await;
    made.unwrap()
}

#[tokio::test]
async fn settling_converts_once_and_settling_again_changes_nothing() {
    let db = TestDb::new().await;
    let accepted = accepted(&db, "ann@example.com").await;
    let needs = Needs {
        conversions: [accepted.id].into(),
        leads: [accepted.lead_id].into(),
        live_of: [accepted.lead_id].into(),
        ..Needs::default()
    };
    let before = look(&db.store, tenant(1), needs.clone()).await;
    assert_eq!(before.conversions[&accepted.id], accepted);
    assert_eq!(before.live_conversions.get(&accepted.lead_id), Some(&accepted.id));

    let committed = db.store.work(tenant(1), &mut Settle::one(accepted.id)).await.unwrap();
    let [settled] = &committed.settled[..] else {
        panic!("{:?}", committed.settled)
    };
    let ConversionState::Succeeded { outcome, .. } = &settled.state else {
        panic!("{:?}", settled.state)
    };
    let events = committed.outbox.iter().map(|row| match &row.message {
        Outbound::Event(event) => event.id,
        other => panic!("{other:?}"),
    });
    assert_eq!(events.collect::<Vec<_>>(), outcome.event_ids);

    let after = look(&db.store, tenant(1), needs.clone()).await;
    let converted = &after.leads[&accepted.lead_id];
    assert_eq!(converted.kind, LeadType::Opportunity);
    assert_eq!(converted.version, 2);
    assert_eq!(converted.customer_id, outcome.customer_id);
    assert_eq!(after.conversions[&accepted.id], **settled);
    assert!(after.live_conversions.is_empty());

    let again = db.store.work(tenant(1), &mut Settle::one(accepted.id)).await.unwrap();
    assert!(again.settled.is_empty() && again.outbox.is_empty());
    let unchanged = look(&db.store, tenant(1), needs).await;
    assert_eq!(unchanged.leads[&accepted.lead_id], *converted);
    assert_eq!(db.number("SELECT count(*) FROM events").await, 2);
    assert_eq!(db.number("SELECT count(*) FROM customers").await, 1);
}

#[tokio::test]
async fn what_a_conversion_touched_is_kept_field_by_field() {
    let db = TestDb::new().await;
    let accepted = accepted(&db, "ann@example.com").await;
    db.store.work(tenant(1), &mut Settle::one(accepted.id)).await.unwrap();
    let touched = "SELECT count(*) FROM before_images
        WHERE touched -> 'type' ->> 'before' = 'lead' AND touched -> 'type' ->> 'after' = 'opportunity'
            AND touched -> 'customer_id' ->> 'before' IS NULL AND touched -> 'version' IS NULL";
    assert_eq!(db.number(touched).await, 1);
}

#[tokio::test]
async fn a_customer_made_by_one_conversion_is_found_by_the_next() {
    let db = TestDb::new().await;
    for _ in 0..3 {
        let accepted = accepted(&db, "Ann <ann@example.com>").await;
        db.store.work(tenant(1), &mut Settle::one(accepted.id)).await.unwrap();
    }
    assert_eq!(db.number("SELECT count(*) FROM customers").await, 1);
    assert_eq!(db.number("SELECT count(DISTINCT customer_id) FROM leads").await, 1);
}

#[tokio::test]
async fn a_failed_conversion_keeps_its_reason_and_frees_its_lead() {
    let db = TestDb::new().await;
    let mut made = None;
    write(&db.store, tenant(1), |world| {
        let mut won = lead("Done", world.now);
        won.status = opportune_domain::lead::LeadStatus::Won;
        won.customer_id = Some(world.put_customer(customer("Ann", world.now)).id);
        let id = world.put_lead(won).id;
        let conversion = queued(id, world.now);
        made = Some(conversion.clone());
        world.put_conversion(conversion);
    })
    .await;
    let made = made.unwrap();
    let committed = db.store.work(tenant(1), &mut Settle::one(made.id)).await.unwrap();
    assert!(matches!(committed.settled[0].state, ConversionState::Failed { .. }));
    let needs = Needs {
        conversions: [made.id].into(),
        ..Needs::default()
    };
    let world = look(&db.store, tenant(1), needs).await;
    assert_eq!(world.conversions[&made.id], *committed.settled[0]);
    write(&db.store, tenant(1), |world| {
        let another = queued(made.lead_id, world.now);
        world.put_conversion(another);
    })
    .await;
    assert_eq!(db.number("SELECT count(*) FROM conversions").await, 2);
}
