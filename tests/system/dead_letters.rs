//! Jobs that cannot be read, and conversions that were given up.

use crate::support::{System, convert_and_wait, lead_of, soon};
use lapin::BasicProperties;
use lapin::options::BasicPublishOptions;
use lapin::{Channel, Connection, ConnectionProperties};
use opportune_contract::jobs::ConvertLeadsJob;
use opportune_contract::v1::ConversionState;
use prost::Message;
use serde_json::Value;

const QUEUE: &str = "opportune.conversions";
const JOB: &str = "opportune.jobs.v1.ConvertLeadsJob";

async fn channel(system: &System) -> (Connection, Channel) {
    let connection = Connection::connect(system.site.broker.url(), ConnectionProperties::default())
        .await
        .unwrap();
    let channel = connection.create_channel().await.unwrap();
    (connection, channel)
}

async fn put(channel: &Channel, queue: &str, body: &[u8]) {
    let properties = BasicProperties::default().with_type(JOB.into());
    let options = BasicPublishOptions::default();
    channel
        .basic_publish("".into(), queue.into(), options, body, properties)
        .await
        .unwrap()
        .await
        .unwrap();
}

async fn dead(system: &System) -> Vec<Value> {
    let listed = system.site.json(&["dead", "list", "--json"]).await;
    listed.as_array().unwrap().clone()
}

#[tokio::test]
async fn a_job_that_cannot_be_read_is_a_dead_letter_and_harms_nobody() {
    let system = System::start().await;
    let api = system.api();
    let (_connection, channel) = channel(&system).await;
    let nobodys = ConvertLeadsJob {
        tenant_id: "acme".into(),
        conversion_ids: vec!["7".into()],
    };
    for body in [&b"\xff\xff\xffnot protobuf"[..], b"", &nobodys.encode_to_vec()] {
        put(&channel, QUEUE, body).await;
    }
    let lead = api.create(lead_of("Ann Lee")).await.id;
    api.converted(&lead).await;
    let letters = soon("they are dead", || async {
        Some(dead(&system).await).filter(|letters| letters.len() == 3)
    })
    .await;
    for letter in &letters {
        assert!(!letter["reason"].as_str().unwrap().is_empty(), "{letter}");
        assert_eq!(letter["queue"], QUEUE);
    }
    let replayed = system.site.json(&["dead", "replay", "--json"]).await;
    assert_eq!(replayed["unreadable"], 3, "they would only die again: {replayed}");
    assert_eq!(dead(&system).await.len(), 3);
    let dropped = system.site.json(&["dead", "drop", "--all", "--json"]).await;
    assert_eq!((dropped["dropped"].as_i64(), dead(&system).await.len()), (Some(3), 0));
}

#[tokio::test]
async fn a_job_of_conversions_that_nobody_knows_is_done_with() {
    let system = System::start().await;
    let api = system.api();
    let (_connection, channel) = channel(&system).await;
    let job = ConvertLeadsJob {
        tenant_id: api.tenant.to_string(),
        conversion_ids: vec![crate::support::new_id_text()],
    };
    put(&channel, QUEUE, &job.encode_to_vec()).await;
    let lead = api.create(lead_of("Ann Lee")).await.id;
    let conversion = api.converted(&lead).await;
    // A job that comes a second time changes nothing either.
    let job = ConvertLeadsJob {
        tenant_id: api.tenant.to_string(),
        conversion_ids: vec![conversion.id.clone()],
    };
    put(&channel, QUEUE, &job.encode_to_vec()).await;
    let last = api.create(lead_of("Bo Berg")).await.id;
    api.converted(&last).await;
    soon("the queue is empty", || async {
        let options = lapin::options::QueueDeclareOptions {
            passive: true,
            ..Default::default()
        };
        let queue = channel
            .queue_declare(QUEUE.into(), options, Default::default())
            .await
            .unwrap();
        (queue.message_count() == 0).then_some(())
    })
    .await;
    assert_eq!(api.conversion(&conversion.id).await, conversion);
    assert_eq!(system.heard.ids_by_subject("opportunity.created")[&lead].len(), 1);
    assert!(dead(&system).await.is_empty());
}

#[tokio::test]
async fn a_dead_job_of_a_conversion_that_still_waits_is_sent_again() {
    let system = System::start().await;
    let api = system.api();
    let (_connection, channel) = channel(&system).await;
    let lead = api.create(lead_of("Ann Lee")).await.id;
    // Accepted while nobody works, and its job is lost on the way: only the letter is left.
    let system = system.without_worker().await;
    let api = api.at(&system.node.grpc);
    let request = opportune_contract::v1::ConvertLeadRequest {
        wait: None,
        ..convert_and_wait(&lead)
    };
    let accepted = api.convert(request).await.unwrap();
    let job = soon("its job is in the queue", || async {
        let options = lapin::options::BasicGetOptions { no_ack: true };
        channel
            .basic_get(QUEUE.into(), options)
            .await
            .unwrap()
            .map(|got| got.delivery.data)
    })
    .await;
    put(&channel, "opportune.conversions.dead", &job).await;
    let letters = soon("it is listed", || async {
        Some(dead(&system).await).filter(|letters| !letters.is_empty())
    })
    .await;
    assert_eq!(letters[0]["conversions"][0], accepted.id.as_str(), "{}", letters[0]);

    let _worker = system.site.start(&["work"]).await;
    let replayed = system.site.json(&["dead", "replay", "--json"]).await;
    assert_eq!(replayed["sent_again"], 1, "{replayed}");
    soon("it is converted", || async {
        (api.conversion(&accepted.id).await.state() == ConversionState::Succeeded).then_some(())
    })
    .await;
    assert!(dead(&system).await.is_empty());
}
