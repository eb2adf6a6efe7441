//! Batches, from the command line.

use super::Desk;
use crate::support::{lead_of, new_id_text};
use opportune_contract::v1::{MarkLeadLostRequest, RestoreLeadRequest};

#[tokio::test]
async fn a_batch_is_started_followed_shown_and_retried() {
    let desk = Desk::new().await;
    let mut ids = Vec::new();
    for number in 0..6 {
        ids.push(desk.api.create(lead_of(&format!("Person {number}"))).await.id);
    }
    let lost = MarkLeadLostRequest {
        id: ids[5].clone(),
        ..MarkLeadLostRequest::default()
    };
    desk.api.leads().mark_lead_lost(lost).await.unwrap();
    let file = desk.file("ids.txt", format!("# these\n{}\n\n{}\n", ids.join("\n"), new_id_text()));
    let file = file.to_str().unwrap();

    let (preview, code) = desk.json(&["batch", "start", "--ids", file, "--preview"]).await;
    assert_eq!((preview["id"].as_str(), code), (None, 0), "{preview}");

    let (batch, code) = desk.json(&["batch", "start", "--ids", file, "--wait"]).await;
    assert_eq!(code, 2, "some failed: {batch}");
    assert_eq!(
        (batch["total_count"].as_str(), batch["succeeded_count"].as_str()),
        (Some("7"), Some("5"))
    );
    let id = batch["id"].as_str().unwrap();
    let shown = desk.text(&["batch", "get", id]).await;
    assert!(shown.contains("converted 5, failed 2"), "{shown}");
    assert!(
        shown.contains("LEAD_LOST") && shown.contains("LEAD_NOT_FOUND"),
        "{shown}"
    );
    let (items, _) = desk.json(&["conversions", "--batch", id, "--state", "failed"]).await;
    assert_eq!(items.as_array().map(Vec::len), Some(2), "{items}");

    let restored = RestoreLeadRequest { id: ids[5].clone() };
    desk.api.leads().restore_lead(restored).await.unwrap();
    let (again, code) = desk.json(&["batch", "retry", id, "--wait"]).await;
    assert_eq!((again["succeeded_count"].as_str(), code), (Some("6"), 2), "{again}");

    let watched = desk.run(&["batch", "watch", id, "--json"]).await;
    let lines = String::from_utf8(watched.stdout).unwrap();
    let last: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(last["batch"]["succeeded_count"], "6", "{lines}");
    assert_eq!(watched.status.code(), Some(2));
    assert_eq!(
        desk.refused(&["batch", "get", &new_id_text()]).await,
        (2, "BATCH_NOT_FOUND".to_owned())
    );
}
