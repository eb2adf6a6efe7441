//! What a caller asks a conversion to do.

use crate::enums::{parse_duplicate_policy, parse_mode, parse_survivor_rule};
use crate::fields::Fields;
use crate::ids::{parse_id, parse_ids, required_id};
use opportune_contract::v1;
use opportune_contract::v1::convert_lead_request::Customer;
use opportune_domain::access::Caller;
use opportune_domain::conversion::{ConversionMode, ConvertCommand, CustomerChoice, DuplicatePolicy};
use opportune_domain::ids::LeadId;
use opportune_domain::refusal::{Reason, Refusal};
use uuid::Uuid;

/// The command of a request; idempotency key, preview and waiting are not part of it.
///
/// # Errors
/// `FIELD_INVALID` naming every field that cannot be read.
pub fn convert_command(request: &v1::ConvertLeadRequest, caller: Caller) -> Result<ConvertCommand, Refusal> {
    let mut fields = Fields::new(None, &[]);
    let command = ConvertCommand {
        lead_id: LeadId(
            fields
                .parse("lead_id", || required_id::<Uuid>("lead_id", &request.lead_id))
                .unwrap_or_default(),
        ),
        etag: given(&request.etag),
        expected_plan_digest: given(&request.expected_plan_digest),
        mode: fields
            .parse("mode", || parse_mode("mode", request.mode))
            .unwrap_or_default(),
        merge_lead_ids: fields
            .parse("merge_lead_ids", || {
                parse_ids("merge_lead_ids", &request.merge_lead_ids)
            })
            .unwrap_or_default(),
        survivor_rule: fields
            .parse("survivor_rule", || {
                parse_survivor_rule("survivor_rule", request.survivor_rule)
            })
            .unwrap_or_default(),
        on_duplicates: fields
            .parse("on_duplicates", || {
                parse_duplicate_policy("on_duplicates", request.on_duplicates)
            })
            .unwrap_or_default(),
        customer: fields
            .parse("customer", || customer_choice(request.customer.as_ref()))
            .unwrap_or_default(),
        salesperson_id: fields
            .parse("salesperson_id", || parse_id("salesperson_id", &request.salesperson_id))
            .flatten(),
        team_id: fields
            .parse("team_id", || parse_id("team_id", &request.team_id))
            .flatten(),
        force_assignment: request.force_assignment,
        caller,
    };
    fields.finish(command)
}

/// The command of a merge that does not convert: the first record, and the others.
///
/// # Errors
/// `FIELD_INVALID` naming every field that cannot be read, `NOTHING_TO_MERGE` when no record is named.
pub fn merge_command(request: &v1::MergeLeadsRequest, caller: Caller) -> Result<ConvertCommand, Refusal> {
    let mut fields = Fields::new(None, &[]);
    let ids: Vec<LeadId> = fields
        .parse("lead_ids", || parse_ids("lead_ids", &request.lead_ids))
        .unwrap_or_default();
    let command = ConvertCommand {
        lead_id: ids.first().copied().unwrap_or(LeadId(Uuid::nil())),
        etag: None,
        expected_plan_digest: given(&request.expected_plan_digest),
        mode: ConversionMode::MergeOnly,
        merge_lead_ids: ids.iter().skip(1).copied().collect(),
        survivor_rule: fields
            .parse("survivor_rule", || {
                parse_survivor_rule("survivor_rule", request.survivor_rule)
            })
            .unwrap_or_default(),
        on_duplicates: DuplicatePolicy::Ignore,
        customer: CustomerChoice::MatchOrCreate,
        salesperson_id: fields
            .parse("salesperson_id", || parse_id("salesperson_id", &request.salesperson_id))
            .flatten(),
        team_id: fields
            .parse("team_id", || parse_id("team_id", &request.team_id))
            .flatten(),
        force_assignment: false,
        caller,
    };
    let command = fields.finish(command)?;
    if ids.is_empty() {
        return Err(Refusal::new(Reason::NothingToMerge, "lead_ids names no records"));
    }
    Ok(command)
}

fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn customer_choice(choice: Option<&Customer>) -> Result<CustomerChoice, Refusal> {
    Ok(match choice {
        None | Some(Customer::MatchOrCreateCustomer(_)) => CustomerChoice::MatchOrCreate,
        Some(Customer::CreateCustomer(_)) => CustomerChoice::Create,
        Some(Customer::NoCustomer(_)) => CustomerChoice::None,
        Some(Customer::LinkCustomerId(id)) => CustomerChoice::Link(required_id("link_customer_id", id)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use opportune_domain::conversion::SurvivorRule;
    use opportune_domain::ids::CustomerId;

    fn request() -> v1::ConvertLeadRequest {
        v1::ConvertLeadRequest {
            lead_id: Uuid::from_u128(1).to_string(),
            ..v1::ConvertLeadRequest::default()
        }
    }

    #[test]
    fn what_is_not_given_has_the_defaults_of_the_contract() {
        let command = convert_command(&request(), Caller::default()).unwrap();
        assert_eq!(command.mode, ConversionMode::Convert);
        assert_eq!(command.survivor_rule, SurvivorRule::EarliestCreated);
        assert_eq!(command.on_duplicates, DuplicatePolicy::Reject);
        assert_eq!(command.customer, CustomerChoice::MatchOrCreate);
        assert_eq!(
            (command.etag, command.expected_plan_digest, command.team_id),
            (None, None, None)
        );
    }

    #[test]
    fn each_choice_about_the_customer_is_its_own() {
        let id = Uuid::from_u128(3);
        let choices = [
            (Customer::CreateCustomer(v1::CreateCustomer {}), CustomerChoice::Create),
            (Customer::NoCustomer(v1::NoCustomer {}), CustomerChoice::None),
            (
                Customer::MatchOrCreateCustomer(v1::MatchOrCreateCustomer {}),
                CustomerChoice::MatchOrCreate,
            ),
            (
                Customer::LinkCustomerId(id.to_string()),
                CustomerChoice::Link(CustomerId(id)),
            ),
        ];
        for (sent, expected) in choices {
            let request = v1::ConvertLeadRequest {
                customer: Some(sent),
                ..request()
            };
            assert_eq!(convert_command(&request, Caller::default()).unwrap().customer, expected);
        }
    }

    #[test]
    fn every_field_that_cannot_be_read_is_named() {
        let request = v1::ConvertLeadRequest {
            lead_id: String::new(),
            mode: 12,
            customer: Some(Customer::LinkCustomerId(String::new())),
            team_id: "x".into(),
            ..v1::ConvertLeadRequest::default()
        };
        let refusal = convert_command(&request, Caller::default()).unwrap_err();
        let named: Vec<_> = refusal
            .violations
            .iter()
            .map(|violation| violation.field.as_str())
            .collect();
        assert_eq!(named, ["lead_id", "mode", "link_customer_id", "team_id"]);
    }
}
