//! The decision (rules 4.2): duplicates → merge → customer → type → assignment → stage. Pure: a preview stops here.

use super::customer::{Chosen, choose_customer};
use super::digest::digest;
use super::merge::{Merged, merge, tombstone};
use super::plan::{AssignmentDecision, FieldDecision, Plan};
use super::records::others;
use super::{ConversionMode, ConvertCommand, target};
use crate::customer::Customer;
use crate::ids::{BatchId, NewIds};
use crate::lead::{Lead, LeadType, assign, keep_or_first_stage};
use crate::refusal::{Reason, Refusal};
use crate::world::World;

/// A plan, and the records as they shall be.
#[derive(Debug, Clone)]
pub struct Decision {
    /// What and why.
    pub plan: Plan,
    /// The record that lives on, as it shall be.
    pub lead: Lead,
    /// The records that it absorbs, as tombstones.
    pub tombstones: Vec<Lead>,
    /// Customers to be created, companies first.
    pub new_customers: Vec<Customer>,
    /// The merge behind it, for the note about it.
    pub merged: Merged,
}

/// Decides what `command` does in `world`, without doing it.
///
/// # Errors
/// Every reason of [`target`] and [`others`]; `PLAN_CHANGED`.
pub fn decide(world: &World, command: &ConvertCommand, ids: &mut dyn NewIds) -> Result<Decision, Refusal> {
    decide_within(world, command, None, ids)
}

/// The same for an item of a batch, whose duplicates inside of the batch are seen differently (rules 8.2).
pub(super) fn decide_within(
    world: &World,
    command: &ConvertCommand,
    batch: Option<BatchId>,
    ids: &mut dyn NewIds,
) -> Result<Decision, Refusal> {
    let merged = merged_within(world, command, batch)?;
    let mut lead = merged.lead.clone();
    let chosen =
        (command.mode != ConversionMode::MergeOnly).then(|| choose_customer(world, &mut lead, command.customer, ids));
    let becomes = resulting_type(command, &merged);
    if lead.kind != becomes {
        lead.kind = becomes;
        lead.convert_time = Some(world.now);
    }
    let assignment = assign_one(world, &merged, &mut lead, command);
    lead.stage_id = keep_or_first_stage(&world.config, lead.stage_id, lead.team_id);
    let new_customers = new_customers(chosen.as_ref());
    let (customer, filled) = match chosen {
        Some(Chosen { decision, filled }) => (Some(decision), filled),
        None => (None, Vec::new()),
    };
    let mut fields = merged.fields.clone();
    fields.extend(filled.into_iter().map(from_customer));
    let mut plan = Plan {
        digest: String::new(),
        resulting_type: lead.kind,
        survivor_id: lead.id,
        merged_lead_ids: merged.absorbed.iter().map(|lead| lead.id).collect(),
        fields,
        customer,
        assignment,
        stage_id: lead.stage_id,
        not_carried: merged.not_carried.clone(),
    };
    plan.digest = digest(&merged.before, &lead, &plan, &new_customers);
    must_be_as_previewed(command, &plan.digest)?;
    Ok(Decision {
        tombstones: merged
            .absorbed
            .iter()
            .map(|absorbed| tombstone(absorbed, &lead))
            .collect(),
        plan,
        lead,
        new_customers,
        merged,
    })
}

/// The record that a command is about, merged with the others that it names or that are found (rules 4.5, 7).
///
/// # Errors
/// Every reason of [`target`] and [`others`].
pub fn merged(world: &World, command: &ConvertCommand) -> Result<Merged, Refusal> {
    merged_within(world, command, None)
}

/// The same for an item of a batch.
///
/// # Errors
/// Those of [`merged`].
pub fn merged_within(world: &World, command: &ConvertCommand, batch: Option<BatchId>) -> Result<Merged, Refusal> {
    let lead = target(world, command)?;
    let others = others(world, lead, command, batch)?;
    Ok(merge(&world.config, lead, &others, command.survivor_rule))
}

/// Rules 4.3 and 7.3.
fn resulting_type(command: &ConvertCommand, merged: &Merged) -> LeadType {
    if command.mode == ConversionMode::MergeOnly && !merged.has_opportunity() {
        LeadType::Lead
    } else {
        LeadType::Opportunity
    }
}

/// Rules 6.1 to 6.3 and 6.6 for one record; the assignment time moves only with the salesperson (rules 6.5).
fn assign_one(world: &World, merged: &Merged, lead: &mut Lead, command: &ConvertCommand) -> AssignmentDecision {
    let wish = assign(
        &world.config,
        &merged.lead,
        command.salesperson_id,
        command.team_id,
        lead.kind,
    );
    lead.salesperson_id = wish.salesperson_id;
    lead.team_id = wish.team_id;
    if lead.salesperson_id != merged.before.salesperson_id {
        lead.assign_time = lead.salesperson_id.map(|_| world.now);
    }
    AssignmentDecision {
        salesperson_id: wish.salesperson_id,
        team_id: wish.team_id,
        reason: wish.reason,
    }
}

fn new_customers(chosen: Option<&Chosen>) -> Vec<Customer> {
    let made = chosen.map(|chosen| [&chosen.decision.new_company, &chosen.decision.new_person]);
    let made = made.into_iter().flatten().flatten();
    made.map(|customer| (**customer).clone()).collect()
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
