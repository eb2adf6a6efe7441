//! Imports and what they rejected.

use crate::error::DbError;
use crate::load::Tx;
use crate::rows::import::{ImportRejectRow, select_imports};
use opportune_domain::ids::{RequestId, TenantId};
use opportune_domain::import::{Import, ImportReject};

/// An import by its request id.
pub(super) async fn one(tx: &mut Tx, tenant: TenantId, id: RequestId) -> Result<Option<Import>, DbError> {
    let row = select_imports!("WHERE tenant_id = $1 AND request_id = $2", tenant.0, id.0)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.map(Import::try_from).transpose()?)
}

/// `limit` rows by line and field, and those beyond it that belong to the last line: the next page begins after a line,
/// so a line has to be whole.
pub(super) async fn rejects(
    tx: &mut Tx,
    tenant: TenantId,
    id: RequestId,
    after_line: i64,
    limit: i64,
) -> Result<Vec<ImportReject>, DbError> {
    let rows = sqlx::query_as!(
        ImportRejectRow,
        "SELECT line, field, reason, message FROM import_rejects
        WHERE tenant_id = $1 AND request_id = $2 AND line > $3
        ORDER BY line
        FETCH FIRST ($4) ROWS WITH TIES",
        tenant.0,
        id.0,
        after_line,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut rejects: Vec<ImportReject> = rows.into_iter().map(ImportReject::from).collect();
    rejects.sort_by(|a, b| (a.line, &a.field).cmp(&(b.line, &b.field)));
    Ok(rejects)
}
