//! Timelines of records (rules 7.5).

use super::{App, decided};
use crate::call::{Call, Key};
use crate::error::AppError;
use crate::page::{Listed, PageRequest, Paging};
use crate::work::AddEntry;
use opportune_domain::ids::{LeadId, TimelineEntryId};
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::timeline::{EntryDraft, TimelineEntry};

impl App {
    /// Adds an entry to a record's timeline. The record itself does not change.
    ///
    /// # Errors
    /// See [`opportune_domain::timeline::add_entry`]; `LEAD_NOT_FOUND`, `PERMISSION_DENIED`, `REQUEST_ID_REUSED`.
    pub async fn add_timeline_entry(
        &self,
        call: &Call,
        lead: LeadId,
        draft: EntryDraft,
        key: Option<Key>,
    ) -> Result<TimelineEntry, AppError> {
        call.caller.must_handle_records()?;
        let mut work = AddEntry {
            call: call.clone(),
            claim: call.claim("AddTimelineEntry", key),
            lead,
            draft,
            ids: self.ids.clone(),
            result: None,
        };
        self.run(call.tenant, &mut work).await?;
        match decided(work.result)?? {
            Ok(entry) => Ok(entry),
            Err(made_before) => self.timeline_entry(call, lead, made_before).await,
        }
    }

    /// A page of a record's timeline, oldest first. A tombstone's id means its final survivor (rules 7.7).
    ///
    /// # Errors
    /// `LEAD_NOT_FOUND`, `PERMISSION_DENIED`; `FIELD_INVALID` for a foreign token, `PAGE_TOO_LARGE`.
    pub async fn list_timeline(
        &self,
        call: &Call,
        lead: LeadId,
        page: &PageRequest,
    ) -> Result<Listed<TimelineEntry>, AppError> {
        call.caller.must_handle_records()?;
        let paging = Paging::new(page, &("timeline", call.tenant, lead))?;
        let found = self
            .reads
            .timeline(call.tenant, lead, paging.after.as_ref(), paging.limit)
            .await?;
        let found = found.ok_or_else(|| Refusal::not_found(Reason::LeadNotFound, lead))?;
        call.caller.must_see(&found.named)?;
        call.caller.must_see(&found.survivor)?;
        let total = match paging.total {
            Some(total) => total,
            None => self.reads.total_timeline(call.tenant, found.survivor.id).await?,
        };
        Ok(paging.listed(found.page.items, found.page.next, total))
    }

    /// An entry that was made before, wherever a merge has moved it.
    async fn timeline_entry(&self, call: &Call, at: LeadId, id: TimelineEntryId) -> Result<TimelineEntry, AppError> {
        let entry = self.reads.timeline_entry(call.tenant, id).await?;
        let entry = entry.ok_or_else(|| Refusal::not_found(Reason::LeadNotFound, at))?;
        self.get_lead(call, entry.lead_id).await?;
        Ok(entry)
    }
}
