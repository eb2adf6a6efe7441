//! Stored events.

use crate::bench::Bench;
use opportune_application::ports::{Reads, StoredEvent};
use opportune_domain::event::EventBody;
use opportune_domain::ids::TenantId;
use opportune_testkit::{ids, lead, moment, new_tenant, write};

async fn emit(bench: &Bench, tenant: TenantId, count: usize) {
    let written = write(&bench.store, tenant, |world| {
        for _ in 0..count {
            let lead = lead("Ann Lee", moment(0));
            let body = EventBody::LeadCreated {
                lead: Box::new(lead.clone()),
            };
            world.put_lead(lead);
            world.emit(&mut ids(), 1, body, "trace");
        }
    });
    written.await.unwrap();
}

#[tokio::test]
async fn events_are_read_in_order_of_all_tenants_or_one() {
    let bench = Bench::new().await;
    let (ann, bob) = (new_tenant(), new_tenant());
    emit(&bench, ann, 3).await;
    emit(&bench, bob, 2).await;
    emit(&bench, ann, 2).await;
    let since = moment(0);
    let mut read: Vec<StoredEvent> = Vec::new();
    loop {
        let after = read.last().map(|stored| (stored.event.occurred_at, stored.event.id));
        let page = bench.reads.events(None, since, after, 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        read.extend(page);
    }
    let tenants: Vec<TenantId> = read.iter().map(|stored| stored.tenant).collect();
    assert_eq!(tenants, [ann, ann, ann, bob, bob, ann, ann]);
    assert!(read.is_sorted_by_key(|stored| (stored.event.occurred_at, stored.event.id)));
    assert_eq!(read[0].event.traceparent, "trace");

    let of_bob = bench.reads.events(Some(bob), since, None, 10).await.unwrap();
    assert_eq!(of_bob, read[3..5]);
    let later = bench
        .reads
        .events(None, read[5].event.occurred_at, None, 10)
        .await
        .unwrap();
    assert_eq!(later, read[5..]);
}
