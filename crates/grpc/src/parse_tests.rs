use super::*;
use opportune_domain::lead::{LeadStatus, LeadType};
use opportune_domain::refusal::Reason;
use prost_types::Duration as Span;
use uuid::Uuid;

fn field(result: Result<impl std::fmt::Debug, Refusal>) -> String {
    let refusal = result.unwrap_err();
    assert_eq!(refusal.reason, Reason::FieldInvalid);
    refusal.violations[0].field.clone()
}

#[test]
fn lists_are_newest_first_unless_asked_otherwise() {
    let order = |text| order_by(text).unwrap();
    assert_eq!(
        order(""),
        LeadOrder {
            by: SortKey::CreateTime,
            descending: true
        }
    );
    assert_eq!(
        order("create_time"),
        LeadOrder {
            by: SortKey::CreateTime,
            descending: false
        }
    );
    assert_eq!(
        order("update_time asc"),
        LeadOrder {
            by: SortKey::UpdateTime,
            descending: false
        }
    );
    assert_eq!(
        order(" expected_revenue  desc "),
        LeadOrder {
            by: SortKey::ExpectedRevenue,
            descending: true
        }
    );
    assert_eq!(
        order("priority desc"),
        LeadOrder {
            by: SortKey::Priority,
            descending: true
        }
    );
}

#[test]
fn an_order_that_is_none_is_refused() {
    for text in [
        "title",
        "priority down",
        "priority desc desc",
        "desc",
        "priority,create_time",
    ] {
        assert_eq!(field(order_by(text)), "order_by", "{text}");
    }
}

#[test]
fn a_call_is_held_for_a_minute_at_most() {
    assert_eq!(wait(None).unwrap(), Duration::ZERO);
    assert_eq!(wait(Some(&Span { seconds: 60, nanos: 0 })).unwrap(), LONGEST_WAIT);
    for (seconds, nanos) in [(60, 1), (61, 0), (-1, 0), (0, -1)] {
        assert_eq!(field(wait(Some(&Span { seconds, nanos }))), "wait");
    }
}

#[test]
fn an_absent_filter_means_everything() {
    assert_eq!(lead_filter(None).unwrap(), LeadFilter::default());
}

#[test]
fn a_filter_is_read_as_it_was_given() {
    let id = Uuid::from_u128(7);
    let filter = lead_filter(Some(v1::LeadFilter {
        r#type: v1::LeadType::Opportunity.into(),
        status: v1::LeadStatus::Merged.into(),
        team_id: id.to_string(),
        text: "Café Gent".into(),
        ..v1::LeadFilter::default()
    }))
    .unwrap();
    assert_eq!(
        (filter.kind, filter.status),
        (Some(LeadType::Opportunity), Some(LeadStatus::Merged))
    );
    assert_eq!(filter.team_id.map(|team| team.0), Some(id));
    assert_eq!(filter.words, ["cafe", "gent"]);
}

#[test]
fn unassigned_records_of_somebody_are_none() {
    let contradiction = v1::LeadFilter {
        unassigned: true,
        salesperson_id: Uuid::from_u128(7).to_string(),
        ..v1::LeadFilter::default()
    };
    assert_eq!(field(lead_filter(Some(contradiction))), "filter.unassigned");
}

#[test]
fn what_cannot_be_read_in_a_filter_is_named() {
    assert_eq!(
        field(lead_filter(Some(v1::LeadFilter {
            status: 44,
            ..v1::LeadFilter::default()
        }))),
        "filter.status"
    );
    let long = v1::LeadFilter {
        text: "x".repeat(501),
        ..v1::LeadFilter::default()
    };
    assert_eq!(field(lead_filter(Some(long))), "filter.text");
    let request = v1::ListConversionsRequest {
        state: -1,
        ..v1::ListConversionsRequest::default()
    };
    assert_eq!(field(conversion_filter(&request)), "state");
}

#[test]
fn a_share_is_between_nothing_and_everything() {
    assert!(share("min_score", 0.0).is_ok() && share("min_score", 1.0).is_ok());
    for wrong in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        assert_eq!(field(share("min_score", wrong)), "min_score");
    }
}
