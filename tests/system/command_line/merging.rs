//! Merging and reverting from the command line.

use super::Desk;
use crate::support::{lead_of, new_id_text};
use opportune_contract::v1::{LeadStatus, LeadType};

#[tokio::test]
async fn a_conversion_is_reverted_after_it_was_seen_that_it_can_be() {
    let desk = Desk::new().await;
    let lead = desk.api.create(lead_of("Ann Lee")).await.id;
    let (conversion, _) = desk.json(&["convert", &lead, "--wait"]).await;
    let id = conversion["id"].as_str().unwrap();
    let (preview, _) = desk.json(&["revert", id, "--validate-only"]).await;
    assert_eq!(
        preview["removed_customer_ids"].as_array().map(Vec::len),
        Some(1),
        "{preview}"
    );
    assert_eq!(desk.api.lead(&lead).await.r#type(), LeadType::Opportunity);
    let shown = desk.text(&["revert", id]).await;
    assert!(shown.contains("was reverted") && shown.contains("is gone"), "{shown}");
    assert_eq!(desk.api.lead(&lead).await.r#type(), LeadType::Lead);
    let (again, code) = desk.json(&["revert", id]).await;
    assert_eq!(
        (again["conversion"]["state"].as_str(), code),
        (Some("CONVERSION_STATE_REVERTED"), 0)
    );
    assert_eq!(
        desk.refused(&["revert", &new_id_text()]).await,
        (2, "CONVERSION_NOT_FOUND".to_owned())
    );
}

#[tokio::test]
async fn others_that_are_named_are_merged_first_and_their_entries_come_along() {
    let desk = Desk::new().await;
    let lead = desk.api.create(lead_of("Ann Lee")).await.id;
    let other = desk.api.create(lead_of("Bo Berg")).await.id;
    desk.text(&["timeline", "add", &other, "--body", "from the other one"])
        .await;
    let (conversion, code) = desk.json(&["convert", &lead, "--merge", &other, "--wait"]).await;
    assert_eq!(code, 0, "{conversion}");
    assert_eq!(conversion["result"]["merged_lead_ids"][0], other.as_str());
    assert_eq!(desk.api.lead(&other).await.status(), LeadStatus::Merged);
    let shown = desk.text(&["timeline", &lead]).await;
    assert!(
        shown.contains("from the other one") && shown.contains(&format!("from {other}")),
        "{shown}"
    );
    let (of_the_other, _) = desk.json(&["timeline", &other]).await;
    assert_eq!(
        desk.json(&["timeline", &lead]).await.0,
        of_the_other,
        "a tombstone means its survivor"
    );
    let note = ["timeline", "add", &other, "--body", "too late"];
    assert_eq!(desk.refused(&note).await, (2, "LEAD_MERGED".to_owned()));
}
