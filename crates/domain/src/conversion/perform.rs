//! Carrying out a decision in the world, and ending the conversion.

use super::{Conversion, ConversionState, Decision, Outcome, decide};
use crate::event::EventBody;
use crate::ids::{ConversionId, EventId, NewIds};
use crate::refusal::Refusal;
use crate::world::World;
use chrono::TimeDelta;

/// Decides a live conversion and carries the decision out, or ends it with the refusal. A conversion that is settled
/// already stays as it is: a message may come twice.
pub fn settle(world: &mut World, id: ConversionId, ids: &mut dyn NewIds) {
    let Some(conversion) = world.conversions.get(&id).filter(|one| one.state.is_live()) else {
        return;
    };
    let command = conversion.command.clone();
    match decide(world, &command, ids) {
        Ok(decision) => perform(world, id, decision, ids),
        Err(refusal) => fail(world, id, refusal, ids),
    }
}

/// Writes the records of a decision into the world, emits the events and ends the conversion SUCCEEDED.
pub fn perform(world: &mut World, id: ConversionId, decision: Decision, ids: &mut dyn NewIds) {
    let Some(mut conversion) = begun(world, id) else { return };
    let trace = conversion.traceparent.clone();
    let Decision {
        plan,
        lead,
        new_customers,
    } = decision;
    let mut event_ids: Vec<EventId> = Vec::new();
    let created_customer_ids = new_customers.iter().map(|customer| customer.id).collect();
    for customer in new_customers {
        let customer = Box::new(world.put_customer(customer).clone());
        let sequence = customer.version;
        let body = EventBody::CustomerCreated {
            customer,
            conversion_id: Some(id),
        };
        event_ids.push(world.emit(ids, sequence, body, &trace));
    }
    let lead = world.put_lead(lead).clone();
    world.changes.touched_leads.insert(lead.id, id);
    let customer = lead
        .customer_id
        .and_then(|customer| world.customers.get(&customer))
        .cloned()
        .map(Box::new);
    let outcome = |event_ids| Outcome {
        opportunity_id: lead.id,
        customer_id: lead.customer_id,
        created_customer_ids,
        merged_lead_ids: plan.merged_lead_ids.clone(),
        salesperson_id: lead.salesperson_id,
        team_id: lead.team_id,
        event_ids,
    };
    let body = EventBody::OpportunityCreated {
        opportunity: Box::new(lead.clone()),
        customer,
        source_lead_id: conversion.lead_id,
        merged_lead_ids: plan.merged_lead_ids.clone(),
        conversion_id: id,
    };
    event_ids.push(world.emit(ids, lead.version, body, &trace));
    let window = TimeDelta::from_std(world.config.settings.revert_window).unwrap_or(TimeDelta::MAX);
    conversion.revert_deadline = world.now.checked_add_signed(window);
    conversion.end_time = Some(world.now);
    conversion.state = ConversionState::Succeeded {
        outcome: Box::new(outcome(event_ids)),
        plan: Box::new(plan),
    };
    world.put_conversion(conversion);
}

/// Ends a conversion FAILED and says so.
pub fn fail(world: &mut World, id: ConversionId, error: Refusal, ids: &mut dyn NewIds) {
    let Some(mut conversion) = begun(world, id) else { return };
    conversion.end_time = Some(world.now);
    conversion.state = ConversionState::Failed {
        error: Box::new(error.clone()),
    };
    let body = EventBody::ConversionFailed {
        conversion_id: id,
        lead_id: conversion.lead_id,
        error,
        attempt: conversion.attempt,
    };
    world.emit(ids, i64::from(conversion.attempt), body, &conversion.traceparent);
    world.put_conversion(conversion);
}

/// The conversion with this try counted, unless the try was counted when it said RUNNING.
fn begun(world: &World, id: ConversionId) -> Option<Conversion> {
    let mut conversion = world.conversions.get(&id)?.clone();
    if conversion.state == ConversionState::Queued {
        conversion.attempt += 1;
    }
    conversion.start_time = conversion.start_time.or(Some(world.now));
    Some(conversion)
}
