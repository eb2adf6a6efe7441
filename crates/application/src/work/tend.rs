//! One step of what is done to a batch as a whole: ids become items, items are cancelled, failed ones are queued again.
//! Each step is a transaction of its own, bounded, and whoever does the next one finds what is left.

use super::batch::part_needs;
use crate::ids::IdSource;
use crate::ports::{Needs, Pick, Work};
use opportune_domain::batch::{Batch, cancel_picked, expand, retry_picked};
use opportune_domain::ids::{BatchId, ConversionId};
use opportune_domain::world::World;
use std::collections::BTreeSet;

/// Does the next step, if there is one.
pub struct TendBatch {
    /// Which.
    pub id: BatchId,
    /// New ids.
    pub ids: IdSource,
    /// There is more to do.
    pub more: bool,
}

/// What the next step is.
enum Step {
    Expand,
    Cancel,
    Retry(Pick),
}

fn next(batch: &Batch) -> Option<Step> {
    if batch.closed && batch.unexpanded > 0 {
        Some(Step::Expand)
    } else if batch.cancelling {
        Some(Step::Cancel)
    } else {
        batch.retry.map(|range| Step::Retry(Pick::Failed(batch.id, range)))
    }
}

impl Work for TendBatch {
    fn needs(&mut self, world: &World) -> Needs {
        let mut needs = Needs::default();
        if let Some(batch) = world.batches.get(&self.id) {
            match next(batch) {
                Some(Step::Expand) => {
                    needs = world
                        .parts
                        .get(&self.id)
                        .map_or_else(Needs::default, |part| part_needs(world, batch, part));
                    needs.parts_of.insert(self.id);
                }
                Some(Step::Cancel) => {
                    needs.picks.insert(Pick::Queued(self.id));
                }
                Some(Step::Retry(pick)) => {
                    needs.picks.insert(pick);
                    let picked = world.picked.keys().filter_map(|id| world.conversions.get(id));
                    needs.live_of.extend(picked.map(|conversion| conversion.lead_id));
                }
                None => {}
            }
        }
        needs.batches.insert(self.id);
        needs
    }

    fn decide(&mut self, world: &mut World) {
        self.more = false;
        let Some(batch) = world.batches.get(&self.id) else {
            return;
        };
        match next(batch) {
            Some(Step::Expand) => self.expand(world),
            Some(Step::Cancel) => cancel_picked(world, self.id, &picked(world)),
            Some(Step::Retry(_)) => {
                let through = world.picked.values().copied().max().flatten();
                retry_picked(world, self.id, &picked(world), through);
            }
            None => {}
        }
        self.more = world.batches.get(&self.id).is_some_and(Batch::has_errand);
    }
}

impl TendBatch {
    fn expand(&mut self, world: &mut World) {
        match world.parts.remove(&self.id) {
            Some(part) => {
                expand(world, self.id, &part, &mut self.ids);
            }
            // Ids that are counted and in no part would be waited for for ever.
            None => {
                if let Some(mut batch) = world.batches.get(&self.id).cloned() {
                    tracing::error!(batch.id = %self.id, ids.count = batch.unexpanded, "ids of a batch are missing");
                    batch.total -= batch.unexpanded;
                    batch.unexpanded = 0;
                    world.put_batch(batch);
                }
            }
        }
    }
}

fn picked(world: &World) -> BTreeSet<ConversionId> {
    world.picked.keys().copied().collect()
}
