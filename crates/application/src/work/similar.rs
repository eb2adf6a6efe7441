//! Finding similar records (rules 3).

use crate::call::Call;
use crate::ports::{Needs, Work};
use opportune_domain::customer::Customer;
use opportune_domain::ids::LeadId;
use opportune_domain::keys::Key;
use opportune_domain::lead::{Lead, LeadPatch, LeadType};
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::similar::{self, CustomerMatch, Found, Match, Options, Search, SkippedKey};
use opportune_domain::world::World;
use std::collections::BTreeSet;
use std::ops::Range;

/// Like what?
#[derive(Debug, Clone)]
pub enum Subject {
    /// A record.
    Lead(LeadId),
    /// A record that is not there yet.
    Draft(Box<LeadPatch>),
}

/// What was found, with the records.
#[derive(Debug, Clone, Default)]
pub struct FoundRecords {
    /// Those of the similar records that were asked for, best first.
    pub matches: Vec<(Match, Lead)>,
    /// The first of those that are related only, best first.
    pub related: Vec<(Match, Lead)>,
    /// How many records are similar.
    pub total: usize,
    /// Likely customers, best first.
    pub customers: Vec<(CustomerMatch, Customer)>,
    /// Keys over budget.
    pub skipped: Vec<SkippedKey>,
}

/// Finds records like one.
pub struct FindSimilar {
    /// Who calls.
    pub call: Call,
    /// Like what.
    pub subject: Subject,
    /// What to leave out.
    pub options: Options,
    /// Which of the similar records are shown, the best being the first.
    pub rows: Range<usize>,
    /// How many of those that are related only are shown.
    pub related: usize,
    /// What is looked for, once the subject and its customer are loaded.
    pub search: Option<Search>,
    /// What was found, before the records themselves are loaded.
    pub found: Option<Found>,
    /// What was found, or why not.
    pub result: Option<Result<FoundRecords, Refusal>>,
}

impl Work for FindSimilar {
    fn needs(&mut self, world: &World) -> Needs {
        let mut needs = Needs::default();
        if let Subject::Lead(id) = &self.subject {
            needs.peek_leads.insert(*id);
        }
        let Ok(lead) = self.subject(world) else { return needs };
        needs.customers.extend(lead.customer_id);
        needs.families.extend(lead.customer_id);
        if lead.customer_id.is_some_and(|id| !world.customers.contains_key(&id)) {
            return needs;
        }
        let known = |key: &Key| world.customer_hits.knows(*key) && world.lead_hits.knows(*key);
        let search = self.search.take().filter(|one| one.asked().iter().all(known));
        let search = search.unwrap_or_else(|| Search::of(world, lead));
        let looked_up = search.asked().iter().all(known);
        needs.lead_keys.extend(search.sought());
        needs.customer_keys.extend(search.asked().iter().copied());
        // Only once it is known who is similar can those on the page be loaded.
        self.found = looked_up.then(|| {
            let found = self.found.take();
            found.unwrap_or_else(|| search.find(world, &self.call.caller, self.options))
        });
        if let Some(found) = &self.found {
            needs.peek_leads.extend(self.shown(found).map(|one| one.lead_id));
        }
        self.search = Some(search);
        needs
    }

    fn decide(&mut self, world: &mut World) {
        self.result = Some(self.find(world));
    }
}

impl FindSimilar {
    fn subject(&self, world: &World) -> Result<Lead, Refusal> {
        match &self.subject {
            Subject::Lead(id) => {
                let lead = world
                    .leads
                    .get(id)
                    .ok_or_else(|| Refusal::not_found(Reason::LeadNotFound, id))?;
                self.call.caller.must_see(lead)?;
                Ok(lead.clone())
            }
            Subject::Draft(given) => {
                given.check()?;
                let mut lead = Lead::empty(LeadId(uuid::Uuid::nil()), LeadType::Lead, world.now);
                given.write_plain(&mut lead);
                lead.customer_id = given.customer_id.flatten();
                Ok(lead)
            }
        }
    }

    fn find(&mut self, world: &World) -> Result<FoundRecords, Refusal> {
        let lead = self.subject(world)?;
        if let Some(id) = lead.customer_id.filter(|id| !world.customers.contains_key(id)) {
            return Err(Refusal::not_found(Reason::CustomerNotFound, id));
        }
        let found = self.found.take().unwrap_or_default();
        let with_lead = |one: &Match| Some((one.clone(), world.leads.get(&one.lead_id)?.clone()));
        let with_customer = |one: CustomerMatch| Some((world.customers.get(&one.customer_id)?.clone(), one));
        Ok(FoundRecords {
            matches: self.page(&found).filter_map(with_lead).collect(),
            related: self.related(&found).filter_map(with_lead).collect(),
            total: found.matches.len(),
            customers: found
                .customers
                .into_iter()
                .filter_map(with_customer)
                .map(|(one, found)| (found, one))
                .collect(),
            skipped: found.skipped,
        })
    }

    fn page<'f>(&self, found: &'f Found) -> impl Iterator<Item = &'f Match> + use<'f> {
        found.matches.iter().skip(self.rows.start).take(self.rows.len())
    }

    fn related<'f>(&self, found: &'f Found) -> impl Iterator<Item = &'f Match> + use<'f> {
        let related = found.matches.iter().filter(|one| one.relation.is_some());
        related.take(self.related)
    }

    fn shown<'f>(&self, found: &'f Found) -> impl Iterator<Item = &'f Match> + use<'f> {
        self.page(found).chain(self.related(found))
    }
}

/// The keys that duplicates of a lead may share (rules 3.7): those that can make a match STRONG.
pub(super) fn duplicate_keys(world: &World, lead: &Lead) -> BTreeSet<Key> {
    similar::ask_for(world, lead).strong
}
