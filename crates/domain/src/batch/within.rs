//! Duplicates inside of a batch (rules 8.2): the same outcome whichever worker comes first, and however the items are
//! divided into micro-batches.

use crate::conversion::{
    AssignmentDecision, Conversion, ConversionState, ConvertCommand, CustomerAction, CustomerDecision, Outcome, Plan,
    named_leads, survivor_of,
};
use crate::ids::{BatchId, ConversionId, LeadId};
use crate::lead::{Lead, LeadType};
use crate::similar::{self, Match};
use crate::world::World;
use std::collections::BTreeSet;

/// An item of a batch, as far as other items of it need to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// Its conversion.
    pub conversion: ConversionId,
    /// The opportunity that it made or found, if it has succeeded.
    pub opportunity: Option<LeadId>,
}

/// Records that may be items of the same batch and matter to this one whatever its policy: its own, and those that were
/// merged with it.
pub fn item_keys(world: &World, conversion: &Conversion) -> Vec<(BatchId, LeadId)> {
    let Some(batch) = conversion.batch_id else {
        return Vec::new();
    };
    let own = named_leads(world, &conversion.command);
    let merged = own.iter().filter_map(|id| world.leads.get(id));
    let merged: Vec<LeadId> = merged.flat_map(|lead| lead.merged_lead_ids.iter().copied()).collect();
    own.into_iter().chain(merged).map(|lead| (batch, lead)).collect()
}

/// What its duplicates mean to an item. Under REJECT those that are items of the same batch and later than it stop it not.
/// Where they are merged, those that are items bring their own duplicates along: it is one merge, whichever item is first.
pub fn duplicates_within(
    world: &World,
    batch: BatchId,
    lead: &Lead,
    command: &ConvertCommand,
    mut duplicates: Vec<Match>,
) -> Vec<Match> {
    if command.merges() {
        bring_along(world, batch, lead, command, &mut duplicates);
    } else {
        duplicates.retain(|found| !is_later_item(world, batch, lead, found.lead_id));
    }
    duplicates
}

fn is_later_item(world: &World, batch: BatchId, lead: &Lead, other: LeadId) -> bool {
    let later = |other: &Lead| (lead.create_time, lead.id) < (other.create_time, other.id);
    world.items.contains_key(&(batch, other)) && world.leads.get(&other).is_some_and(later)
}

fn bring_along(world: &World, batch: BatchId, lead: &Lead, command: &ConvertCommand, duplicates: &mut Vec<Match>) {
    let mut known: BTreeSet<LeadId> = duplicates.iter().map(|found| found.lead_id).collect();
    known.insert(lead.id);
    let mut next = 0;
    while let Some(found) = duplicates.get(next) {
        next += 1;
        let Some(item) = world
            .leads
            .get(&found.lead_id)
            .filter(|item| world.items.contains_key(&(batch, item.id)))
        else {
            continue;
        };
        let more = similar::duplicates(world, item, &command.caller);
        duplicates.extend(more.into_iter().filter(|found| known.insert(found.lead_id)));
    }
}

/// The end of an item whose record another item of the same batch has converted or absorbed: it has succeeded, and
/// names the opportunity. `None` = no other item has.
pub fn taken_along(world: &World, conversion: &Conversion) -> Option<ConversionState> {
    let batch = conversion.batch_id?;
    let named = world.leads.get(&conversion.lead_id)?;
    let lead = survivor_of(world, named);
    if lead.kind != LeadType::Opportunity {
        return None;
    }
    let own = named_leads(world, &conversion.command);
    let by_another = own.iter().chain(&lead.merged_lead_ids).any(|id| {
        let item = world.items.get(&(batch, *id));
        item.is_some_and(|item| item.opportunity == Some(lead.id) && item.conversion != conversion.id)
    });
    by_another.then(|| ConversionState::Succeeded {
        plan: Box::new(plan_of_nothing(lead)),
        outcome: Box::new(Outcome {
            opportunity_id: lead.id,
            customer_id: lead.customer_id,
            created_customer_ids: Vec::new(),
            merged_lead_ids: Vec::new(),
            salesperson_id: lead.salesperson_id,
            team_id: lead.team_id,
            event_ids: Vec::new(),
            note_id: None,
            removed_customer_ids: Vec::new(),
            kept_customer_ids: Vec::new(),
        }),
    })
}

fn plan_of_nothing(lead: &Lead) -> Plan {
    let reason = "8.2: another item of the batch has converted the record";
    Plan {
        digest: String::new(),
        resulting_type: lead.kind,
        survivor_id: lead.id,
        merged_lead_ids: Vec::new(),
        fields: Vec::new(),
        customer: Some(CustomerDecision {
            action: CustomerAction::Keep,
            customer_id: lead.customer_id,
            company_id: None,
            reason: reason.to_owned(),
            differences: Vec::new(),
            new_person: None,
            new_company: None,
        }),
        assignment: AssignmentDecision {
            salesperson_id: lead.salesperson_id,
            team_id: lead.team_id,
            reason: reason.to_owned(),
        },
        stage_id: lead.stage_id,
        not_carried: Vec::new(),
    }
}
