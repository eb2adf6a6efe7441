//! Adding an entry to a record's timeline.

use super::request::{self, Claimed};
use crate::call::Call;
use crate::ids::IdSource;
use crate::ports::{Needs, Work};
use opportune_domain::ids::{LeadId, TimelineEntryId};
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::request::RequestClaim;
use opportune_domain::timeline::{EntryDraft, TimelineEntry, add_entry};
use opportune_domain::world::World;

/// Adds an entry. The record is locked, though it does not change: a merge that comes at the same moment either waits
/// and moves the entry too, or is seen.
pub struct AddEntry {
    /// Who calls.
    pub call: Call,
    /// The call's idempotency key.
    pub claim: Option<RequestClaim>,
    /// At which record.
    pub lead: LeadId,
    /// What was given.
    pub draft: EntryDraft,
    /// New ids.
    pub ids: IdSource,
    /// The entry, or why not; or the id of the entry that the same call made before.
    pub result: Option<Result<Result<TimelineEntry, TimelineEntryId>, Refusal>>,
}

impl Work for AddEntry {
    fn needs(&mut self, _world: &World) -> Needs {
        Needs {
            requests: request::wanted(self.claim.as_ref()).collect(),
            leads: [self.lead].into(),
            ..Needs::default()
        }
    }

    fn decide(&mut self, world: &mut World) {
        self.result = Some(self.add(world));
    }
}

impl AddEntry {
    fn add(&mut self, world: &mut World) -> Result<Result<TimelineEntry, TimelineEntryId>, Refusal> {
        if let Claimed::Replay(id) = request::look_up(world, self.claim.as_ref())? {
            return Ok(Err(TimelineEntryId(id)));
        }
        let lead = world
            .leads
            .get(&self.lead)
            .ok_or_else(|| Refusal::not_found(Reason::LeadNotFound, self.lead))?;
        self.call.caller.must_see(lead)?;
        let entry = add_entry(world, lead, self.ids.make(), &self.draft, &self.call.caller)?;
        world.changes.timeline.push(entry.clone());
        request::take(world, self.claim.as_ref(), entry.id.0);
        Ok(Ok(entry))
    }
}
