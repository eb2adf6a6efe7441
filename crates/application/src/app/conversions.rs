//! Conversions: accepting, waiting, reading, cancelling, trying again.

use super::{App, decided};
use crate::call::{Call, Key};
use crate::error::AppError;
use crate::page::{Listed, PageRequest, Paging};
use crate::ports::ConversionFilter;
use crate::waiters::{Notice, Waiter};
use crate::work::{AcceptOne, Accepted, ChangeConversion, ConversionChange, Preview, RevertConversion};
use opportune_domain::conversion::{Conversion, ConvertCommand, Plan, Undoing};
use opportune_domain::ids::ConversionId;
use opportune_domain::refusal::{Reason, Refusal};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Behind the notices stands a slow poll: a notice that is lost costs no more than this.
pub(super) const POLL: Duration = Duration::from_millis(500);

/// A call of ConvertLead or MergeLeads.
#[derive(Debug, Clone)]
pub struct ConvertLead {
    /// What is asked.
    pub command: ConvertCommand,
    /// The call's idempotency key; without one the call is not idempotent.
    pub key: Option<Key>,
    /// Return the plan and change nothing.
    pub validate_only: bool,
    /// How long to wait for the outcome.
    pub wait: Duration,
}

/// What ConvertLead answers.
#[derive(Debug, Clone)]
pub enum Converted {
    /// What would be done.
    Preview(Box<Plan>),
    /// The conversion as it is now.
    Conversion(Arc<Conversion>),
}

impl App {
    /// Accepts a conversion, and waits for its outcome if asked to. With `validate_only` it returns the plan.
    ///
    /// # Errors
    /// What can be known at the call: see [`opportune_domain::conversion::accept`]; `REQUEST_ID_REUSED`.
    pub async fn convert_lead(&self, call: &Call, ask: ConvertLead) -> Result<Converted, AppError> {
        self.accept_one(call, "ConvertLead", ask).await
    }

    /// Accepts a merge that does not convert, and goes on as [`App::convert_lead`] does.
    ///
    /// # Errors
    /// See [`opportune_domain::conversion::accept`]; `REQUEST_ID_REUSED`.
    pub async fn merge_leads(&self, call: &Call, ask: ConvertLead) -> Result<Converted, AppError> {
        self.accept_one(call, "MergeLeads", ask).await
    }

    async fn accept_one(&self, call: &Call, rpc: &'static str, ask: ConvertLead) -> Result<Converted, AppError> {
        call.caller.must_handle_records()?;
        if ask.validate_only {
            return self
                .preview(call, ask.command)
                .await
                .map(|plan| Converted::Preview(Box::new(plan)));
        }
        let id: ConversionId = self.ids.make();
        // Before the commit: the notice cannot come too early.
        let waiter = (ask.wait > Duration::ZERO).then(|| self.waiters.register(id));
        let one = AcceptOne {
            id,
            command: ask.command,
            claim: call.claim(rpc, ask.key),
            traceparent: call.traceparent.clone(),
            batch_id: None,
        };
        let accepted = self.acceptor.accept(call.tenant, one).await?;
        let deadline = Instant::now() + ask.wait;
        let conversion = match (accepted, waiter) {
            (Accepted::Now(_), Some(waiter)) => self.outcome(call, waiter, id, deadline).await?,
            (Accepted::Now(conversion), None) => conversion,
            // The same call was accepted before: it may have ended long ago.
            (Accepted::Before(id), Some(_)) => self.outcome_of_earlier(call, id, deadline).await?,
            (Accepted::Before(id), None) => self.read_conversion(call, id).await?,
        };
        Ok(Converted::Conversion(conversion))
    }

    async fn preview(&self, call: &Call, command: ConvertCommand) -> Result<Plan, AppError> {
        let mut work = Preview {
            command,
            ids: self.ids.clone(),
            result: None,
        };
        self.store.peek(call.tenant, &mut work).await?;
        Ok(decided(work.result)??)
    }

    async fn outcome_of_earlier(
        &self,
        call: &Call,
        id: ConversionId,
        deadline: Instant,
    ) -> Result<Arc<Conversion>, AppError> {
        let waiter = self.waiters.register(id);
        let conversion = self.read_conversion(call, id).await?;
        if conversion.state.is_live() {
            self.outcome(call, waiter, id, deadline).await
        } else {
            Ok(conversion)
        }
    }

