//! Accepting a batch, cancelling it, trying it again. What takes many steps is done by [`super::TendBatch`].

use super::request::{self, Claimed};
use crate::call::Call;
use crate::ports::{Needs, Work};
use opportune_domain::batch::{
    Batch, BatchOrder, BatchPart, Overrides, PART, cancel, check_order, item_command, retry,
};
use opportune_domain::conversion::{CustomerChoice, named_leads};
use opportune_domain::ids::{BatchId, LeadId};
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::request::RequestClaim;
use opportune_domain::world::World;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Accepts a batch: its row and its ids, in one transaction. From then on it is accepted as a whole.
pub struct AcceptBatch {
    batch: Batch,
    parts: Vec<Arc<BatchPart>>,
    claim: Option<RequestClaim>,
    /// The batch (its own id, or that of the one that the same call made before), or why not.
    pub result: Option<Result<BatchId, Refusal>>,
}

impl AcceptBatch {
    /// A batch of these leads, each once, in this order.
    pub fn new(
        id: BatchId,
        order: BatchOrder,
        claim: Option<RequestClaim>,
        leads: &[LeadId],
        overrides: Overrides,
    ) -> Self {
        // The time is that of the transaction.
        let request_id = claim.as_ref().map(|claim| claim.id);
        let mut batch = Batch::new(id, request_id, order, chrono::DateTime::UNIX_EPOCH);
        let parts = divide(leads, overrides)
            .map(|(ids, overrides)| Arc::new(batch.add_part(ids, overrides)))
            .collect();
        batch.closed = true;
        Self {
            batch,
            parts,
            claim,
            result: None,
        }
    }

    fn accept(&self, world: &mut World) -> Result<BatchId, Refusal> {
        if let Claimed::Replay(id) = request::look_up(world, self.claim.as_ref())? {
            return Ok(BatchId(id));
        }
        check_order(world, &self.batch.order)?;
        let id = self.batch.id;
        world.put_batch(Batch {
            create_time: world.now,
            ..self.batch.clone()
        });
        world.changes.parts = self.parts.iter().map(|part| (id, part.clone())).collect();
        request::take(world, self.claim.as_ref(), id.0);
        Ok(id)
    }
}

/// Ids and their overrides in parts.
fn divide(leads: &[LeadId], mut overrides: Overrides) -> impl Iterator<Item = (Vec<LeadId>, Overrides)> {
    leads.chunks(PART).map(move |part| {
        let own = part.iter().filter_map(|id| overrides.0.remove_entry(id));
        (part.to_vec(), Overrides(own.collect()))
    })
}

impl Work for AcceptBatch {
    fn needs(&mut self, _world: &World) -> Needs {
        Needs {
            requests: request::wanted(self.claim.as_ref()).collect(),
            ..order_needs(&self.batch.order)
        }
    }

    fn decide(&mut self, world: &mut World) {
        self.result = Some(self.accept(world));
    }
}

/// What checking an order needs to see.
pub(super) fn order_needs(order: &BatchOrder) -> Needs {
    let mut needs = Needs::default();
    if let CustomerChoice::Link(id) = order.instruction.customer {
        needs.customers.insert(id);
    }
    needs
}

/// What making items of a part needs to see.
pub(super) fn part_needs(world: &World, batch: &Batch, part: &BatchPart) -> Needs {
    let mut needs = order_needs(&batch.order);
    for lead_id in &part.lead_ids {
        let instruction = part.overrides.0.get(lead_id).unwrap_or(&batch.order.instruction);
        if let CustomerChoice::Link(id) = instruction.customer {
            needs.customers.insert(id);
        }
        let command = instruction.command(*lead_id, batch.order.caller);
        for id in named_leads(world, &command) {
            needs.peek_leads.insert(id);
            needs.live_of.insert(id);
            needs.items.insert((batch.id, id));
        }
    }
    needs
}

/// Which record a request that was seen before has made.
pub struct LookUp {
    /// The request.
    pub claim: RequestClaim,
    /// The record, if it was seen.
    pub result: Option<Result<Option<uuid::Uuid>, Refusal>>,
}

impl Work for LookUp {
    fn needs(&mut self, _world: &World) -> Needs {
        Needs {
            requests: BTreeSet::from([self.claim.id]),
            ..Needs::default()
        }
    }

    fn decide(&mut self, world: &mut World) {
        self.result = Some(request::look_up(world, Some(&self.claim)).map(|claimed| match claimed {
            Claimed::Replay(id) => Some(id),
            Claimed::Fresh => None,
        }));
    }
}

/// Checks the order of a batch, and nothing else.
pub struct CheckBatch {
    /// What is asked.
    pub order: BatchOrder,
    /// Why not.
    pub result: Option<Result<(), Refusal>>,
}

impl Work for CheckBatch {
    fn needs(&mut self, _world: &World) -> Needs {
        order_needs(&self.order)
    }

    fn decide(&mut self, world: &mut World) {
        self.result = Some(check_order(world, &self.order));
    }
}

/// Counts what would fail at once in one part of a batch that is not there.
pub struct CheckPart {
    /// The batch.
    pub batch: Batch,
    /// The part.
    pub part: BatchPart,
    /// How many.
    pub refused: i64,
}

impl Work for CheckPart {
    fn needs(&mut self, world: &World) -> Needs {
        part_needs(world, &self.batch, &self.part)
    }

    fn decide(&mut self, world: &mut World) {
        let Self { batch, part, .. } = self;
        let refused = part
            .lead_ids
            .iter()
            .filter(|id| item_command(world, batch, part, **id).1.is_some());
        self.refused = i64::try_from(refused.count()).unwrap_or(i64::MAX);
    }
}

/// How to change a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchChange {
    /// What has not begun does not begin.
    Cancel,
    /// What has failed is tried again.
    Retry(Option<RequestClaim>),
}

/// Says how a batch is to be changed; steps carry it out.
pub struct ChangeBatch {
    /// Who calls.
    pub call: Call,
    /// Which.
    pub id: BatchId,
    /// How.
    pub change: BatchChange,
    /// Whether anything is left to be done, or why not.
    pub result: Option<Result<bool, Refusal>>,
}

impl Work for ChangeBatch {
    fn needs(&mut self, _world: &World) -> Needs {
        let claim = match &self.change {
            BatchChange::Retry(claim) => claim.as_ref(),
            BatchChange::Cancel => None,
        };
        Needs {
            requests: request::wanted(claim).collect(),
            batches: BTreeSet::from([self.id]),
            ..Needs::default()
        }
    }

    fn decide(&mut self, world: &mut World) {
        self.result = Some(self.change(world));
    }
}

impl ChangeBatch {
    fn change(&self, world: &mut World) -> Result<bool, Refusal> {
        let known = world.batches.get(&self.id);
        let before = known.ok_or_else(|| Refusal::not_found(Reason::BatchNotFound, self.id))?;
        self.call.caller.must_see_batch(before)?;
        let after = match &self.change {
            BatchChange::Cancel => cancel(before.clone()),
            BatchChange::Retry(claim) => match request::look_up(world, claim.as_ref())? {
                Claimed::Replay(_) => before.clone(),
                Claimed::Fresh => retry(before.clone())?,
            },
        };
        let changed = after != *before;
        let errand = after.has_errand();
        if let BatchChange::Retry(claim) = &self.change
            && request::look_up(world, claim.as_ref())? == Claimed::Fresh
        {
            request::take(world, claim.as_ref(), self.id.0);
        }
        if changed {
            world.put_batch(after);
        }
        Ok(changed && errand)
    }
}
