//! Carrying out a decision in the world, and ending the conversion.

use super::decide::decide_within;
use super::merge::note;
use super::{Conversion, ConversionState, Decision, Outcome};
use crate::batch::taken_along;
use crate::customer::Customer;
use crate::event::EventBody;
use crate::ids::{ConversionId, EventId, LeadId, NewIds, TimelineEntryId};
use crate::lead::{Lead, LeadType};
use crate::refusal::Refusal;
use crate::world::World;
use chrono::TimeDelta;

/// Decides a live conversion and carries the decision out, or ends it with the refusal. A conversion that is settled
/// already stays as it is: a message may come twice.
pub fn settle(world: &mut World, id: ConversionId, ids: &mut dyn NewIds) {
    let Some(conversion) = world.conversions.get(&id).filter(|one| one.state.is_live()) else {
        return;
    };
    if let Some(end) = taken_along(world, conversion) {
        end_as(world, id, end);
        return;
    }
    let (command, batch) = (conversion.command.clone(), conversion.batch_id);
    match decide_within(world, &command, batch, ids) {
        Ok(decision) => perform(world, id, decision, ids),
        Err(refusal) => fail(world, id, refusal, ids),
    }
}

/// Writes the records of a decision into the world, emits the events and ends the conversion SUCCEEDED.
pub fn perform(world: &mut World, id: ConversionId, decision: Decision, ids: &mut dyn NewIds) {
    let Some(mut conversion) = begun(world, id) else { return };
    let mut teller = Teller {
        conversion: id,
        traceparent: conversion.traceparent.clone(),
        event_ids: Vec::new(),
        ids,
    };
    let created_customer_ids = decision.new_customers.iter().map(|customer| customer.id).collect();
    for customer in decision.new_customers {
        teller.customer_created(world, customer);
    }
    let was = decision.merged.before.kind;
    let note_id = (!decision.tombstones.is_empty()).then(|| TimelineEntryId(teller.ids.next()));
    if let Some(note_id) = note_id {
        let caller = conversion.command.caller;
        let note = note(note_id, &decision.merged, &caller, world.now);
        world.changes.timeline.push(note);
    }
    for tombstone in decision.tombstones {
        teller.merged_away(world, tombstone, decision.lead.id);
    }
    let lead = world.touch_lead(id, decision.lead).clone();
    let merged_lead_ids = decision.plan.merged_lead_ids.clone();
    teller.survivor(world, &lead, was, conversion.lead_id, merged_lead_ids.clone());
    let outcome = Outcome {
        opportunity_id: lead.id,
        customer_id: lead.customer_id,
        created_customer_ids,
        merged_lead_ids,
        salesperson_id: lead.salesperson_id,
        team_id: lead.team_id,
        event_ids: teller.event_ids,
        note_id,
        removed_customer_ids: Vec::new(),
        kept_customer_ids: Vec::new(),
    };
    let window = TimeDelta::from_std(world.config.settings.revert_window).unwrap_or(TimeDelta::MAX);
    conversion.revert_deadline = world.now.checked_add_signed(window);
    conversion.end_time = Some(world.now);
    conversion.state = ConversionState::Succeeded {
        outcome: Box::new(outcome),
        plan: Box::new(decision.plan),
    };
    world.put_conversion(conversion);
}

/// Writes records into the world and tells about them, in the name of one conversion.
struct Teller<'a> {
    conversion: ConversionId,
    traceparent: String,
    event_ids: Vec<EventId>,
    ids: &'a mut dyn NewIds,
}

impl Teller<'_> {
    fn tell(&mut self, world: &mut World, sequence: i64, body: EventBody) {
        self.event_ids
            .push(world.emit(self.ids, sequence, body, &self.traceparent));
    }

    fn customer_created(&mut self, world: &mut World, customer: Customer) {
        let customer = world.put_customer(customer).clone();
        let sequence = customer.version;
        let body = EventBody::CustomerCreated {
            customer: Box::new(customer),
            conversion_id: Some(self.conversion),
        };
        self.tell(world, sequence, body);
    }

    /// Rules 7.5 and 7.7.
    fn merged_away(&mut self, world: &mut World, tombstone: Lead, survivor: LeadId) {
        let tombstone = world.touch_lead(self.conversion, tombstone);
        let (lead_id, version) = (tombstone.id, tombstone.version);
        world.changes.move_timeline(lead_id, survivor);
        let body = EventBody::LeadMerged {
            lead_id,
            survivor_id: survivor,
            conversion_id: self.conversion,
        };
        self.tell(world, version, body);
    }

    /// A lead has become an opportunity, an opportunity has grown, or a lead has and stays one (rules 7.7).
    fn survivor(
        &mut self,
        world: &mut World,
        lead: &Lead,
        was: LeadType,
        source_lead_id: LeadId,
        merged_lead_ids: Vec<LeadId>,
    ) {
        let customer = lead.customer_id.and_then(|id| world.customers.get(&id));
        let customer = customer.cloned().map(Box::new);
        let record = Box::new(lead.clone());
        let conversion_id = self.conversion;
        let body = match (was, lead.kind) {
            (_, LeadType::Lead) => EventBody::LeadUpdated { lead: record },
            (LeadType::Opportunity, LeadType::Opportunity) => EventBody::OpportunityMerged {
                opportunity: record,
                customer,
                merged_lead_ids,
                conversion_id,
            },
            (LeadType::Lead, LeadType::Opportunity) => EventBody::OpportunityCreated {
                opportunity: record,
                customer,
                source_lead_id,
                merged_lead_ids,
                conversion_id,
            },
        };
        self.tell(world, lead.version, body);
    }
}

/// Ends an item whose record another item of its batch has converted (rules 8.2). There is nothing of it to take back.
fn end_as(world: &mut World, id: ConversionId, end: ConversionState) {
    let Some(mut conversion) = begun(world, id) else { return };
    conversion.end_time = Some(world.now);
    conversion.state = end;
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
        batch_id: conversion.batch_id,
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
