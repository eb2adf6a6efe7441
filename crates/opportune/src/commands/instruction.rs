//! How to convert, as the command line says it.

use opportune_contract::v1::convert_instruction::Customer;
use opportune_contract::v1::{
    ConversionMode, ConvertInstruction, CreateCustomer, DuplicatePolicy, MatchOrCreateCustomer, NoCustomer,
    SurvivorRule,
};

use crate::cli::{CustomerChoice, DuplicatesChoice, InstructionArgs, ModeChoice, SurvivorChoice};

/// The instruction for one lead, a batch or an import.
pub fn of(args: &InstructionArgs) -> ConvertInstruction {
    ConvertInstruction {
        mode: mode(args.mode).into(),
        survivor_rule: survivor_rule(args.survivor_rule).into(),
        on_duplicates: duplicates(args.on_duplicates).into(),
        customer: Some(customer(args)),
        salesperson_id: args.salesperson.clone().unwrap_or_default(),
        team_id: args.team.clone().unwrap_or_default(),
        force_assignment: args.force_assignment,
    }
}

fn mode(choice: ModeChoice) -> ConversionMode {
    match choice {
        ModeChoice::Convert => ConversionMode::Convert,
        ModeChoice::Merge => ConversionMode::Merge,
    }
}

fn survivor_rule(choice: SurvivorChoice) -> SurvivorRule {
    match choice {
        SurvivorChoice::EarliestCreated => SurvivorRule::EarliestCreated,
        SurvivorChoice::Confidence => SurvivorRule::Confidence,
    }
}

fn duplicates(choice: DuplicatesChoice) -> DuplicatePolicy {
    match choice {
        DuplicatesChoice::Reject => DuplicatePolicy::Reject,
        DuplicatesChoice::Ignore => DuplicatePolicy::Ignore,
        DuplicatesChoice::Merge => DuplicatePolicy::Merge,
    }
}

fn customer(args: &InstructionArgs) -> Customer {
    match (&args.link_customer, args.customer) {
        (Some(id), _) => Customer::LinkCustomerId(id.clone()),
        (None, CustomerChoice::MatchOrCreate) => Customer::MatchOrCreateCustomer(MatchOrCreateCustomer {}),
        (None, CustomerChoice::Create) => Customer::CreateCustomer(CreateCustomer {}),
        (None, CustomerChoice::None) => Customer::NoCustomer(NoCustomer {}),
    }
}
