//! Importing rows: the good ones go in, the others are reported; the progress is committed with the rows (rules 8.4).

use super::batch::order_needs;
use super::leads::given_needs;
use crate::call::Call;
use crate::ids::IdSource;
use crate::ports::{Needs, Work};
use opportune_domain::batch::{Batch, BatchOrder, Overrides, check_order};
use opportune_domain::conversion::survivor_of;
use opportune_domain::event::EventBody;
use opportune_domain::ids::{BatchId, LeadId, RequestId};
use opportune_domain::import::{Import, ImportReject};
use opportune_domain::lead::{CreateLead, Lead, LeadPatch, LeadStatus, LeadType, create_lead, update_lead};
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::world::World;
use std::sync::Arc;

/// A row of an import.
#[derive(Debug, Clone)]
pub struct ImportRow {
    /// Line of the caller's file.
    pub line: i64,
    /// What it says, or why it cannot be read.
    pub given: Result<LeadPatch, Refusal>,
}

/// Imports some rows in one transaction. Rows before the stored `next_line` are skipped: they are in already.
pub struct ImportRows {
    /// Who calls.
    pub call: Call,
    /// The import.
    pub id: RequestId,
    /// Fingerprint of its header.
    pub fingerprint: [u8; 32],
    /// Convert what is imported: the batch, or the id that it gets, and what is asked of it.
    pub convert: Option<(BatchId, BatchOrder)>,
    /// Rows in the order of their lines.
    pub rows: Vec<ImportRow>,
    /// These are the last.
    pub last: bool,
    /// New ids.
    pub ids: IdSource,
    /// Progress afterwards, or why the import as a whole is refused.
    pub result: Option<Result<Import, Refusal>>,
}

impl Work for ImportRows {
    fn needs(&mut self, world: &World) -> Needs {
        let mut needs = Needs::default();
        needs.imports.insert(self.id);
        needs
            .batches
            .extend(world.imports.get(&self.id).and_then(|import| import.batch_id));
        if let Some((id, order)) = &self.convert {
            // Asked for at once: it comes before the leads in the order of locks.
            needs.batches.insert(*id);
            needs.customers.extend(order_needs(order).customers);
        }
        for given in self.rows.iter().filter_map(|row| row.given.as_ref().ok()) {
            let of_row = given_needs(given);
            needs.external_ids.extend(of_row.external_ids);
            needs.customers.extend(of_row.customers);
        }
        // Of an alias, the record that stands behind the tombstones.
        let named = needs
            .external_ids
            .iter()
            .filter_map(|id| world.leads.get(world.external_ids.get(id)?));
        let behind = named.map(|lead| survivor_of(world, lead));
        needs.leads.extend(behind.filter_map(|lead| lead.survivor_id));
        needs
    }

    fn decide(&mut self, world: &mut World) {
        self.result = Some(self.import(world));
    }
}

impl ImportRows {
    fn import(&mut self, world: &mut World) -> Result<Import, Refusal> {
        let mut import = self.progress(world)?;
        let mut batch = self.batch(world, &mut import)?;
        let (mut rejects, mut imported) = (Vec::new(), Vec::new());
        for row in std::mem::take(&mut self.rows) {
            if row.line < import.next_line || import.finished {
                continue;
            }
            import.next_line = row.line + 1;
            match self.row(world, &row) {
                Ok((id, is_new)) => {
                    if is_new {
                        import.created += 1;
                    } else {
                        import.updated += 1;
                    }
                    imported.push(id);
                }
                Err(refusal) => {
                    import.rejected += 1;
                    rejects.extend(reject(row.line, &refusal).into_iter().map(|reject| (self.id, reject)));
                }
            }
            self.rows.push(row);
        }
        if let Some(batch) = batch.take().filter(|_| !import.finished) {
            self.convert_later(world, batch, imported);
        }
        import.finished |= self.last;
        world.changes.rejects.extend(rejects);
        world.changes.imports.insert(self.id);
        world.imports.insert(self.id, import.clone());
        Ok(import)
    }

    /// The batch that converts what is imported. It is made with the first rows, and what is wrong with the instruction
    /// as a whole is refused then.
    fn batch(&self, world: &World, import: &mut Import) -> Result<Option<Batch>, Refusal> {
        let Some((id, order)) = &self.convert else {
            return Ok(None);
        };
        if let Some(known) = import.batch_id {
            return Ok(world.batches.get(&known).cloned());
        }
        check_order(world, order)?;
        import.batch_id = Some(*id);
        Ok(Some(Batch::new(*id, Some(self.id), order.clone(), world.now)))
    }

