//! What is done to a batch as a whole: cancelling it, and trying its failed items again. Both go through the items in
//! steps, since there may be very many of them.

use super::{Batch, BatchState, RetryRange};
use crate::conversion::ConversionState;
use crate::ids::{BatchId, ConversionId};
use crate::refusal::{Reason, Refusal};
use crate::world::World;
use std::collections::BTreeSet;

/// Cancels a batch: from now on nothing of it is begun. One that has ended stays as it is.
pub fn cancel(mut batch: Batch) -> Batch {
    if !batch.is_over() {
        batch.cancelled = true;
        batch.cancelling = true;
        batch.retry = None;
    }
    batch
}

/// Ends the picked items, which no worker has taken; when there were none, it is done.
pub fn cancel_picked(world: &mut World, id: BatchId, picked: &BTreeSet<ConversionId>) {
    for item in picked {
        let Some(mut conversion) = world.conversions.get(item).cloned() else {
            continue;
        };
        conversion.state = ConversionState::Cancelled;
        conversion.end_time = Some(world.now);
        world.put_conversion(conversion);
    }
    if let Some(mut batch) = world.batches.get(&id).cloned() {
        batch.cancelling = !picked.is_empty();
        world.put_batch(batch);
    }
}

/// Asks for another try of everything that has failed so far.
///
/// # Errors
/// `CONVERSION_STATE_INVALID` for a batch that was cancelled (rules 8.1).
pub fn retry(mut batch: Batch) -> Result<Batch, Refusal> {
    if batch.cancelled {
        let state = if batch.state() == BatchState::Cancelled {
            "cancelled"
        } else {
            "being cancelled"
        };
        return Err(Refusal::new(
            Reason::ConversionStateInvalid,
            format!("only a batch that was not cancelled can be tried again; this one is {state}"),
        )
        .with("state", state));
    }
    if batch.counts.failed > 0 {
        batch.retry = Some(RetryRange {
            after: 0,
            until: batch.sequence,
        });
    }
    Ok(batch)
}

/// Queues the picked items again, with the assignment that was decided for them. `through` is the sequence of the last
/// one that was looked at; `None` = there are no more. One whose record is being converted by another call stays failed.
pub fn retry_picked(world: &mut World, id: BatchId, picked: &BTreeSet<ConversionId>, through: Option<i64>) {
    for item in picked {
        let Some(mut conversion) = world.conversions.get(item).cloned() else {
            continue;
        };
        if world.live_conversions.contains_key(&conversion.lead_id) {
            continue;
        }
        conversion.state = ConversionState::Queued;
        conversion.end_time = None;
        world.put_conversion(conversion);
    }
    if let Some(mut batch) = world.batches.get(&id).cloned() {
        batch.retry = batch
            .retry
            .and_then(|range| through.map(|after| RetryRange { after, ..range }))
            .filter(|range| range.after < range.until);
        world.put_batch(batch);
    }
}