    /// Waits for a notice, the poll or the deadline; whatever the conversion is then is the answer.
    async fn outcome(
        &self,
        call: &Call,
        mut waiter: Waiter,
        id: ConversionId,
        deadline: Instant,
    ) -> Result<Arc<Conversion>, AppError> {
        loop {
            let poll = (Instant::now() + POLL).min(deadline);
            tokio::select! {
                notice = waiter.noticed() => {
                    if let Notice::EndedAs(conversion) = notice {
                        return Ok(conversion);
                    }
                    return self.read_conversion(call, id).await;
                }
                () = sleep_until(poll) => {}
            }
            let conversion = self.read_conversion(call, id).await?;
            if !conversion.state.is_live() || Instant::now() >= deadline {
                return Ok(conversion);
            }
        }
    }

    pub(super) async fn read_conversion(&self, call: &Call, id: ConversionId) -> Result<Arc<Conversion>, AppError> {
        let found = self.reads.conversion(call.tenant, id).await?;
        Ok(Arc::new(
            found.ok_or_else(|| Refusal::not_found(Reason::ConversionNotFound, id))?,
        ))
    }

    /// A conversion by id.
    ///
    /// # Errors
    /// `CONVERSION_NOT_FOUND`, `PERMISSION_DENIED` when the caller may not see its lead.
    pub async fn get_conversion(&self, call: &Call, id: ConversionId) -> Result<Arc<Conversion>, AppError> {
        call.caller.must_handle_records()?;
        let conversion = self.read_conversion(call, id).await?;
        if let Some(lead) = self.reads.lead(call.tenant, conversion.lead_id).await? {
            call.caller.must_see(&lead)?;
        }
        Ok(conversion)
    }

    /// A page of conversions, newest first.
    ///
    /// # Errors
    /// `FIELD_INVALID` for a foreign token, `PAGE_TOO_LARGE`.
    pub async fn list_conversions(
        &self,
        call: &Call,
        filter: ConversionFilter,
        page: &PageRequest,
    ) -> Result<Listed<Conversion>, AppError> {
        call.caller.must_handle_records()?;
        let filter = ConversionFilter {
            caller: call.caller,
            ..filter
        };
        let paging = Paging::new(page, &("conversions", call.tenant, &filter))?;
        let total = match paging.total {
            Some(total) => total,
            None => self.reads.total_conversions(call.tenant, &filter).await?,
        };
        let found = self
            .reads
            .list_conversions(call.tenant, &filter, paging.after.as_ref(), paging.limit)
            .await?;
        Ok(paging.listed(found.items, found.next, total))
    }

    /// Takes back a conversion that no worker has taken.
    ///
    /// # Errors
    /// `CONVERSION_NOT_FOUND`, `CONVERSION_STATE_INVALID`, `PERMISSION_DENIED`.
    pub async fn cancel_conversion(&self, call: &Call, id: ConversionId) -> Result<Conversion, AppError> {
        self.change_conversion(call, id, ConversionChange::Cancel).await
    }

    /// Tries a failed conversion again.
    ///
    /// # Errors
    /// `CONVERSION_NOT_FOUND`, `CONVERSION_STATE_INVALID`, `CONVERSION_IN_PROGRESS`, `PERMISSION_DENIED`.
    pub async fn retry_conversion(&self, call: &Call, id: ConversionId) -> Result<Conversion, AppError> {
        self.change_conversion(call, id, ConversionChange::Retry).await
    }

    /// Takes a conversion back (rules 10); with `validate_only` it says what that would do.
    ///
    /// # Errors
    /// See [`opportune_domain::conversion::undo`]; `REQUEST_ID_REUSED`.
    pub async fn revert_conversion(
        &self,
        call: &Call,
        id: ConversionId,
        key: Option<Key>,
        validate_only: bool,
    ) -> Result<(Conversion, Undoing), AppError> {
        call.caller.must_handle_records()?;
        let mut work = RevertConversion {
            call: call.clone(),
            claim: call.claim("RevertConversion", key),
            id,
            validate_only,
            ids: self.ids.clone(),
            result: None,
        };
        if validate_only {
            self.store.peek(call.tenant, &mut work).await?;
        } else {
            self.run(call.tenant, &mut work).await?;
        }
        Ok(decided(work.result)??)
    }

    async fn change_conversion(
        &self,
        call: &Call,
        id: ConversionId,
        change: ConversionChange,
    ) -> Result<Conversion, AppError> {
        call.caller.must_handle_records()?;
        let mut work = ChangeConversion {
            call: call.clone(),
            id,
            change,
            result: None,
        };
        self.run(call.tenant, &mut work).await?;
        Ok(decided(work.result)??)
    }
}
