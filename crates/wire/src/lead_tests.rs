use super::*;
use chrono::{DateTime, NaiveDate};
use opportune_domain::ids::{LeadId, StageId};
use opportune_domain::lead::LeadType;
use opportune_domain::money::Money;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

fn full() -> Lead {
    let now = DateTime::from_timestamp(1_790_000_000, 123_456_000).unwrap();
    let mut lead = Lead::empty(LeadId(Uuid::from_u128(7)), LeadType::Opportunity, now);
    lead.title = "Chairs".into();
    lead.email = "Ann Lee <ann@example.com>".into();
    lead.address.city = "Gent".into();
    lead.tags = vec!["fair".into()];
    lead.priority = 3;
    lead.expected_revenue = Some(Money {
        currency: "EUR".into(),
        amount: Decimal::new(12_345, 2),
    });
    lead.probability = Some(0.0);
    lead.stage_id = Some(StageId(Uuid::from_u128(9)));
    lead.custom_fields = json!({"size": 3, "deep": {"list": [1.5, null]}})
        .as_object()
        .unwrap()
        .clone();
    lead.expected_close_date = NaiveDate::from_ymd_opt(2027, 2, 28);
    lead.version = 4;
    lead
}

fn masked(lead: v1::Lead, paths: &[&str]) -> Result<LeadPatch, Refusal> {
    let paths: Vec<String> = paths.iter().map(|&path| path.to_owned()).collect();
    lead_patch(lead, Some(&paths))
}

#[test]
fn what_is_sent_back_unchanged_gives_every_field_as_it_was() {
    let before = full();
    let patch = lead_patch(lead(&before), Some(&[])).unwrap();
    let mut after = Lead::empty(before.id, before.kind, before.create_time);
    patch.write_plain(&mut after);
    assert_eq!(after.expected_revenue, before.expected_revenue);
    assert_eq!(after.custom_fields, before.custom_fields);
    assert_eq!(after.expected_close_date, before.expected_close_date);
    assert_eq!(after.probability, Some(0.0));
    assert_eq!(
        (after.title, after.tags, after.address),
        (before.title, before.tags, before.address)
    );
    assert_eq!(patch.stage_id, Some(before.stage_id));
    assert_eq!(patch.kind, Some(LeadType::Opportunity));
}

#[test]
fn the_etag_is_that_of_the_version() {
    assert_eq!(lead(&full()).etag, "v4");
}

#[test]
fn on_creation_what_is_empty_is_not_given() {
    assert_eq!(lead_patch(v1::Lead::default(), None).unwrap(), LeadPatch::default());
}

#[test]
fn a_mask_clears_what_it_names_and_leaves_the_rest() {
    let mut sent = lead(&full());
    sent.title = String::new();
    sent.stage_id = String::new();
    sent.expected_revenue = None;
    let patch = masked(sent, &["title", "stage_id", "expected_revenue"]).unwrap();
    let expected = LeadPatch {
        title: Some(String::new()),
        stage_id: Some(None),
        expected_revenue: Some(None),
        ..LeadPatch::default()
    };
    assert_eq!(patch, expected);
}

#[test]
fn a_mask_may_not_name_type_output_only_or_unknown_fields() {
    for path in [
        "type",
        "id",
        "etag",
        "status",
        "create_time",
        "survivor_id",
        "similar_count",
        "colour",
        "tags.0",
        "*",
    ] {
        let refusal = masked(lead(&full()), &[path]).unwrap_err();
        assert_eq!(refusal.violations[0].field, "update_mask", "{path}");
    }
}

#[test]
fn every_changeable_path_is_one_that_is_read() {
    for path in CHANGEABLE {
        assert_ne!(
            masked(v1::Lead::default(), &[path]).unwrap(),
            LeadPatch::default(),
            "{path}"
        );
    }
}

#[test]
fn every_field_that_cannot_be_read_is_named() {
    let sent = v1::Lead {
        r#type: 9,
        team_id: "x".into(),
        customer_id: "y".into(),
        ..v1::Lead::default()
    };
    let refusal = lead_patch(sent, None).unwrap_err();
    let named: Vec<_> = refusal
        .violations
        .iter()
        .map(|violation| violation.field.as_str())
        .collect();
    assert_eq!(named, ["type", "team_id", "customer_id"]);
}
