use super::*;
use opportune_contract::json::to_json;
use opportune_domain::refusal::Violation;

fn detail<M: Message + Name + Default>(status: &Status) -> Option<M> {
    let url = format!("type.googleapis.com/{}", M::full_name());
    let any = status.details.iter().find(|any| any.type_url == url)?;
    Some(M::decode(any.value.as_slice()).unwrap())
}

#[test]
fn every_error_has_an_error_info_of_our_domain() {
    let refusal = Refusal::new(Reason::DuplicatesFound, "2 duplicates").with("lead_ids", "a,b");
    let status = status(&refusal);
    let info: ErrorInfo = detail(&status).unwrap();
    assert_eq!(status.code, Code::AlreadyExists as i32);
    assert_eq!(
        (info.reason.as_str(), info.domain.as_str()),
        ("DUPLICATES_FOUND", "opportune")
    );
    assert_eq!(info.metadata["lead_ids"], "a,b");
}

#[test]
fn bad_fields_are_named_in_a_bad_request() {
    let status = status(&Refusal::field("email", "is longer than 1000 characters"));
    let bad: BadRequest = detail(&status).unwrap();
    assert_eq!(status.code, Code::InvalidArgument as i32);
    assert_eq!(bad.field_violations[0].field, "email");
    assert_eq!(bad.field_violations[0].reason, "FIELD_INVALID");
}

#[test]
fn what_is_not_there_is_named_in_a_resource_info() {
    let status = status(&Refusal::not_found(Reason::TeamNotFound, "42"));
    let resource: ResourceInfo = detail(&status).unwrap();
    assert_eq!(resource.resource_type, "opportune.v1.Team");
    assert_eq!(resource.resource_name, "42");
}

#[test]
fn a_wrong_state_names_its_subject_in_a_precondition_failure() {
    let status = status(&Refusal::new(Reason::LeadWon, "is won").with("lead_id", "42"));
    let failure: PreconditionFailure = detail(&status).unwrap();
    assert_eq!(failure.violations[0].r#type, "LEAD_WON");
    assert_eq!(failure.violations[0].subject, "42");
}

#[test]
fn a_store_that_is_away_says_when_to_try_again() {
    let status = status(&Refusal::new(Reason::StoreUnavailable, "try again"));
    let retry: RetryInfo = detail(&status).unwrap();
    assert_eq!(retry.retry_delay.unwrap().seconds, 1);
}

#[test]
fn a_status_can_be_written_as_json_with_its_details() {
    let json = to_json(&status(&Refusal::not_found(Reason::LeadNotFound, "42"))).unwrap();
    assert_eq!(json["details"][0]["reason"], "LEAD_NOT_FOUND");
    assert_eq!(json["details"][1]["resourceName"], "42");
}

#[test]
fn a_status_stays_small_enough_for_a_header_whatever_is_wrong() {
    let violations = (0..10_000).map(|index| Violation {
        field: format!("tags[{index}]"),
        description: "is longer than 100 characters".to_owned(),
    });
    let status = status(&Refusal::fields(violations.collect()));
    assert!(status.encoded_len() < 5_000, "{}", status.encoded_len());
}
