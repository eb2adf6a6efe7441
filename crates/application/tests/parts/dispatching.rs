//! Publishing: in waves, so that the events of a record keep their order.

use crate::broker::Board;
use crate::store::now;
use crate::workshop::{TENANT, Workshop, conversion_id, open_lead, within};
use opportune_application::dispatch::{Dispatcher, waves};
use opportune_application::ports::{Outbound, OutboxRow};
use opportune_application::relay::{Relay, RelayOptions};
use opportune_domain::event::{Event, EventBody};
use opportune_domain::ids::{EventId, TenantId};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

fn job(id: i64) -> OutboxRow {
    OutboxRow {
        id,
        tenant: TENANT,
        message: Outbound::Jobs {
            bulk: false,
            conversions: vec![conversion_id(1)],
            traceparent: String::new(),
        },
    }
}

/// An event about the lead `subject`.
fn event(id: i64, subject: u128) -> OutboxRow {
    let event = Event {
        id: EventId(Uuid::from_u128(id.unsigned_abs().into())),
        sequence: id,
        occurred_at: now(),
        traceparent: String::new(),
        body: EventBody::LeadUpdated {
            lead: Box::new(open_lead(subject)),
        },
    };
    OutboxRow {
        id,
        tenant: TENANT,
        message: Outbound::Event(Box::new(event)),
    }
}

fn ids(waves: &[Vec<OutboxRow>]) -> Vec<Vec<i64>> {
    waves
        .iter()
        .map(|wave| wave.iter().map(|row| row.id).collect())
        .collect()
}

#[test]
fn no_wave_has_two_events_of_one_record_and_nothing_is_lost() {
    let rows = vec![
        event(1, 10),
        job(2),
        event(3, 10),
        event(4, 11),
        event(5, 10),
        job(6),
        event(7, 11),
    ];
    assert_eq!(ids(&waves(rows)), [vec![1, 2, 4, 6], vec![3, 7], vec![5]]);
}

#[test]
fn no_rows_are_no_waves() {
    assert!(waves(Vec::new()).is_empty());
}

#[test]
fn records_of_two_tenants_with_one_id_do_not_wait_for_each_other() {
    let other = OutboxRow {
        tenant: TenantId(Uuid::from_u128(2)),
        ..event(2, 10)
    };
    assert_eq!(ids(&waves(vec![event(1, 10), other])), [vec![1, 2]]);
}

#[tokio::test]
async fn what_the_broker_has_is_deleted_and_nothing_overtakes_what_it_has_not() {
    let shop = Workshop::new(0);
    shop.board.inside().refused.insert(1);
    let left = shop
        .sender()
        .send(vec![event(1, 10), event(2, 11), event(3, 10), event(4, 11)])
        .await;
    let board = shop.board.inside();
    assert_eq!(board.waves, [vec![1, 2]], "no second wave after a failure");
    assert_eq!(board.deleted, [2]);
    assert_eq!(left, [1, 3, 4]);
}

#[tokio::test]
async fn rows_taken_before_the_stop_are_published_after_it() {
    let board: Arc<Board> = Arc::default();
    let shop = Workshop {
        board: board.clone(),
        ..Workshop::new(0)
    };
    let (dispatcher, dispatching) = Dispatcher::new(shop.sender());
    dispatcher.take(vec![job(1), job(2)]);
    let stop = CancellationToken::new();
    stop.cancel();
    within(dispatching.run(stop)).await;
    assert_eq!(board.inside().deleted, [1, 2]);
}

#[tokio::test]
async fn a_turn_of_the_relay_sends_what_is_due_and_gives_back_what_it_could_not() {
    let shop = Workshop::new(0);
    {
        let mut board = shop.board.inside();
        board.leasable.extend([job(1), job(2), job(3)]);
        board.refused.insert(2);
    }
    let relay = Relay {
        sender: shop.sender(),
        tender: shop.tender(),
        options: RelayOptions {
            poll: Duration::from_secs(1),
            sweep: Duration::from_secs(1),
            measure: Duration::from_secs(1),
            keep_events: Duration::from_secs(1),
        },
    };
    assert_eq!(relay.turn().await.unwrap(), 2);
    let board = shop.board.inside();
    assert_eq!(
        (board.deleted.as_slice(), board.released.as_slice()),
        ([1, 3].as_slice(), [2].as_slice())
    );
}
