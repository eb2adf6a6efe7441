//! Enums: a number on the wire. 0 is "not given"; a number that the contract does not have is refused.

use opportune_contract::v1;
use opportune_domain::conversion::{ConversionMode, ConversionState, CustomerAction, DuplicatePolicy, SurvivorRule};
use opportune_domain::lead::{LeadStatus, LeadType};
use opportune_domain::refusal::Refusal;
use opportune_domain::similar::{EvidenceKey, Relation, Strength};
use opportune_domain::timeline::TimelineKind;

/// The value that a field holds, as the contract's enum.
///
/// # Errors
/// `FIELD_INVALID` naming the field when the contract has no such number.
pub fn parse<E: TryFrom<i32>>(field: &str, number: i32) -> Result<E, Refusal> {
    E::try_from(number).map_err(|_| Refusal::field(field, format!("has no value {number}")))
}

/// A record's type as the contract's.
pub fn lead_type(kind: LeadType) -> v1::LeadType {
    match kind {
        LeadType::Lead => v1::LeadType::Lead,
        LeadType::Opportunity => v1::LeadType::Opportunity,
    }
}

/// The type that a field holds; `None` = not given.
///
/// # Errors
/// `FIELD_INVALID` naming the field.
pub fn parse_lead_type(field: &str, number: i32) -> Result<Option<LeadType>, Refusal> {
    Ok(match parse(field, number)? {
        v1::LeadType::Unspecified => None,
        v1::LeadType::Lead => Some(LeadType::Lead),
        v1::LeadType::Opportunity => Some(LeadType::Opportunity),
    })
}

/// A record's status as the contract's.
pub fn lead_status(status: LeadStatus) -> v1::LeadStatus {
    match status {
        LeadStatus::Open => v1::LeadStatus::Open,
        LeadStatus::Won => v1::LeadStatus::Won,
        LeadStatus::Lost => v1::LeadStatus::Lost,
        LeadStatus::Archived => v1::LeadStatus::Archived,
        LeadStatus::Merged => v1::LeadStatus::Merged,
    }
}

/// The status that a field holds; `None` = not given.
///
/// # Errors
/// `FIELD_INVALID` naming the field.
pub fn parse_lead_status(field: &str, number: i32) -> Result<Option<LeadStatus>, Refusal> {
    Ok(match parse(field, number)? {
        v1::LeadStatus::Unspecified => None,
        v1::LeadStatus::Open => Some(LeadStatus::Open),
        v1::LeadStatus::Won => Some(LeadStatus::Won),
        v1::LeadStatus::Lost => Some(LeadStatus::Lost),
        v1::LeadStatus::Archived => Some(LeadStatus::Archived),
        v1::LeadStatus::Merged => Some(LeadStatus::Merged),
    })
}

/// The state of a conversion as the contract's.
pub fn conversion_state(state: &ConversionState) -> v1::ConversionState {
    match state {
        ConversionState::Queued => v1::ConversionState::Queued,
        ConversionState::Running => v1::ConversionState::Running,
        ConversionState::Succeeded { .. } => v1::ConversionState::Succeeded,
        ConversionState::Failed { .. } => v1::ConversionState::Failed,
        ConversionState::Cancelled => v1::ConversionState::Cancelled,
        ConversionState::Reverted { .. } => v1::ConversionState::Reverted,
    }
}

/// The name of the state that a filter asks for, as `ConversionState::name` has it; `None` = any.
///
/// # Errors
/// `FIELD_INVALID` naming the field.
pub fn parse_conversion_state(field: &str, number: i32) -> Result<Option<&'static str>, Refusal> {
    Ok(match parse(field, number)? {
        v1::ConversionState::Unspecified => None,
        v1::ConversionState::Queued => Some("queued"),
        v1::ConversionState::Running => Some("running"),
        v1::ConversionState::Succeeded => Some("succeeded"),
        v1::ConversionState::Failed => Some("failed"),
        v1::ConversionState::Cancelled => Some("cancelled"),
        v1::ConversionState::Reverted => Some("reverted"),
    })
}

/// The mode that a field holds; not given = convert.
///
/// # Errors
/// `FIELD_INVALID` naming the field.
pub fn parse_mode(field: &str, number: i32) -> Result<ConversionMode, Refusal> {
    Ok(match parse(field, number)? {
        v1::ConversionMode::Unspecified | v1::ConversionMode::Convert => ConversionMode::Convert,
        v1::ConversionMode::Merge => ConversionMode::Merge,
    })
}

/// The survivor rule that a field holds; not given = the earliest created survives.
///
/// # Errors
/// `FIELD_INVALID` naming the field.
pub fn parse_survivor_rule(field: &str, number: i32) -> Result<SurvivorRule, Refusal> {
    Ok(match parse(field, number)? {
        v1::SurvivorRule::Unspecified | v1::SurvivorRule::EarliestCreated => SurvivorRule::EarliestCreated,
        v1::SurvivorRule::Confidence => SurvivorRule::Confidence,
    })
}

