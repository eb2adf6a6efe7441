//! Rules 7.4 to 7.6: which values the survivor has, and what is told about the rest.

use crate::support::*;
use opportune_domain::address::Address;
use opportune_domain::conversion::{ConversionMode, ConvertCommand, FieldDecision, Plan};
use opportune_domain::ids::{LeadId, SalespersonId, TeamId};
use opportune_domain::lead::{Lead, LeadStatus, LeadType};
use opportune_domain::limits;
use opportune_domain::money::Money;
use serde_json::json;
use uuid::Uuid;

fn merge(leads: &[LeadId]) -> ConvertCommand {
    ConvertCommand {
        mode: ConversionMode::MergeOnly,
        merge_lead_ids: leads[1..].to_vec(),
        ..convert_anyway(leads[0])
    }
}

/// Merges records that are made by these; the survivor is the first.
fn merged(fill: &[fn(&mut Lead)]) -> (Lead, Plan) {
    let mut town = Town::new();
    let ann = town.salesperson(10);
    let bob = town.salesperson(11);
    town.team(20, 1, &[ann]);
    town.team(21, 2, &[bob]);
    let leads: Vec<_> = (100..).zip(fill).map(|(n, fill)| town.lead(n, fill)).collect();
    let plan = town.plan(&merge(&leads));
    town.converted(merge(&leads));
    (town.at(leads[0]).clone(), plan)
}

fn decision<'p>(plan: &'p Plan, field: &str) -> &'p FieldDecision {
    let mut fields = plan.fields.iter();
    fields
        .find(|decision| decision.field == field)
        .expect("a decision about the field")
}

fn left(plan: &Plan, field: &str) -> Vec<String> {
    let of_field = plan.not_carried.iter().filter(|left| left.field == field);
    of_field.map(|left| left.value.clone()).collect()
}

#[test]
fn each_text_is_the_first_that_is_not_blank_and_the_others_are_told() {
    let (lead, plan) = merged(&[
        |lead| lead.phone = "  ".to_owned(),
        |lead| {
            lead.phone = "+1 202 555 0111".to_owned();
            lead.job_title = "Buyer".to_owned();
        },
        |lead| {
            lead.phone = "+1 202 555 0122".to_owned();
            lead.job_title = "Buyer".to_owned();
        },
    ]);
    assert_eq!(
        (lead.phone.as_str(), lead.job_title.as_str()),
        ("+1 202 555 0111", "Buyer")
    );
    let phone = decision(&plan, "phone");
    assert_eq!(
        (phone.source_lead_id, phone.rule.as_str()),
        (Some(lead_id(101)), "first_non_empty")
    );
    assert_eq!(phone.lost[0].source_lead_id, lead_id(102));
    assert_eq!(left(&plan, "phone"), ["+1 202 555 0122"]);
    assert!(decision(&plan, "job_title").lost.is_empty());
    assert_eq!(lead.title, "Inquiry 100");
    assert_eq!(left(&plan, "title"), ["Inquiry 101", "Inquiry 102"]);
}

#[test]
fn the_address_is_one_block_from_the_record_with_most_of_it() {
    let (lead, plan) = merged(&[
        |lead| lead.address.city = "Oslo".to_owned(),
        |lead| {
            lead.address.street = "Kai 4".to_owned();
            lead.address.country = "NO".to_owned();
        },
        |lead| {
            lead.address.street = "Quay 9".to_owned();
            lead.address.city = "Bergen".to_owned();
        },
    ]);
    let expected = Address {
        street: "Kai 4".to_owned(),
        country: "NO".to_owned(),
        ..Address::default()
    };
    assert_eq!(lead.address, expected);
    assert_eq!(left(&plan, "address"), ["Oslo", "Quay 9, Bergen"]);
}

#[test]
fn descriptions_are_joined_in_order_and_what_does_not_fit_is_told() {
    let (lead, _) = merged(&[
        |lead| lead.description = "one".to_owned(),
        |lead| lead.description = "<p><br></p>".to_owned(),
        |lead| lead.description = "two".to_owned(),
    ]);
    assert_eq!(lead.description, "one\n\ntwo");
    let (lead, plan) = merged(&[
        |lead| lead.description = "one".to_owned(),
        |lead| lead.description = "x".repeat(limits::TEXT),
        |lead| lead.description = "two".to_owned(),
    ]);
    assert_eq!(lead.description, "one\n\ntwo");
    assert_eq!(left(&plan, "description"), ["x".repeat(limits::TEXT)]);
}

#[test]
fn tags_are_united_the_highest_priority_counts_and_revenues_are_never_summed() {
    fn euros(amount: i64) -> Option<Money> {
        Some(Money {
            currency: "EUR".to_owned(),
            amount: amount.into(),
        })
    }
    let (lead, plan) = merged(&[
        |lead| {
            lead.tags = vec!["a".to_owned(), "b".to_owned()];
            lead.priority = 1;
            lead.expected_revenue = euros(0);
        },
        |lead| {
            lead.tags = vec!["b".to_owned(), "c".to_owned()];
            lead.priority = 3;
            lead.expected_revenue = euros(500);
        },
        |lead| lead.expected_revenue = euros(900),
    ]);
    assert_eq!((lead.tags.join(""), lead.priority), ("abc".to_owned(), 3));
    assert_eq!(lead.expected_revenue.map(|money| money.amount), Some(500.into()));
    assert_eq!(left(&plan, "expected_revenue"), ["900 EUR"]);
}

