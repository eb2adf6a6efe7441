//! Which messages the committing process may publish at once.

use crate::builders::{job, lead, queued};
use crate::support::{TestDb, ids, look, steps, tenant, write};
use chrono::TimeDelta;
use opportune_application::ports::{Needs, Outbound, OutboxRow, Store};
use opportune_domain::event::EventBody;
use opportune_domain::ids::{ConversionId, LeadId};
use opportune_domain::world::{JobNote, World};

fn announce(world: &mut World, id: LeadId) {
    let lead = Box::new(world.leads[&id].clone());
    let body = EventBody::LeadUpdated { lead };
    world.emit(&mut ids(), 1, body, "00-2-2-01");
}

async fn created(db: &TestDb) -> (LeadId, Vec<OutboxRow>) {
    let mut id = None;
    let committed = write(&db.store, tenant(1), |world| {
        let made = world.put_lead(lead("One", world.now)).id;
        announce(world, made);
        id = Some(made);
    })
    .await;
    (id.unwrap(), committed.outbox)
}

#[tokio::test]
async fn the_first_event_of_a_record_is_leased_and_the_next_waits_for_it() {
    let db = TestDb::new().await;
    let (id, first) = created(&db).await;
    let [OutboxRow { message, .. }] = &first[..] else {
        panic!("{first:?}")
    };
    let Outbound::Event(event) = message else {
        panic!("{message:?}")
    };
    assert_eq!(event.body.subject(), id.0);
    let leased = "SELECT count(*) FROM outbox WHERE lease_until > now() + interval '20 seconds'";
    assert_eq!(db.number(leased).await, 1);

    let mut again = steps(
        |_: &World| Needs {
            leads: [id].into(),
            ..Needs::default()
        },
        |world: &mut World| announce(world, id),
    );
    let second = db.store.work(tenant(1), &mut again).await.unwrap();
    assert!(second.outbox.is_empty(), "the record has an unsent event");
    assert_eq!(db.number("SELECT count(*) FROM outbox").await, 2);
    assert_eq!(
        db.number("SELECT count(*) FROM outbox WHERE lease_until = '-infinity'")
            .await,
        1
    );
    assert_eq!(db.number("SELECT count(*) FROM events").await, 2);
}

#[tokio::test]
async fn of_several_events_about_one_record_only_the_first_is_leased() {
    let db = TestDb::new().await;
    let committed = write(&db.store, tenant(1), |world| {
        let one = world.put_lead(lead("One", world.now)).id;
        let two = world.put_lead(lead("Two", world.now)).id;
        for id in [one, one, two, one] {
            announce(world, id);
        }
    })
    .await;
    assert_eq!(committed.outbox.len(), 2);
    assert!(committed.outbox.is_sorted_by_key(|row| row.id));
    let in_order = "SELECT count(*) FROM (
        SELECT outbox.id, row_number() OVER (ORDER BY outbox.id) AS place,
            row_number() OVER (ORDER BY events.id) AS emitted
        FROM outbox JOIN events ON events.id = outbox.event_id AND events.occurred_at = outbox.event_time
        ) AS rows WHERE place = emitted";
    assert_eq!(db.number(in_order).await, 4);
}

#[tokio::test]
async fn events_of_another_tenant_do_not_hold_anybody_up() {
    let db = TestDb::new().await;
    let (id, _) = created(&db).await;
    let committed = write(&db.store, tenant(2), |world| {
        let mut same_id = lead("Other", world.now);
        same_id.id = id;
        world.put_lead(same_id);
        announce(world, id);
    })
    .await;
    assert_eq!(committed.outbox.len(), 1);
}

#[tokio::test]
async fn jobs_are_sent_together_and_later_ones_are_left_to_the_relay() {
    let db = TestDb::new().await;
    let mut accepted: Vec<ConversionId> = Vec::new();
    let committed = write(&db.store, tenant(1), |world| {
        accepted.clear();
        for number in 0..120 {
            let id = world.put_lead(lead("One", world.now)).id;
            let conversion = queued(id, world.now);
            let later = (number == 119).then(|| world.now + TimeDelta::seconds(30));
            world.changes.jobs.push(JobNote {
                not_before: later,
                traceparent: format!("trace {number}"),
                ..job(conversion.id)
            });
            accepted.push(conversion.id);
            world.put_conversion(conversion);
        }
    })
    .await;
    let jobs: Vec<_> = committed
        .outbox
        .iter()
        .map(|row| match &row.message {
            Outbound::Jobs {
                bulk: false,
                conversions,
                traceparent,
            } => (conversions.clone(), traceparent.as_str()),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        (accepted[..100].to_vec(), "trace 0"),
        (accepted[100..119].to_vec(), "trace 100"),
    ];
    assert_eq!(jobs, expected);
    let later = "SELECT count(*) FROM outbox
        WHERE not_before > now() + interval '20 seconds' AND lease_until = '-infinity'
            AND cardinality(conversion_ids) = 1";
    assert_eq!(db.number(later).await, 1);
    let sent_later = "SELECT count(*) FROM conversions WHERE sent_time > create_time AND sent_count = 1";
    assert_eq!(db.number(sent_later).await, 1);
}

#[tokio::test]
async fn a_retry_counts_as_sent_again() {
    let db = TestDb::new().await;
    let mut made = None;
    write(&db.store, tenant(1), |world| {
        let id = world.put_lead(lead("One", world.now)).id;
        let conversion = queued(id, world.now);
        world.changes.jobs.push(job(conversion.id));
        made = Some(conversion.id);
        world.put_conversion(conversion);
    })
    .await;
    let id = made.unwrap();
    let needs = Needs {
        conversions: [id].into(),
        ..Needs::default()
    };
    let mut retry = steps(
        |_: &World| needs.clone(),
        |world: &mut World| {
            let mut conversion = world.conversions[&id].clone();
            conversion.attempt += 1;
            world.changes.jobs.push(JobNote {
                not_before: Some(world.now + TimeDelta::seconds(5)),
                ..job(id)
            });
            world.put_conversion(conversion);
        },
    );
    let committed = db.store.work(tenant(1), &mut retry).await.unwrap();
    drop(retry);
    assert!(committed.outbox.is_empty() && committed.settled.is_empty());
    assert_eq!(look(&db.store, tenant(1), needs).await.conversions[&id].attempt, 1);
    let sent = "SELECT count(*) FROM conversions WHERE sent_count = 2 AND sent_time > create_time";
    assert_eq!(db.number(sent).await, 1);
}
