//! What is asked of a batch: an instruction for all, a pool of salespeople, who asks.

use crate::access::Caller;
use crate::conversion::{ConversionMode, ConvertCommand, CustomerChoice, DuplicatePolicy, SurvivorRule};
use crate::ids::{LeadId, SalespersonId, TeamId};
use crate::lead::references::{customer_exists, salesperson_works, team_exists};
use crate::refusal::{Reason, Refusal};
use crate::world::World;
use serde::{Deserialize, Serialize};

/// How to convert: the part of a command that can be said of many records at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instruction {
    /// Convert or merge.
    pub mode: ConversionMode,
    /// Who survives a merge.
    pub survivor_rule: SurvivorRule,
    /// What duplicates mean.
    pub on_duplicates: DuplicatePolicy,
    /// Which customer.
    pub customer: CustomerChoice,
    /// The salesperson, if given (rules 6.3).
    pub salesperson_id: Option<SalespersonId>,
    /// The team, if given (rules 6.3).
    pub team_id: Option<TeamId>,
    /// Replace a salesperson that is there.
    pub force_assignment: bool,
}

/// What is asked of a batch as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchOrder {
    /// For all records but those with one of their own.
    pub instruction: Instruction,
    /// The pool (rules 6.4); empty = none.
    pub pool: Vec<SalespersonId>,
    /// Who asked.
    pub caller: Caller,
    /// Trace of the call; empty = none.
    #[serde(skip)]
    pub traceparent: String,
}

impl Instruction {
    /// The command for one record, with the salesperson and the team that the instruction names.
    pub fn command(&self, lead_id: LeadId, caller: Caller) -> ConvertCommand {
        ConvertCommand {
            lead_id,
            etag: None,
            expected_plan_digest: None,
            mode: self.mode,
            merge_lead_ids: Vec::new(),
            survivor_rule: self.survivor_rule,
            on_duplicates: self.on_duplicates,
            customer: self.customer,
            salesperson_id: self.salesperson_id,
            team_id: self.team_id,
            force_assignment: self.force_assignment,
            caller,
        }
    }
}

/// Refuses a batch for what would be wrong with every item of it.
///
/// # Errors
/// `PERMISSION_DENIED`, `FIELD_INVALID`, `SALESPERSON_NOT_FOUND`, `TEAM_NOT_FOUND`, `CUSTOMER_NOT_FOUND`.
pub fn check_order(world: &World, order: &BatchOrder) -> Result<(), Refusal> {
    order.caller.must_handle_records()?;
    let instruction = &order.instruction;
    if !order.pool.is_empty() && instruction.salesperson_id.is_some() {
        return Err(Refusal::field(
            "salesperson_ids",
            "cannot be given together with instruction.salesperson_id",
        ));
    }
    if let Some(id) = instruction.salesperson_id {
        salesperson_works(world, id).map_err(|refusal| at(refusal, "instruction.salesperson_id"))?;
    }
    for (index, id) in order.pool.iter().enumerate() {
        salesperson_works(world, *id).map_err(|refusal| at(refusal, &format!("salesperson_ids[{index}]")))?;
    }
    instruction.team_id.map_or(Ok(()), |id| team_exists(world, id))?;
    match instruction.customer {
        CustomerChoice::Link(id) => customer_exists(world, id),
        _ => Ok(()),
    }
}

/// The same refusal, of a field that has another name here.
fn at(refusal: Refusal, field: &str) -> Refusal {
    match refusal.violations.first() {
        Some(violation) if refusal.reason == Reason::FieldInvalid => {
            Refusal::field(field, violation.description.clone())
        }
        _ => refusal,
    }
}
