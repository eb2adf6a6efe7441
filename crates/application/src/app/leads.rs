//! Leads and opportunities.

use super::{App, decided};
use crate::call::{Call, Key};
use crate::error::AppError;
use crate::page::{Listed, PageRequest, Paging};
use crate::ports::{LeadFilter, LeadOrder};
use crate::work::{ChangeLead, CreateLeadWork, FindSimilar, LeadChange, Subject};
use opportune_domain::ids::LeadId;
use opportune_domain::lead::{CreateLead, Lead, LeadPatch};
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::similar::Options;

/// How many tombstones in a row are followed to the final survivor.
const CHAIN: usize = 32;

impl App {
    /// Creates a record (rules 1.3, 6.5).
    ///
    /// # Errors
    /// See [`opportune_domain::lead::create_lead`]; `REQUEST_ID_REUSED`.
    pub async fn create_lead(&self, call: &Call, given: LeadPatch, key: Option<Key>) -> Result<Lead, AppError> {
        call.caller.must_handle_records()?;
        let mut work = CreateLeadWork {
            call: call.clone(),
            claim: call.claim("CreateLead", key),
            create: CreateLead {
                id: self.ids.make(),
                given,
            },
            ids: self.ids.clone(),
            result: None,
        };
        self.run(call.tenant, &mut work).await?;
        match decided(work.result)?? {
            Ok(lead) => Ok(lead),
            Err(made_before) => self.get_lead(call, made_before).await,
        }
    }

    /// A record by any id that was ever issued; a tombstone names its final survivor (rules 7.7).
    ///
    /// # Errors
    /// `LEAD_NOT_FOUND`, `PERMISSION_DENIED`.
    pub async fn get_lead(&self, call: &Call, id: LeadId) -> Result<Lead, AppError> {
        call.caller.must_handle_records()?;
        let found = self.reads.lead(call.tenant, id).await?;
        let mut lead = found.ok_or_else(|| Refusal::not_found(Reason::LeadNotFound, id))?;
        call.caller.must_see(&lead)?;
        let mut survivor = lead.survivor_id;
        for _ in 0..CHAIN {
            let Some(next) = survivor else { break };
            lead.survivor_id = Some(next);
            survivor = self
                .reads
                .lead(call.tenant, next)
                .await?
                .and_then(|next| next.survivor_id);
        }
        Ok(lead)
    }

    /// How many records are similar to this one.
    ///
    /// # Errors
    /// `LEAD_NOT_FOUND`, `PERMISSION_DENIED`.
    pub async fn similar_count(&self, call: &Call, id: LeadId) -> Result<i64, AppError> {
        let mut work = FindSimilar {
            call: call.clone(),
            subject: Subject::Lead(id),
            options: Options::default(),
            rows: 0..0,
            related: 0,
            search: None,
            found: None,
            result: None,
        };
        self.store.peek(call.tenant, &mut work).await?;
        let found = decided(work.result)??;
        Ok(i64::try_from(found.total).unwrap_or(i64::MAX))
    }

    /// A page of records; this is also "my pipeline".
    ///
    /// # Errors
    /// `FIELD_INVALID` for a foreign token, `PAGE_TOO_LARGE`.
    pub async fn list_leads(
        &self,
        call: &Call,
        filter: LeadFilter,
        order: LeadOrder,
        page: &PageRequest,
    ) -> Result<Listed<Lead>, AppError> {
        call.caller.must_handle_records()?;
        let filter = LeadFilter {
            caller: call.caller,
            ..filter
        };
        let paging = Paging::new(page, &("leads", call.tenant, &filter, order))?;
        let total = match paging.total {
            Some(total) => total,
            None => self.reads.total_leads(call.tenant, &filter).await?,
        };
        let found = self
            .reads
            .list_leads(call.tenant, &filter, order, paging.after.as_ref(), paging.limit)
            .await?;
        Ok(paging.listed(found.items, found.next, total))
    }

    /// Changes fields by hand (rules 5.6, 6.5, 9.2).
    ///
    /// # Errors
    /// See [`opportune_domain::lead::update_lead`].
    pub async fn update_lead(
        &self,
        call: &Call,
        id: LeadId,
        given: LeadPatch,
        etag: Option<String>,
    ) -> Result<Lead, AppError> {
        self.change_lead(call, id, etag, LeadChange::Update(Box::new(given)))
            .await
    }

    /// Marks a record won (rules 9.1).
    ///
    /// # Errors
    /// See [`opportune_domain::lead::win`].
    pub async fn win_lead(&self, call: &Call, id: LeadId) -> Result<Lead, AppError> {
        self.change_lead(call, id, None, LeadChange::Win).await
    }

    /// Marks a record lost (rules 9.1).
    ///
    /// # Errors
    /// See [`opportune_domain::lead::lose`]; `FIELD_INVALID`.
    pub async fn lose_lead(&self, call: &Call, id: LeadId, reason: String, comment: String) -> Result<Lead, AppError> {
        let mut check = opportune_domain::limits::Check::default();
        check.text("lost_reason", Some(&reason), opportune_domain::limits::NAME);
        check.text("comment", Some(&comment), opportune_domain::limits::TEXT);
        if !check.violations.is_empty() {
            return Err(Refusal::fields(check.violations).into());
        }
        self.change_lead(call, id, None, LeadChange::Lose { reason, comment })
            .await
    }

    /// Reopens a lost or archived record (rules 9.1).
    ///
    /// # Errors
    /// See [`opportune_domain::lead::restore`].
    pub async fn restore_lead(&self, call: &Call, id: LeadId) -> Result<Lead, AppError> {
        self.change_lead(call, id, None, LeadChange::Restore).await
    }

    /// Puts a record away.
    ///
    /// # Errors
    /// See [`opportune_domain::lead::archive`].
    pub async fn archive_lead(&self, call: &Call, id: LeadId) -> Result<Lead, AppError> {
        self.change_lead(call, id, None, LeadChange::Archive).await
    }

    async fn change_lead(
        &self,
        call: &Call,
        id: LeadId,
        etag: Option<String>,
        change: LeadChange,
    ) -> Result<Lead, AppError> {
        call.caller.must_handle_records()?;
        let mut work = ChangeLead {
            call: call.clone(),
            id,
            etag,
            change,
            ids: self.ids.clone(),
            result: None,
        };
        self.run(call.tenant, &mut work).await?;
        Ok(decided(work.result)??)
    }
}
