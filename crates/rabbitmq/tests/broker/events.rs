//! Events as their consumers see them.

use crate::support::{Bench, TENANT, TRACE, conversion, event, event_row, never, soon};
use lapin::options::BasicGetOptions;
use lapin::types::FieldTable;
use opportune_application::ports::{Publisher, StoredEvent};
use opportune_contract::events::ConversionFailed;
use opportune_contract::json::from_json;
use opportune_rabbitmq::{BrokerError, BrokerOptions, EventFormat, EventTail, replay_to_queue};
use opportune_testkit::TestBroker;
use prost::Message;

#[tokio::test]
async fn an_event_reaches_its_subscriber_in_its_envelope() {
    let bench = Bench::new().await;
    let mut tail = EventTail::open(&BrokerOptions::new(bench.url()), "#").await.unwrap();
    bench.publish(event_row(1, 5)).await;
    let heard = soon(tail.next()).await.unwrap();
    assert_eq!(heard.routing_key, format!("conversion.failed.{TENANT}"));
    assert_eq!(heard.content_type, "application/json");
    assert_eq!(heard.headers["cloudEvents_type"], "opportune.conversion.failed.v1");
    assert_eq!(heard.headers["cloudEvents_subject"], conversion(5).to_string());
    assert_eq!(heard.headers["cloudEvents_sequence"], "00000000000000000005");
    assert_eq!(heard.headers["traceparent"], TRACE);
    let body: ConversionFailed = from_json(std::str::from_utf8(&heard.body).unwrap()).unwrap();
    assert_eq!(body.conversion_id, conversion(5).to_string());
    tail.close().await;
}

#[tokio::test]
async fn events_can_be_published_in_binary() {
    let bench = Bench::on(TestBroker::new().await.unwrap(), |options| {
        options.event_format = EventFormat::Protobuf
    })
    .await;
    let mut tail = EventTail::open(&BrokerOptions::new(bench.url()), "#").await.unwrap();
    bench.publish(event_row(1, 5)).await;
    let heard = soon(tail.next()).await.unwrap();
    assert_eq!(heard.content_type, "application/protobuf");
    assert_eq!(
        ConversionFailed::decode(heard.body.as_slice()).unwrap().conversion_id,
        conversion(5).to_string()
    );
}

#[tokio::test]
async fn a_subscriber_hears_only_what_it_asked_for() {
    let bench = Bench::new().await;
    let options = BrokerOptions::new(bench.url());
    let mut created = EventTail::open(&options, "*.created.*").await.unwrap();
    let mut ours = EventTail::open(&options, &format!("*.*.{TENANT}")).await.unwrap();
    bench.publish(event_row(1, 5)).await;
    soon(ours.next()).await.unwrap();
    never(created.next()).await;
}

#[tokio::test]
async fn more_events_than_are_sent_ahead_arrive_in_order() {
    let bench = Bench::new().await;
    let mut tail = EventTail::open(&BrokerOptions::new(bench.url()), "#").await.unwrap();
    let rows: Vec<_> = (1..=1_500_u16)
        .map(|number| event_row(number.into(), number.into()))
        .collect();
    assert!(bench.publisher.publish(&rows).await.iter().all(Result::is_ok));
    for number in 1..=1_500_u16 {
        let heard = soon(tail.next()).await.unwrap();
        assert_eq!(heard.headers["cloudEvents_sequence"], format!("{number:020}"));
    }
}

#[tokio::test]
async fn stored_events_are_replayed_to_one_queue_in_order_and_nowhere_else() {
    let bench = Bench::new().await;
    bench.make_queue("replays", FieldTable::default()).await;
    let mut tail = EventTail::open(&BrokerOptions::new(bench.url()), "#").await.unwrap();
    let stored: Vec<_> = (1..=600)
        .map(|number| StoredEvent {
            tenant: TENANT,
            event: event(number),
        })
        .collect();
    assert_eq!(
        replay_to_queue(&bench.publisher, "replays", &stored).await.unwrap(),
        600
    );
    let admin = bench.admin().await;
    for stored in &stored {
        let options = BasicGetOptions { no_ack: true };
        let message = admin
            .basic_get("replays".into(), options)
            .await
            .unwrap()
            .expect("an event");
        assert_eq!(
            message.properties.message_id().as_ref().unwrap().as_str(),
            stored.event.id.to_string()
        );
    }
    never(tail.next()).await;
}

#[tokio::test]
async fn replaying_to_a_queue_that_is_not_there_is_an_error() {
    let bench = Bench::new().await;
    let stored = [StoredEvent {
        tenant: TENANT,
        event: event(1),
    }];
    let refused = replay_to_queue(&bench.publisher, "nobody", &stored).await;
    assert!(
        matches!(&refused, Err(BrokerError::NoQueue(name)) if name == "nobody"),
        "{refused:?}"
    );
}
