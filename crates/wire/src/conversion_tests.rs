use super::*;
use chrono::DateTime;
use opportune_domain::access::Caller;
use opportune_domain::conversion::{ConversionMode, CustomerAction, CustomerChoice, DuplicatePolicy, SurvivorRule};
use opportune_domain::customer::Customer;
use opportune_domain::ids::{ConversionId, CustomerId, LeadId};
use opportune_domain::lead::LeadType;
use opportune_domain::refusal::{Reason, Refusal};
use uuid::Uuid;

const LEAD: LeadId = LeadId(Uuid::from_u128(1));

fn command() -> ConvertCommand {
    ConvertCommand {
        lead_id: LEAD,
        etag: None,
        expected_plan_digest: None,
        mode: ConversionMode::Convert,
        merge_lead_ids: Vec::new(),
        survivor_rule: SurvivorRule::EarliestCreated,
        on_duplicates: DuplicatePolicy::Reject,
        customer: CustomerChoice::MatchOrCreate,
        salesperson_id: None,
        team_id: None,
        force_assignment: false,
        caller: Caller {
            actor: Some(Uuid::from_u128(8)),
            ..Caller::default()
        },
    }
}

/// A plan that creates a person in a company that is new as well.
fn creating() -> Plan {
    let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    let company = Customer::named(CustomerId(Uuid::from_u128(3)), "Acme", true, now);
    let mut person = Customer::named(CustomerId(Uuid::from_u128(4)), "Ann", false, now);
    person.parent_id = Some(company.id);
    Plan {
        digest: "d1".into(),
        resulting_type: LeadType::Opportunity,
        survivor_id: LEAD,
        merged_lead_ids: Vec::new(),
        fields: Vec::new(),
        customer: Some(CustomerDecision {
            action: CustomerAction::Create,
            customer_id: Some(person.id),
            company_id: Some(company.id),
            reason: "nobody has this e-mail address".into(),
            differences: Vec::new(),
            new_person: Some(Box::new(person)),
            new_company: Some(Box::new(company)),
        }),
        assignment: AssignmentDecision {
            salesperson_id: None,
            team_id: None,
            reason: "nobody was named".into(),
        },
        stage_id: None,
        not_carried: Vec::new(),
    }
}

fn in_state(state: ConversionState) -> Conversion {
    Conversion {
        id: ConversionId(Uuid::from_u128(2)),
        lead_id: LEAD,
        batch_id: None,
        request_id: None,
        command: command(),
        state,
        attempt: 1,
        traceparent: String::new(),
        create_time: DateTime::from_timestamp(1_790_000_000, 0).unwrap(),
        start_time: None,
        end_time: None,
        revert_deadline: None,
    }
}

#[test]
fn a_preview_has_no_id_no_state_and_no_ids_of_what_does_not_exist_yet() {
    let shown = preview(&command(), &creating());
    let customer = shown.plan.unwrap().customer.unwrap();
    assert_eq!((shown.id.as_str(), shown.state), ("", 0));
    assert_eq!((customer.customer_id.as_str(), customer.company_id.as_str()), ("", ""));
    let person = customer.new_person.unwrap();
    assert_eq!(
        (person.id.as_str(), person.parent_id.as_str(), person.name.as_str()),
        ("", "", "Ann")
    );
}

#[test]
fn what_succeeded_shows_its_plan_with_the_ids_that_were_made() {
    let outcome = Outcome {
        opportunity_id: LEAD,
        customer_id: Some(CustomerId(Uuid::from_u128(4))),
        created_customer_ids: vec![CustomerId(Uuid::from_u128(3)), CustomerId(Uuid::from_u128(4))],
        merged_lead_ids: Vec::new(),
        salesperson_id: None,
        team_id: None,
        event_ids: Vec::new(),
        note_id: None,
        removed_customer_ids: Vec::new(),
        kept_customer_ids: Vec::new(),
    };
    let state = ConversionState::Succeeded {
        plan: Box::new(creating()),
        outcome: Box::new(outcome),
    };
    let shown = conversion(&in_state(state));
    assert_eq!(shown.state(), v1::ConversionState::Succeeded);
    assert_eq!(shown.result.unwrap().created_customer_ids.len(), 2);
    assert_eq!(
        shown.plan.unwrap().customer.unwrap().customer_id,
        Uuid::from_u128(4).to_string()
    );
    assert_eq!(shown.requested_by, Uuid::from_u128(8).to_string());
}

#[test]
fn what_failed_shows_its_error_and_nothing_else() {
    let error = Box::new(Refusal::new(Reason::DuplicatesFound, "2 duplicates"));
    let shown = conversion(&in_state(ConversionState::Failed { error }));
    assert_eq!(shown.error.unwrap().message, "2 duplicates");
    assert!(shown.plan.is_none() && shown.result.is_none());
}
