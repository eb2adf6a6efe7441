//! Finding similar records (rules 3).

use super::{App, decided};
use crate::call::Call;
use crate::error::AppError;
use crate::page::{PageRequest, Paging};
use crate::work::{FindSimilar, Subject};
use opportune_domain::customer::Customer;
use opportune_domain::lead::Lead;
use opportune_domain::similar::{CustomerMatch, Match, Options, SkippedKey};

/// A page of similar records.
#[derive(Debug, Clone)]
pub struct SimilarPage {
    /// Similar records, best first.
    pub matches: Vec<(Match, Lead)>,
    /// Related records, best first; the first 20.
    pub related: Vec<(Match, Lead)>,
    /// Likely customers, best first; the first 20.
    pub customers: Vec<(CustomerMatch, Customer)>,
    /// Keys over budget (rules 3.5).
    pub skipped: Vec<SkippedKey>,
    /// How many records are similar.
    pub total: i64,
    /// Token of the next page; empty = this is the last.
    pub next_token: String,
}

/// Most customers in an answer.
const CUSTOMERS: usize = 20;

/// Most related records in an answer.
const RELATED: usize = 20;

impl App {
    /// Finds records and customers like a record or a draft.
    ///
    /// # Errors
    /// `LEAD_NOT_FOUND`, `PERMISSION_DENIED`, `CUSTOMER_NOT_FOUND` (of a draft), `FIELD_INVALID`.
    pub async fn find_similar(
        &self,
        call: &Call,
        subject: Subject,
        options: Options,
        page: &PageRequest,
    ) -> Result<SimilarPage, AppError> {
        call.caller.must_handle_records()?;
        let asked = format!("{subject:?} {options:?} {:?}", call.caller);
        let paging = Paging::new(page, &("similar", call.tenant, asked))?;
        let mut work = FindSimilar {
            call: call.clone(),
            subject,
            options,
            rows: paging.rows(),
            related: RELATED,
            search: None,
            found: None,
            result: None,
        };
        self.store.peek(call.tenant, &mut work).await?;
        let mut found = decided(work.result)??;
        found.customers.truncate(CUSTOMERS);
        let listed = paging.sliced(found.matches, found.total);
        Ok(SimilarPage {
            matches: listed.items,
            related: found.related,
            customers: found.customers,
            skipped: found.skipped,
            total: listed.total,
            next_token: listed.next_token,
        })
    }
}