    /// Adds those of the imported records that are open leads now; one that is an opportunity already, or closed, is
    /// not meant. Nothing begins before the last rows are in: a duplicate may still come (rules 8.2).
    fn convert_later(&self, world: &mut World, mut batch: Batch, imported: Vec<LeadId>) {
        let is_open_lead = |id: &LeadId| {
            let lead = world.leads.get(id);
            lead.is_some_and(|lead| lead.is_open() && lead.kind == LeadType::Lead)
        };
        let items: Vec<LeadId> = imported.into_iter().filter(is_open_lead).collect();
        if !items.is_empty() {
            let part = batch.add_part(items, Overrides::default());
            world.changes.parts.push((batch.id, Arc::new(part)));
        }
        batch.closed |= self.last;
        world.put_batch(batch);
    }

    fn progress(&self, world: &World) -> Result<Import, Refusal> {
        self.call.caller.must_handle_records()?;
        match world.imports.get(&self.id) {
            Some(import) if import.fingerprint != self.fingerprint => Err(Refusal::new(
                Reason::RequestIdReused,
                "this request_id was used for an import with another header",
            )
            .with("request_id", self.id)),
            Some(import) => Ok(import.clone()),
            None => Ok(Import {
                request_id: self.id,
                fingerprint: self.fingerprint.to_vec(),
                finished: false,
                next_line: 0,
                created: 0,
                updated: 0,
                rejected: 0,
                batch_id: None,
            }),
        }
    }

    /// Creates the record (`true`), or changes the one with the same external id (`false`).
    fn row(&mut self, world: &mut World, row: &ImportRow) -> Result<(LeadId, bool), Refusal> {
        let given = row.given.clone()?;
        let known = given
            .external_id
            .as_ref()
            .and_then(|id| world.external_ids.get(id))
            .copied();
        match known.and_then(|id| world.leads.get(&id)).cloned() {
            Some(lead) if lead.status == LeadStatus::Merged => self.fill(world, &lead, &given).map(|id| (id, false)),
            Some(lead) => self.update(world, &lead, given).map(|()| (lead.id, false)),
            None => self.create(world, given).map(|id| (id, true)),
        }
    }

    fn create(&mut self, world: &mut World, given: LeadPatch) -> Result<LeadId, Refusal> {
        let create = CreateLead {
            id: self.ids.make::<LeadId>(),
            given,
        };
        let lead = create_lead(world, &create)?;
        let lead = world.put_lead(lead).clone();
        let id = lead.id;
        self.tell(world, lead, |lead| EventBody::LeadCreated { lead });
        Ok(id)
    }

    /// The row names a record that was absorbed: only the empty fields of its survivor are filled (rules 7.4).
    fn fill(&mut self, world: &mut World, absorbed: &Lead, given: &LeadPatch) -> Result<LeadId, Refusal> {
        given.check()?;
        let survivor = survivor_of(world, absorbed).clone();
        let given = given.for_empty_fields_of(&survivor);
        self.update(world, &survivor, given)?;
        Ok(survivor.id)
    }

    /// Changes only the fields given; a type that is given again is no change.
    fn update(&mut self, world: &mut World, lead: &Lead, given: LeadPatch) -> Result<(), Refusal> {
        self.call.caller.must_see(lead)?;
        let given = LeadPatch { kind: None, ..given };
        let after = update_lead(world, lead, &given, None)?;
        if after == *lead {
            return Ok(());
        }
        let after = world.put_lead(after).clone();
        self.tell(world, after, |lead| EventBody::LeadUpdated { lead });
        Ok(())
    }

    fn tell(&mut self, world: &mut World, lead: Lead, body: impl FnOnce(Box<Lead>) -> EventBody) {
        let version = lead.version;
        world.emit(&mut self.ids, version, body(Box::new(lead)), &self.call.traceparent);
    }
}

/// One reject a bad field, or one for the row.
fn reject(line: i64, refusal: &Refusal) -> Vec<ImportReject> {
    let one = |field: &str, message: &str| ImportReject {
        line,
        field: field.to_owned(),
        reason: refusal.reason.as_str(),
        message: message.to_owned(),
    };
    if refusal.violations.is_empty() {
        vec![one("", &refusal.message)]
    } else {
        refusal
            .violations
            .iter()
            .map(|violation| one(&violation.field, &violation.description))
            .collect()
    }
}
