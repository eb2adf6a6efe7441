//! The request that the command line describes.

use opportune_contract::v1::convert_instruction::Customer as Said;
use opportune_contract::v1::convert_lead_request::Customer;
use opportune_contract::v1::{ConversionMode, ConvertLeadRequest};
use prost_types::Duration;

use crate::cli::ConvertArgs;
use crate::commands::instruction;

/// The longest that a server holds a call.
const LONGEST_WAIT: Duration = Duration { seconds: 60, nanos: 0 };

/// To convert `lead` in the way that the command line says. Who names others wants to merge.
pub(super) fn new(args: &ConvertArgs, lead: &str) -> ConvertLeadRequest {
    let how = instruction::of(&args.instruction);
    let mode = if args.merge.is_empty() {
        how.mode
    } else {
        ConversionMode::Merge.into()
    };
    ConvertLeadRequest {
        lead_id: lead.to_owned(),
        validate_only: args.preview,
        mode,
        merge_lead_ids: args.merge.clone(),
        survivor_rule: how.survivor_rule,
        on_duplicates: how.on_duplicates,
        customer: how.customer.map(customer),
        salesperson_id: how.salesperson_id,
        team_id: how.team_id,
        force_assignment: how.force_assignment,
        wait: (args.wait && !args.preview).then_some(LONGEST_WAIT),
        ..ConvertLeadRequest::default()
    }
}

/// The same choice, as the request for one lead has it.
fn customer(said: Said) -> Customer {
    match said {
        Said::CreateCustomer(create) => Customer::CreateCustomer(create),
        Said::LinkCustomerId(id) => Customer::LinkCustomerId(id),
        Said::NoCustomer(none) => Customer::NoCustomer(none),
        Said::MatchOrCreateCustomer(matched) => Customer::MatchOrCreateCustomer(matched),
    }
}
