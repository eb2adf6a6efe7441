//! Ids become items: each a conversion, accepted or refused for itself.

use super::{Batch, BatchPart, Instruction};
use crate::conversion::{Conversion, ConversionState, ConvertCommand, fail, target};
use crate::ids::{BatchId, ConversionId, LeadId, NewIds};
use crate::lead::Lead;
use crate::refusal::{Reason, Refusal};
use crate::world::World;

/// What became of the ids of a part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expanded {
    /// Items that can begin.
    pub accepted: i64,
    /// Items that failed at once.
    pub refused: i64,
    /// Ids that were items of the batch already: an id that is listed twice is one item.
    pub known: i64,
}

/// Makes items of a part. What is wrong with a record fails its item and no other.
pub fn expand(world: &mut World, id: BatchId, part: &BatchPart, ids: &mut dyn NewIds) -> Expanded {
    let mut expanded = Expanded::default();
    let Some(mut batch) = world.batches.get(&id).cloned() else {
        return expanded;
    };
    for lead_id in &part.lead_ids {
        if world.items.contains_key(&(id, *lead_id)) {
            expanded.known += 1;
            continue;
        }
        match add_item(world, &mut batch, part, *lead_id, ids) {
            Ok(()) => expanded.accepted += 1,
            Err(()) => expanded.refused += 1,
        }
    }
    let count = i64::try_from(part.lead_ids.len()).unwrap_or(i64::MAX);
    batch.unexpanded = (batch.unexpanded - count).max(0);
    batch.total -= expanded.known;
    world.put_batch(batch);
    world.changes.expanded_parts.push((id, part.number));
    expanded
}

/// Adds one item; `Err` = it failed at once.
fn add_item(
    world: &mut World,
    batch: &mut Batch,
    part: &BatchPart,
    lead_id: LeadId,
    ids: &mut dyn NewIds,
) -> Result<(), ()> {
    let (command, refusal) = item_command(world, batch, part, lead_id);
    let id = ConversionId(ids.next());
    let mut conversion = Conversion {
        id,
        lead_id,
        batch_id: Some(batch.id),
        request_id: None,
        command,
        state: ConversionState::Queued,
        attempt: 0,
        traceparent: batch.order.traceparent.clone(),
        create_time: world.now,
        start_time: None,
        end_time: None,
        revert_deadline: None,
    };
    if batch.cancelled {
        conversion.state = ConversionState::Cancelled;
        conversion.end_time = Some(world.now);
    }
    if let (Some(refusal), false) = (refusal, batch.cancelled) {
        world.put_conversion(conversion);
        fail(world, id, refusal, ids);
        return Err(());
    }
    world.put_conversion(conversion);
    Ok(())
}

/// The command of an item, with whom it is to be assigned to (rules 6.3 and 6.4), and why it cannot be carried out if
/// that is known already. A record that is refused takes no turn.
pub fn item_command(
    world: &World,
    batch: &mut Batch,
    part: &BatchPart,
    lead_id: LeadId,
) -> (ConvertCommand, Option<Refusal>) {
    let own = part.overrides.0.get(&lead_id);
    let instruction = *own.unwrap_or(&batch.order.instruction);
    let command = instruction.command(lead_id, batch.order.caller);
    let found = target(world, &command).and_then(|lead| free(world, batch.id, lead, lead_id).map(|()| lead));
    let record = found.as_ref().ok().copied().or_else(|| world.leads.get(&lead_id));
    let mut command = match own {
        Some(_) => command.clone(),
        None => given_for_all(command.clone(), &instruction, record),
    };
    let takes_turn = found.as_ref().is_ok_and(|lead| is_to_be_assigned(lead, &instruction));
    if takes_turn && command.salesperson_id.is_none() && !batch.cancelled && !batch.order.pool.is_empty() {
        let place = usize::try_from(batch.turn).unwrap_or(0) % batch.order.pool.len();
        command.salesperson_id = batch.order.pool.get(place).copied();
        batch.turn += 1;
    }
    (command, found.err())
}

/// No conversion from elsewhere is under way. One of the same batch is not in the way: the later one finds what the
/// first one did (rules 8.2).
fn free(world: &World, batch: BatchId, lead: &Lead, named: LeadId) -> Result<(), Refusal> {
    for id in [lead.id, named] {
        let own = world.items.get(&(batch, id)).map(|item| item.conversion);
        match world.live_conversions.get(&id) {
            Some(live) if Some(*live) != own => {
                return Err(
                    Refusal::new(Reason::ConversionInProgress, "a conversion of this lead is under way")
                        .with("conversion_id", live),
                );
            }
            _ => {}
        }
    }
    Ok(())
}

/// What is given for all is not given for records that have a salesperson, unless forced (rules 6.3).
fn given_for_all(mut command: ConvertCommand, instruction: &Instruction, record: Option<&Lead>) -> ConvertCommand {
    if record.is_some_and(|lead| !is_to_be_assigned(lead, instruction)) {
        command.salesperson_id = None;
        command.team_id = None;
    }
    command
}

fn is_to_be_assigned(lead: &Lead, instruction: &Instruction) -> bool {
    instruction.force_assignment || lead.salesperson_id.is_none()
}