/// The duplicate policy that a field holds; not given = reject.
///
/// # Errors
/// `FIELD_INVALID` naming the field.
pub fn parse_duplicate_policy(field: &str, number: i32) -> Result<DuplicatePolicy, Refusal> {
    Ok(match parse(field, number)? {
        v1::DuplicatePolicy::Unspecified | v1::DuplicatePolicy::Reject => DuplicatePolicy::Reject,
        v1::DuplicatePolicy::Ignore => DuplicatePolicy::Ignore,
        v1::DuplicatePolicy::Merge => DuplicatePolicy::Merge,
    })
}

/// What an entry of a timeline is, as the contract's.
pub fn timeline_kind(kind: TimelineKind) -> v1::TimelineKind {
    match kind {
        TimelineKind::Note => v1::TimelineKind::Note,
        TimelineKind::Message => v1::TimelineKind::Message,
        TimelineKind::Call => v1::TimelineKind::Call,
        TimelineKind::Activity => v1::TimelineKind::Activity,
        TimelineKind::Meeting => v1::TimelineKind::Meeting,
        TimelineKind::Attachment => v1::TimelineKind::Attachment,
    }
}

/// What the field says that an entry is; not given = a note.
///
/// # Errors
/// `FIELD_INVALID` naming the field.
pub fn parse_timeline_kind(field: &str, number: i32) -> Result<TimelineKind, Refusal> {
    Ok(match parse(field, number)? {
        v1::TimelineKind::Unspecified | v1::TimelineKind::Note => TimelineKind::Note,
        v1::TimelineKind::Message => TimelineKind::Message,
        v1::TimelineKind::Call => TimelineKind::Call,
        v1::TimelineKind::Activity => TimelineKind::Activity,
        v1::TimelineKind::Meeting => TimelineKind::Meeting,
        v1::TimelineKind::Attachment => TimelineKind::Attachment,
    })
}

/// What happens about the customer, as the contract's.
pub fn customer_action(action: CustomerAction) -> v1::CustomerAction {
    match action {
        CustomerAction::Keep => v1::CustomerAction::Keep,
        CustomerAction::Link => v1::CustomerAction::Link,
        CustomerAction::Create => v1::CustomerAction::Create,
        CustomerAction::None => v1::CustomerAction::None,
    }
}

/// What two records are to each other.
pub fn relation(relation: Relation) -> v1::Relation {
    match relation {
        Relation::SameCompanyOtherPerson => v1::Relation::SameCompanyOtherPerson,
        Relation::SamePersonOtherCompany => v1::Relation::SamePersonOtherCompany,
    }
}

/// How sure a match is, as the contract's.
pub fn strength(strength: Strength) -> v1::MatchStrength {
    match strength {
        Strength::Strong => v1::MatchStrength::Strong,
        Strength::Probable => v1::MatchStrength::Probable,
        Strength::Possible => v1::MatchStrength::Possible,
    }
}

/// A kind of evidence as the contract's.
pub fn evidence_key(key: EvidenceKey) -> v1::MatchKey {
    match key {
        EvidenceKey::Customer => v1::MatchKey::Customer,
        EvidenceKey::CommercialEntity => v1::MatchKey::CommercialEntity,
        EvidenceKey::Email => v1::MatchKey::Email,
        EvidenceKey::Phone => v1::MatchKey::Phone,
        EvidenceKey::FoldedEmail => v1::MatchKey::FoldedEmail,
        EvidenceKey::Domain => v1::MatchKey::Domain,
        EvidenceKey::CompanyName => v1::MatchKey::CompanyName,
        EvidenceKey::PersonName => v1::MatchKey::PersonName,
        EvidenceKey::Address => v1::MatchKey::Address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_statuses_come_back_as_they_were() {
        for kind in [LeadType::Lead, LeadType::Opportunity] {
            assert_eq!(parse_lead_type("type", lead_type(kind).into()).unwrap(), Some(kind));
        }
        let statuses = [
            LeadStatus::Open,
            LeadStatus::Won,
            LeadStatus::Lost,
            LeadStatus::Archived,
            LeadStatus::Merged,
        ];
        for status in statuses {
            assert_eq!(
                parse_lead_status("status", lead_status(status).into()).unwrap(),
                Some(status)
            );
        }
    }

    #[test]
    fn states_are_asked_for_by_the_name_that_is_stored() {
        for state in [
            ConversionState::Queued,
            ConversionState::Running,
            ConversionState::Cancelled,
        ] {
            let number = conversion_state(&state).into();
            assert_eq!(parse_conversion_state("state", number).unwrap(), Some(state.name()));
        }
    }

    #[test]
    fn zero_is_the_default() {
        assert_eq!(parse_lead_type("type", 0).unwrap(), None);
        assert_eq!(parse_mode("mode", 0).unwrap(), ConversionMode::default());
        assert_eq!(
            parse_survivor_rule("survivor_rule", 0).unwrap(),
            SurvivorRule::default()
        );
        assert_eq!(
            parse_duplicate_policy("on_duplicates", 0).unwrap(),
            DuplicatePolicy::default()
        );
    }

    #[test]
    fn an_unknown_number_is_refused_by_the_name_of_its_field() {
        let refusal = parse_mode("mode", 77).unwrap_err();
        assert_eq!(refusal.violations[0].field, "mode");
    }
}