#[test]
fn custom_fields_are_merged_key_by_key_and_none_is_dropped_silently() {
    fn fields(value: serde_json::Value) -> serde_json::Map<String, serde_json::Value> {
        value.as_object().cloned().unwrap_or_default()
    }
    let (lead, plan) = merged(&[
        |lead| lead.custom_fields = fields(json!({"colour": "teal", "size": "", "vip": false})),
        |lead| lead.custom_fields = fields(json!({"colour": "red", "size": "XL", "seats": 40, "vip": true})),
    ]);
    assert_eq!(
        lead.custom_fields,
        fields(json!({"colour": "teal", "size": "XL", "vip": false, "seats": 40}))
    );
    assert_eq!(left(&plan, "custom_fields.colour"), ["red"]);
    assert_eq!(left(&plan, "custom_fields.vip"), ["true"]);
    let (lead, plan) = merged(&[
        |lead| lead.custom_fields = fields(json!({"a": "x".repeat(limits::CUSTOM_FIELDS - 100)})),
        |lead| lead.custom_fields = fields(json!({"b": "y".repeat(200), "c": 1})),
    ]);
    assert_eq!(lead.custom_fields.keys().collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(left(&plan, "custom_fields.b"), ["y".repeat(200)]);
}

#[test]
fn salesperson_and_team_come_together_from_the_first_record_that_has_both() {
    const LONE: TeamId = TeamId(Uuid::from_u128(20));
    const PERSON: SalespersonId = SalespersonId(Uuid::from_u128(11));
    const TEAM: TeamId = TeamId(Uuid::from_u128(21));
    let (lead, plan) = merged(&[
        |lead| lead.team_id = Some(LONE),
        |lead| {
            lead.salesperson_id = Some(PERSON);
            lead.team_id = Some(TEAM);
        },
    ]);
    assert_eq!((lead.salesperson_id, lead.team_id), (Some(PERSON), Some(TEAM)));
    assert_eq!(lead.assign_time, Some(now()));
    assert_eq!(decision(&plan, "team_id").rule, "together");
}

#[test]
fn times_and_probability_are_the_survivors_own() {
    let (lead, _) = merged(&[
        |lead| {
            lead.kind = LeadType::Opportunity;
            lead.probability = Some(0.0);
            lead.convert_time = Some(earlier(3));
        },
        |lead| {
            lead.kind = LeadType::Opportunity;
            lead.probability = Some(80.0);
            lead.convert_time = Some(earlier(4));
            lead.assign_time = Some(earlier(5));
        },
    ]);
    assert_eq!(
        (lead.probability, lead.convert_time, lead.assign_time),
        (Some(0.0), Some(earlier(3)), None)
    );
    assert_eq!(lead.create_time, earlier(100));
}

#[test]
fn an_external_id_moves_up_and_the_others_stay_with_their_tombstones() {
    let mut town = Town::new();
    let leads = [
        town.lead(100, |_| {}),
        town.lead(101, |lead| lead.external_id = "X-7".to_owned()),
        town.lead(102, |lead| lead.external_id = "X-8".to_owned()),
    ];
    town.converted(merge(&leads));
    assert_eq!(town.at(leads[0]).external_id, "X-7");
    assert_eq!(town.at(leads[2]).external_id, "X-8");
    assert_eq!(town.world.external_ids["X-7"], leads[0]);
    assert_eq!(town.world.external_ids["X-8"], leads[2]);
}

#[test]
fn a_survivor_that_was_put_away_in_a_won_stage_begins_anew() {
    let (lead, _) = merged(&[
        |lead| {
            lead.status = LeadStatus::Archived;
            lead.stage_id = Some(WON);
        },
        |lead| lead.stage_id = Some(PROPOSITION),
    ]);
    assert_eq!((lead.status, lead.stage_id), (LeadStatus::Open, Some(PROPOSITION)));
}

#[test]
fn a_note_on_the_survivor_says_what_was_merged_and_which_values_lost() {
    let mut town = Town::new();
    let leads = [
        town.lead(100, |lead| lead.title = "Boats".to_owned()),
        town.lead(101, |lead| {
            lead.title = "Many boats".to_owned();
            lead.status = LeadStatus::Lost;
            lead.lost_reason = "too dear".to_owned();
        }),
    ];
    let outcome = town.converted(merge(&leads));
    let [note] = &town.world.changes.timeline[..] else {
        panic!("one note")
    };
    assert_eq!((Some(note.id), note.lead_id), (outcome.note_id, leads[0]));
    for told in ["Many boats", &leads[1].to_string(), "too dear", "title"] {
        assert!(note.body.contains(told), "{told}: {}", note.body);
    }
}
