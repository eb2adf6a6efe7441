//! The request that the command line describes.

use opportune_contract::v1::convert_lead_request::Customer;
use opportune_contract::v1::{ConvertLeadRequest, CreateCustomer, DuplicatePolicy, MatchOrCreateCustomer, NoCustomer};
use prost_types::Duration;

use crate::cli::{ConvertArgs, CustomerChoice, DuplicatesChoice};

/// The longest that a server holds a call.
const LONGEST_WAIT: Duration = Duration { seconds: 60, nanos: 0 };

/// To convert `lead` in the way that the command line says.
pub(super) fn new(args: &ConvertArgs, lead: &str) -> ConvertLeadRequest {
    ConvertLeadRequest {
        lead_id: lead.to_owned(),
        validate_only: args.preview,
        on_duplicates: duplicates(args.on_duplicates).into(),
        customer: Some(customer(args)),
        salesperson_id: args.salesperson.clone().unwrap_or_default(),
        team_id: args.team.clone().unwrap_or_default(),
        wait: (args.wait && !args.preview).then_some(LONGEST_WAIT),
        ..ConvertLeadRequest::default()
    }
}

fn duplicates(choice: DuplicatesChoice) -> DuplicatePolicy {
    match choice {
        DuplicatesChoice::Reject => DuplicatePolicy::Reject,
        DuplicatesChoice::Ignore => DuplicatePolicy::Ignore,
        DuplicatesChoice::Merge => DuplicatePolicy::Merge,
    }
}

fn customer(args: &ConvertArgs) -> Customer {
    match (&args.link_customer, args.customer) {
        (Some(id), _) => Customer::LinkCustomerId(id.clone()),
        (None, CustomerChoice::MatchOrCreate) => Customer::MatchOrCreateCustomer(MatchOrCreateCustomer {}),
        (None, CustomerChoice::Create) => Customer::CreateCustomer(CreateCustomer {}),
        (None, CustomerChoice::None) => Customer::NoCustomer(NoCustomer {}),
    }
}
