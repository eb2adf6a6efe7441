//! The decision (rules 4.2): duplicates → customer → type → assignment → stage. Pure: a preview stops here.

use super::customer::choose_customer;
use super::digest::digest;
use super::plan::{AssignmentDecision, FieldDecision, Plan};
use super::{ConvertCommand, DuplicatePolicy, target};
use crate::customer::Customer;
use crate::ids::NewIds;
use crate::lead::{Lead, LeadType, assign, keep_or_first_stage};
use crate::refusal::{Reason, Refusal};
use crate::similar::{self, Match};
use crate::world::World;

/// How many duplicates a refusal names.
const NAMED_DUPLICATES: usize = 5;

/// A plan, and the records as they shall be.
#[derive(Debug, Clone)]
pub struct Decision {
    /// What and why.
    pub plan: Plan,
    /// The opportunity as it shall be.
    pub lead: Lead,
    /// Customers to be created, companies first.
    pub new_customers: Vec<Customer>,
}

/// Decides what `command` does in `world`, without doing it.
///
/// # Errors
/// Every reason of [`target`], `DUPLICATES_FOUND`, `PLAN_CHANGED`.
pub fn decide(world: &World, command: &ConvertCommand, ids: &mut dyn NewIds) -> Result<Decision, Refusal> {
    let before = target(world, command)?;
    ask_duplicates_policy(world, before, command)?;
    let mut lead = before.clone();
    let chosen = choose_customer(world, &mut lead, command.customer, ids);
    lead.kind = LeadType::Opportunity;
    lead.convert_time = Some(world.now);
    let assignment = assign_single(world, before, &mut lead, command);
    lead.stage_id = keep_or_first_stage(&world.config, lead.stage_id, lead.team_id);
    let new_customers: Vec<Customer> = [&chosen.decision.new_company, &chosen.decision.new_person]
        .into_iter()
        .flatten()
        .map(|customer| (**customer).clone())
        .collect();
    let digest = digest(before, &lead, &new_customers);
    must_be_as_previewed(command, &digest)?;
    let plan = Plan {
        digest,
        resulting_type: lead.kind,
        survivor_id: lead.id,
        merged_lead_ids: Vec::new(),
        fields: chosen.filled.into_iter().map(from_customer).collect(),
        customer: chosen.decision,
        assignment,
        stage_id: lead.stage_id,
        not_carried: Vec::new(),
    };
    Ok(Decision {
        plan,
        lead,
        new_customers,
    })
}

/// Rules 6.1 to 6.3 for one record; the assignment time moves only with the salesperson (rules 6.5).
fn assign_single(world: &World, before: &Lead, lead: &mut Lead, command: &ConvertCommand) -> AssignmentDecision {
    let wish = assign(
        &world.config,
        before,
        command.salesperson_id,
        command.team_id,
        LeadType::Opportunity,
    );
    lead.salesperson_id = wish.salesperson_id;
    lead.team_id = wish.team_id;
    if lead.salesperson_id != before.salesperson_id {
        lead.assign_time = lead.salesperson_id.map(|_| world.now);
    }
    AssignmentDecision {
        salesperson_id: wish.salesperson_id,
        team_id: wish.team_id,
        reason: wish.reason,
    }
}

/// Rules 4.5.
fn ask_duplicates_policy(world: &World, lead: &Lead, command: &ConvertCommand) -> Result<(), Refusal> {
    if command.on_duplicates == DuplicatePolicy::Ignore {
        return Ok(());
    }
    let duplicates = similar::duplicates(world, lead, &command.caller);
    match (command.on_duplicates, duplicates.is_empty()) {
        (_, true) | (DuplicatePolicy::Ignore, _) => Ok(()),
        (DuplicatePolicy::Reject, false) => Err(duplicates_found(&duplicates)),
        (DuplicatePolicy::Merge, false) => Err(Refusal::new(
            Reason::NotImplemented,
            "the lead has duplicates and merging is not available yet",
        )),
    }
}

fn duplicates_found(duplicates: &[Match]) -> Refusal {
    let best: Vec<String> = duplicates
        .iter()
        .take(NAMED_DUPLICATES)
        .map(|found| found.lead_id.to_string())
        .collect();
    Refusal::new(
        Reason::DuplicatesFound,
        format!(
            "{} records are probably the same: {}",
            duplicates.len(),
            best.join(", ")
        ),
    )
    .with("lead_ids", best.join(","))
    .with("count", duplicates.len())
}

/// Rules 4.6.
fn must_be_as_previewed(command: &ConvertCommand, digest: &str) -> Result<(), Refusal> {
    match &command.expected_plan_digest {
        Some(expected) if expected != digest => Err(Refusal::new(
            Reason::PlanChanged,
            "the conversion would not do what was previewed",
        )
        .with("digest", digest)),
        _ => Ok(()),
    }
}

fn from_customer((field, value): (&'static str, String)) -> FieldDecision {
    FieldDecision {
        field: field.to_owned(),
        source_lead_id: None,
        rule: "5.6: empty, filled from the customer".to_owned(),
        value,
        lost: Vec::new(),
    }
}
