//! Accepting conversions: many calls of one tenant in one transaction.

use super::request::{self, Claimed};
use crate::ports::{Needs, Work};
use opportune_domain::conversion::{Conversion, ConversionState, ConvertCommand, CustomerChoice, accept, named_leads};
use opportune_domain::ids::{BatchId, ConversionId};
use opportune_domain::refusal::Refusal;
use opportune_domain::request::RequestClaim;
use opportune_domain::world::{JobNote, World};
use std::sync::Arc;

/// One call to be accepted.
#[derive(Debug, Clone)]
pub struct AcceptOne {
    /// Id of the conversion to be made.
    pub id: ConversionId,
    /// What is asked.
    pub command: ConvertCommand,
    /// The call's idempotency key.
    pub claim: Option<RequestClaim>,
    /// Trace of the call.
    pub traceparent: String,
    /// The batch it belongs to: sent through the bulk queue.
    pub batch_id: Option<BatchId>,
}

/// What became of a call that was accepted.
#[derive(Debug, Clone, PartialEq)]
pub enum Accepted {
    /// Its conversion, as it was committed.
    Now(Arc<Conversion>),
    /// The same call had been accepted before: this is its conversion.
    Before(ConversionId),
}

impl Accepted {
    /// Id of the conversion.
    pub fn id(&self) -> ConversionId {
        match self {
            Self::Now(conversion) => conversion.id,
            Self::Before(id) => *id,
        }
    }
}

/// Accepts conversions: rows and jobs, nothing else. What can be known now is refused now.
pub struct Accept {
    /// The calls.
    pub calls: Vec<AcceptOne>,
    /// One result a call: its conversion, or why not.
    pub results: Vec<Result<Accepted, Refusal>>,
}

impl Work for Accept {
    fn needs(&mut self, world: &World) -> Needs {
        let mut needs = Needs::default();
        for call in &self.calls {
            needs.requests.extend(request::wanted(call.claim.as_ref()));
            let leads = named_leads(world, &call.command);
            needs.live_of.extend(&leads);
            needs.peek_leads.extend(leads);
            if let CustomerChoice::Link(id) = call.command.customer {
                needs.customers.insert(id);
            }
        }
        needs
    }

    fn decide(&mut self, world: &mut World) {
        self.results = self.calls.iter().map(|call| accept_one(world, call)).collect();
    }
}

fn accept_one(world: &mut World, call: &AcceptOne) -> Result<Accepted, Refusal> {
    if let Claimed::Replay(id) = request::look_up(world, call.claim.as_ref())? {
        return Ok(Accepted::Before(ConversionId(id)));
    }
    accept(world, &call.command)?;
    let conversion = Arc::new(Conversion {
        id: call.id,
        lead_id: call.command.lead_id,
        batch_id: call.batch_id,
        request_id: call.claim.as_ref().map(|claim| claim.id),
        command: call.command.clone(),
        state: ConversionState::Queued,
        attempt: 0,
        traceparent: call.traceparent.clone(),
        create_time: world.now,
        start_time: None,
        end_time: None,
        revert_deadline: None,
    });
    world.put_conversion(Conversion::clone(&conversion));
    world.changes.jobs.push(JobNote {
        conversion: call.id,
        bulk: call.batch_id.is_some(),
        not_before: None,
        traceparent: call.traceparent.clone(),
    });
    request::take(world, call.claim.as_ref(), call.id.0);
    Ok(Accepted::Now(conversion))
}
