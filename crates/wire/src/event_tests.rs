use super::*;
use chrono::DateTime;
use opportune_contract::json::from_json;
use opportune_domain::customer::Customer;
use opportune_domain::ids::{ConversionId, CustomerId, EventId, LeadId};
use opportune_domain::lead::{Lead, LeadType};
use opportune_domain::refusal::{Reason, Refusal};
use uuid::Uuid;

fn event(body: EventBody) -> Event {
    let occurred_at = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    Event {
        id: EventId(Uuid::from_u128(1)),
        sequence: 3,
        occurred_at,
        traceparent: String::new(),
        body,
    }
}

fn record(title: &str) -> Box<Lead> {
    let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    let mut lead = Lead::empty(LeadId(Uuid::from_u128(2)), LeadType::Opportunity, now);
    lead.title = title.to_owned();
    Box::new(lead)
}

#[test]
fn an_opportunity_says_the_same_in_json_and_in_binary() {
    let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    let event = event(EventBody::OpportunityCreated {
        opportunity: record("Chairs"),
        customer: Some(Box::new(Customer::named(
            CustomerId(Uuid::from_u128(5)),
            "Acme",
            true,
            now,
        ))),
        source_lead_id: LeadId(Uuid::from_u128(2)),
        merged_lead_ids: vec![LeadId(Uuid::from_u128(6))],
        conversion_id: ConversionId(Uuid::from_u128(7)),
    });
    let (json, json_type) = event_bytes(&event, EventFormat::Json).unwrap();
    let (binary, binary_type) = event_bytes(&event, EventFormat::Protobuf).unwrap();
    assert_eq!((json_type, binary_type), ("application/json", "application/protobuf"));
    let from_json: events::OpportunityCreated = from_json(std::str::from_utf8(&json).unwrap()).unwrap();
    let from_binary = events::OpportunityCreated::decode(binary.as_slice()).unwrap();
    assert_eq!(from_json, from_binary);
    assert_eq!(from_json.customer.unwrap().name, "Acme");
    assert_eq!(from_json.merged_lead_ids, [Uuid::from_u128(6).to_string()]);
}

#[test]
fn every_event_of_a_record_carries_the_record() {
    let bodies = [
        EventBody::LeadCreated { lead: record("Chairs") },
        EventBody::LeadUpdated { lead: record("Chairs") },
        EventBody::LeadLost { lead: record("Chairs") },
        EventBody::LeadRestored { lead: record("Chairs") },
        EventBody::OpportunityWon { lead: record("Chairs") },
    ];
    for body in bodies {
        let (json, _) = event_bytes(&event(body.clone()), EventFormat::Json).unwrap();
        assert!(
            String::from_utf8(json).unwrap().contains(r#""title":"Chairs""#),
            "{}",
            body.type_name()
        );
    }
}

#[test]
fn a_failed_conversion_carries_its_error_as_a_status() {
    let event = event(EventBody::ConversionFailed {
        conversion_id: ConversionId(Uuid::from_u128(7)),
        lead_id: LeadId(Uuid::from_u128(2)),
        error: Refusal::new(Reason::DuplicatesFound, "2 duplicates"),
        attempt: 2,
        batch_id: None,
    });
    let (json, _) = event_bytes(&event, EventFormat::Json).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(value["error"]["details"][0]["reason"], "DUPLICATES_FOUND");
    assert_eq!(value["attempt"], 2);
}
