//! `imports` and `import_rejects`.

use super::Corrupt;
use opportune_domain::ids::{BatchId, RequestId};
use opportune_domain::import::{Import, ImportReject};
use uuid::Uuid;

/// A row of `imports`; see [`select_imports`](crate::rows::import::select_imports).
#[derive(Debug)]
pub(crate) struct ImportRow {
    pub request_id: Uuid,
    pub fingerprint: Vec<u8>,
    pub finished: bool,
    pub next_line: i64,
    pub created: i64,
    pub updated: i64,
    pub rejected: i64,
    pub batch_id: Option<Uuid>,
}

/// A checked query for [`ImportRow`]s: all columns of `imports`, then what follows `FROM imports` as one literal, then
/// the arguments.
macro_rules! select_imports {
    ($tail:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            $crate::rows::import::ImportRow,
            "SELECT request_id, fingerprint, finished, next_line, created, updated, rejected, batch_id FROM imports "
                + $tail
            $(, $argument)*
        )
    };
}
pub(crate) use select_imports;

/// Nothing of an import can be corrupt; the signature is that of the other rows, so that all are read alike.
impl TryFrom<ImportRow> for Import {
    type Error = Corrupt;

    fn try_from(row: ImportRow) -> Result<Self, Corrupt> {
        Ok(Self {
            request_id: RequestId(row.request_id),
            fingerprint: row.fingerprint,
            finished: row.finished,
            next_line: row.next_line,
            created: row.created,
            updated: row.updated,
            rejected: row.rejected,
            batch_id: row.batch_id.map(BatchId),
        })
    }
}

/// A row of `import_rejects`.
#[derive(Debug)]
pub(crate) struct ImportRejectRow {
    pub line: i64,
    pub field: String,
    pub reason: String,
    pub message: String,
}

impl From<ImportRejectRow> for ImportReject {
    fn from(row: ImportRejectRow) -> Self {
        Self {
            line: row.line,
            field: row.field,
            reason: row.reason,
            message: row.message,
        }
    }
}
