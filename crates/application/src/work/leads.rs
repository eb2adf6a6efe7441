//! Creating and changing one record.

use super::request::{self, Claimed};
use crate::call::Call;
use crate::ids::IdSource;
use crate::ports::{Needs, Work};
use opportune_domain::event::EventBody;
use opportune_domain::ids::{LeadId, TimelineEntryId};
use opportune_domain::lead::{CreateLead, Lead, LeadPatch, archive, create_lead, lose, restore, update_lead, win};
use opportune_domain::lead::{LeadStatus, must_match};
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::request::RequestClaim;
use opportune_domain::timeline::TimelineEntry;
use opportune_domain::world::World;

/// Creates a record.
pub struct CreateLeadWork {
    /// Who calls.
    pub call: Call,
    /// The call's idempotency key.
    pub claim: Option<RequestClaim>,
    /// What was given.
    pub create: CreateLead,
    /// New ids.
    pub ids: IdSource,
    /// The record, or why not; or the id of the record that the same call made before.
    pub result: Option<Result<Result<Lead, LeadId>, Refusal>>,
}

impl Work for CreateLeadWork {
    fn needs(&mut self, _world: &World) -> Needs {
        Needs {
            requests: request::wanted(self.claim.as_ref()).collect(),
            ..given_needs(&self.create.given)
        }
    }

    fn decide(&mut self, world: &mut World) {
        self.result = Some(self.create(world));
    }
}

impl CreateLeadWork {
    fn create(&mut self, world: &mut World) -> Result<Result<Lead, LeadId>, Refusal> {
        if let Claimed::Replay(id) = request::look_up(world, self.claim.as_ref())? {
            return Ok(Err(LeadId(id)));
        }
        let lead = create_lead(world, &self.create)?;
        let lead = world.put_lead(lead).clone();
        let body = EventBody::LeadCreated {
            lead: Box::new(lead.clone()),
        };
        world.emit(&mut self.ids, lead.version, body, &self.call.traceparent);
        request::take(world, self.claim.as_ref(), lead.id.0);
        Ok(Ok(lead))
    }
}

/// What an input about a record refers to. It has not been checked yet: an id that no database can hold is nobody's.
pub(super) fn given_needs(given: &LeadPatch) -> Needs {
    let can_be_stored = |id: &&String| !id.is_empty() && !id.contains('\0');
    Needs {
        external_ids: given.external_id.iter().filter(can_be_stored).cloned().collect(),
        customers: given.customer_id.flatten().into_iter().collect(),
        ..Needs::default()
    }
}

/// How to change a record.
#[derive(Debug, Clone)]
pub enum LeadChange {
    /// Fields by hand.
    Update(Box<LeadPatch>),
    /// Won (rules 9.1).
    Win,
    /// Lost, with reason and comment (rules 9.1).
    Lose {
        /// Why.
        reason: String,
        /// Becomes a note, if not empty.
        comment: String,
    },
    /// Reopened (rules 9.1).
    Restore,
    /// Put away.
    Archive,
}

/// Changes one record.
pub struct ChangeLead {
    /// Who calls.
    pub call: Call,
    /// Which record.
    pub id: LeadId,
    /// It must still have this etag, if given.
    pub etag: Option<String>,
    /// How.
    pub change: LeadChange,
    /// New ids.
    pub ids: IdSource,
    /// The record afterwards, or why not.
    pub result: Option<Result<Lead, Refusal>>,
}

impl Work for ChangeLead {
    fn needs(&mut self, _world: &World) -> Needs {
        let mut needs = match &self.change {
            LeadChange::Update(given) => given_needs(given),
            _ => Needs::default(),
        };
        needs.leads.insert(self.id);
        needs
    }

    fn decide(&mut self, world: &mut World) {
        self.result = Some(self.change(world));
    }
}

impl ChangeLead {
    fn change(&mut self, world: &mut World) -> Result<Lead, Refusal> {
        let lead = world
            .leads
            .get(&self.id)
            .ok_or_else(|| Refusal::not_found(Reason::LeadNotFound, self.id))?;
        self.call.caller.must_see(lead)?;
        let before = lead.clone();
        let after = self.changed(world, &before)?;
        // A call that is repeated finds done what it asks for.
        if after == before && !matches!(self.change, LeadChange::Update(_)) {
            return Ok(before);
        }
        let after = world.put_lead(after).clone();
        let body = told(&before, &after);
        world.emit(&mut self.ids, after.version, body, &self.call.traceparent);
        self.note_comment(world);
        Ok(after)
    }

    fn changed(&self, world: &World, lead: &Lead) -> Result<Lead, Refusal> {
        match &self.change {
            LeadChange::Update(given) => update_lead(world, lead, given, self.etag.as_deref()),
            other => {
                must_match(lead, self.etag.as_deref())?;
                match other {
                    LeadChange::Win => win(&world.config, lead, world.now),
                    LeadChange::Lose { reason, .. } => lose(lead, reason, world.now),
                    LeadChange::Restore => restore(lead),
                    LeadChange::Archive | LeadChange::Update(_) => archive(lead),
                }
            }
        }
    }

    fn note_comment(&mut self, world: &mut World) {
        let LeadChange::Lose { comment, .. } = &self.change else {
            return;
        };
        if comment.trim().is_empty() {
            return;
        }
        let id = self.ids.make::<TimelineEntryId>();
        let caller = &self.call.caller;
        let note = TimelineEntry::note(id, self.id, "Lost".to_owned(), comment.clone(), caller, world.now);
        world.changes.timeline.push(note);
    }
}

/// The event that a change of status deserves; any other change is an update.
fn told(before: &Lead, after: &Lead) -> EventBody {
    let lead = Box::new(after.clone());
    match (before.status, after.status) {
        (from, LeadStatus::Won) if from != LeadStatus::Won => EventBody::OpportunityWon { lead },
        (from, LeadStatus::Lost) if from != LeadStatus::Lost => EventBody::LeadLost { lead },
        (from, LeadStatus::Open) if from != LeadStatus::Open => EventBody::LeadRestored { lead },
        _ => EventBody::LeadUpdated { lead },
    }
}
