//! Imports (rules 8.4): rows come in a stream, go in by hundreds, and the progress is committed with them.

use super::{App, decided};
use crate::call::{Call, Key};
use crate::error::AppError;
use crate::page::{Listed, PageRequest, Paging};
use crate::ports::PageAfter;
use crate::work::{ImportRow, ImportRows};
use opportune_domain::batch::BatchOrder;
use opportune_domain::ids::{BatchId, RequestId};
use opportune_domain::import::{Import, ImportReject};
use opportune_domain::refusal::{Reason, Refusal};
use uuid::Uuid;

/// Rows in one transaction.
const ROWS: usize = 250;

/// An import under way: rows are handed in, in the order of their lines.
pub struct ImportSession {
    app: App,
    call: Call,
    key: Key,
    convert: Option<(BatchId, BatchOrder)>,
    waiting: Vec<ImportRow>,
    progress: Import,
}

impl App {
    /// Begins an import, or takes up one that was cut: rows before its `next_line` are skipped. With `convert` what is
    /// imported becomes items of a batch, which begins when all rows are in.
    ///
    /// # Errors
    /// `REQUEST_ID_REUSED` when the header differs, `PERMISSION_DENIED`; what is wrong with `convert` as a whole.
    pub async fn start_import(
        &self,
        call: &Call,
        key: Key,
        convert: Option<BatchOrder>,
    ) -> Result<ImportSession, AppError> {
        let mut session = ImportSession {
            app: self.clone(),
            call: call.clone(),
            key,
            convert: convert.map(|order| (self.ids.make(), order)),
            waiting: Vec::with_capacity(ROWS),
            progress: Import {
                request_id: key.id,
                fingerprint: key.fingerprint.to_vec(),
                finished: false,
                next_line: 0,
                created: 0,
                updated: 0,
                rejected: 0,
                batch_id: None,
            },
        };
        session.flush(false).await?;
        Ok(session)
    }

    /// How far an import has come.
    ///
    /// # Errors
    /// `IMPORT_NOT_FOUND`.
    pub async fn get_import(&self, call: &Call, id: RequestId) -> Result<Import, AppError> {
        call.caller.must_handle_records()?;
        let found = self.reads.import(call.tenant, id).await?;
        Ok(found.ok_or_else(|| Refusal::not_found(Reason::ImportNotFound, id))?)
    }

    /// A page of the rows that an import rejected, by line.
    ///
    /// # Errors
    /// `IMPORT_NOT_FOUND`, `FIELD_INVALID` for a foreign token, `PAGE_TOO_LARGE`.
    pub async fn import_rejects(
        &self,
        call: &Call,
        id: RequestId,
        page: &PageRequest,
    ) -> Result<Listed<ImportReject>, AppError> {
        let import = self.get_import(call, id).await?;
        let paging = Paging::new(page, &("rejects", call.tenant, id))?;
        let after = paging
            .after
            .as_ref()
            .and_then(|after| after.value.parse().ok())
            .unwrap_or(-1);
        let items = self.reads.import_rejects(call.tenant, id, after, paging.limit).await?;
        // A line may have several rejects: the next page begins after the last whole line of a full page.
        let full = i64::try_from(items.len()).is_ok_and(|count| count >= paging.limit);
        let next = items.last().filter(|_| full).map(|last| PageAfter {
            value: last.line.to_string(),
            id: Uuid::nil(),
        });
        Ok(paging.listed(items, next, import.rejected))
    }
}

impl ImportSession {
    /// How far it has come.
    pub fn progress(&self) -> &Import {
        &self.progress
    }

    /// Takes a row; a full set goes in at once.
    ///
    /// # Errors
    /// The store's; rows that were committed stay.
    pub async fn row(&mut self, row: ImportRow) -> Result<(), AppError> {
        if row.line < self.progress.next_line {
            return Ok(());
        }
        self.waiting.push(row);
        if self.waiting.len() >= ROWS {
            self.flush(false).await
        } else {
            Ok(())
        }
    }

    /// The stream has ended.
    ///
    /// # Errors
    /// The store's; rows that were committed stay.
    pub async fn finish(mut self) -> Result<Import, AppError> {
        self.flush(true).await?;
        if let Some(batch) = self.progress.batch_id {
            self.app.tender().begin(self.call.tenant, batch).await;
        }
        Ok(self.progress)
    }

    async fn flush(&mut self, last: bool) -> Result<(), AppError> {
        let mut work = ImportRows {
            call: self.call.clone(),
            id: self.key.id,
            fingerprint: self.key.fingerprint,
            convert: self.convert.clone(),
            rows: std::mem::take(&mut self.waiting),
            last,
            ids: self.app.ids.clone(),
            result: None,
        };
        self.app.run(self.call.tenant, &mut work).await?;
        self.progress = decided(work.result)??;
        if let (Some((batch, _)), Some(made)) = (&mut self.convert, self.progress.batch_id) {
            *batch = made;
        }
        Ok(())
    }
}
