//! What deciding a command has to see, and what it may change.

use super::similar::duplicate_keys;
use crate::ports::Needs;
use opportune_domain::conversion::{
    ConvertCommand, customer_needs, keys_of_new_customers, merged_within, named_leads, survivor_of,
};
use opportune_domain::ids::{BatchId, LeadId};
use opportune_domain::keys::Key;
use opportune_domain::lead::Lead;
use opportune_domain::world::World;
use std::collections::{BTreeMap, BTreeSet};

/// What is locked of what a command may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Locks {
    /// Nothing: it is only shown.
    Nothing,
    /// Everything as soon as it is known: the shortest way for one conversion.
    AtOnce,
    /// Customer keys only where a look shows that a customer will be made: a hundred conversions together nearly always
    /// share a company with the hundred beside them, and would wait for them although it exists.
    AfterALook,
}

/// Normal forms are slow to make: what was asked for a lead once is kept.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The keys by which its duplicates are found.
    duplicates: BTreeMap<LeadId, BTreeSet<Key>>,
    /// The keys under which a customer is made of it.
    new_customers: BTreeMap<LeadId, BTreeSet<Key>>,
}

/// Adds what deciding `command` needs to see, as far as that is known. Of an item of `batch` its duplicates inside of the
/// batch may bring others along (rules 8.2).
pub(super) fn command_needs(
    world: &World,
    command: &ConvertCommand,
    batch: Option<BatchId>,
    needs: &mut Needs,
    asked: &mut Asked,
    locks: Locks,
) {
    let leads = match locks {
        Locks::Nothing => &mut needs.peek_leads,
        Locks::AtOnce | Locks::AfterALook => &mut needs.leads,
    };
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
        customer_step(world, &merged.lead, command, needs, asked, locks);
    } else {
        customer_step(world, lead, command, needs, asked, locks);
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
    asked: &mut Asked,
) {
    let customer_known = lead.customer_id.is_none_or(|id| world.customers.contains_key(&id));
    if !command.looks_for_duplicates() || !customer_known {
        return;
    }
    let keys = asked
        .duplicates
        .entry(lead.id)
        .or_insert_with(|| duplicate_keys(world, lead));
    needs.open_lead_keys.extend(keys.iter());
    if let Some(batch) = batch {
        let found = keys.iter().flat_map(|key| world.lead_hits.of(*key));
        needs.items.extend(found.map(|id| (batch, id)));
    }
}

fn customer_step(
    world: &World,
    lead: &Lead,
    command: &ConvertCommand,
    needs: &mut Needs,
    asked: &mut Asked,
    locks: Locks,
) {
    let customer = customer_needs(&world.config.settings, lead, command);
    needs.customers.extend(customer.ids);
    match locks {
        Locks::Nothing => needs.customer_keys.extend(customer.keys),
        Locks::AtOnce => needs.customer_keys_locked.extend(customer.keys),
        Locks::AfterALook => {
            if customer.keys.iter().all(|key| world.customer_hits.knows(*key)) {
                let new = asked.new_customers.entry(lead.id);
                let new = new.or_insert_with(|| keys_of_new_customers(world, lead, command));
                needs.customer_keys_locked.extend(new.iter());
            }
            needs.customer_keys.extend(customer.keys);
        }
    }
}
