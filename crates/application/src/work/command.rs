//! What deciding a command has to see, and what it may change.

use super::similar::duplicate_keys;
use crate::ports::Needs;
use opportune_domain::conversion::{ConvertCommand, customer_needs, merged_within, named_leads, survivor_of};
use opportune_domain::ids::{BatchId, LeadId};
use opportune_domain::keys::Key;
use opportune_domain::lead::Lead;
use opportune_domain::world::World;
use std::collections::{BTreeMap, BTreeSet};

/// Adds what deciding `command` needs to see, as far as that is known. With `lock`, what it may change is locked.
/// Normal forms are slow to make: what was asked for a lead once is kept in `asked`. Of an item of `batch` its duplicates
/// inside of the batch may bring others along (rules 8.2).
pub(super) fn command_needs(
    world: &World,
    command: &ConvertCommand,
    batch: Option<BatchId>,
    needs: &mut Needs,
    asked: &mut BTreeMap<LeadId, BTreeSet<Key>>,
    lock: bool,
) {
    let leads = if lock { &mut needs.leads } else { &mut needs.peek_leads };
    leads.extend(named_leads(world, command));
    let Some(lead) = world.leads.get(&command.lead_id).map(|named| survivor_of(world, named)) else {
        return;
    };
    // Refused, as far as is known: then the record itself tells what else there is to look at.
    let merged = command
        .merges()
        .then(|| merged_within(world, command, batch).ok())
        .flatten();
    if let Some(merged) = merged {
        leads.extend(merged.absorbed.iter().map(|lead| lead.id));
        for absorbed in &merged.absorbed {
            duplicates_of(world, absorbed, command, batch, needs, asked);
        }
        customer_step(&merged.lead, command, needs, lock);
    } else {
        customer_step(lead, command, needs, lock);
    }
    duplicates_of(world, lead, command, batch, needs, asked);
}

/// The keys by which duplicates are found: those of the record itself, and in a batch those of the items it is merged with.
fn duplicates_of(
    world: &World,
    lead: &Lead,
    command: &ConvertCommand,
    batch: Option<BatchId>,
    needs: &mut Needs,
    asked: &mut BTreeMap<LeadId, BTreeSet<Key>>,
) {
    let customer_known = lead.customer_id.is_none_or(|id| world.customers.contains_key(&id));
    if !command.looks_for_duplicates() || !customer_known {
        return;
    }
    let keys = asked.entry(lead.id).or_insert_with(|| duplicate_keys(world, lead));
    needs.open_lead_keys.extend(keys.iter());
    if let Some(batch) = batch {
        let found = keys.iter().flat_map(|key| world.lead_hits.of(*key));
        needs.items.extend(found.map(|id| (batch, id)));
    }
}

fn customer_step(lead: &Lead, command: &ConvertCommand, needs: &mut Needs, lock: bool) {
    let customer = customer_needs(lead, command);
    needs.customers.extend(customer.ids);
    if lock {
        needs.customer_keys_locked.extend(customer.keys);
    } else {
        needs.customer_keys.extend(customer.keys);
    }
}
