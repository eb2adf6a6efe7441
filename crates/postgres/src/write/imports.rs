//! `imports` and `import_rejects`.

use super::columns::columns;
use crate::error::{DbError, Setback};
use crate::load::Tx;
use opportune_domain::ids::{RequestId, TenantId};
use opportune_domain::import::Import;
use opportune_domain::world::World;
use std::collections::BTreeSet;
use uuid::Uuid;

columns! {
    /// The columns of `imports`, one list each.
    ImportColumns, |import: &Import| {
        request_id: Uuid = import.request_id.0,
        fingerprint: &'a [u8] = &import.fingerprint,
        finished: bool = import.finished,
        next_line: i64 = import.next_line,
        created: i64 = import.created,
        updated: i64 = import.updated,
        rejected: i64 = import.rejected,
        batch_id: Option<Uuid> = import.batch_id.map(Uuid::from),
    }
}

/// Writes imports and what they rejected. Somebody else who began the same import at the same moment makes this one
/// start over; whoever has a row has it locked.
pub(super) async fn write(
    tx: &mut Tx,
    tenant: TenantId,
    world: &World,
    known: &BTreeSet<RequestId>,
) -> Result<(), Setback> {
    let imports = world.changes.imports.iter().map(|id| world.imports.get(id));
    let imports: Vec<&Import> = imports.collect::<Option<_>>().ok_or(DbError::Absent("imports"))?;
    if !imports.is_empty() {
        let (old, new): (Vec<&Import>, Vec<&Import>) = imports
            .into_iter()
            .partition(|import| known.contains(&import.request_id));
        if insert(tx, tenant, &new).await? + update(tx, tenant, &old).await? < (old.len() + new.len()) as u64 {
            return Err(Setback::Conflict);
        }
    }
    Ok(reject(tx, tenant, world).await?)
}

async fn insert(tx: &mut Tx, tenant: TenantId, imports: &[&Import]) -> Result<u64, DbError> {
    if imports.is_empty() {
        return Ok(0);
    }
    let columns = ImportColumns::of(imports.iter().copied());
    let done = sqlx::query!(
        "INSERT INTO imports (
            tenant_id, request_id, fingerprint, finished, next_line, created, updated, rejected, batch_id)
        SELECT $1, given.*
        FROM UNNEST(
            $2::uuid[], $3::bytea[], $4::boolean[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::uuid[]
        ) AS given (request_id, fingerprint, finished, next_line, created, updated, rejected, batch_id)
        ON CONFLICT (tenant_id, request_id) DO NOTHING",
        tenant.0,
        &columns.request_id,
        &columns.fingerprint as _,
        &columns.finished,
        &columns.next_line,
        &columns.created,
        &columns.updated,
        &columns.rejected,
        &columns.batch_id as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

async fn update(tx: &mut Tx, tenant: TenantId, imports: &[&Import]) -> Result<u64, DbError> {
    if imports.is_empty() {
        return Ok(0);
    }
    let columns = ImportColumns::of(imports.iter().copied());
    let done = sqlx::query!(
        "UPDATE imports SET
            fingerprint = given.fingerprint, finished = given.finished, next_line = given.next_line,
            created = given.created, updated = given.updated, rejected = given.rejected, batch_id = given.batch_id
        FROM UNNEST(
            $2::uuid[], $3::bytea[], $4::boolean[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::uuid[]
        ) AS given (request_id, fingerprint, finished, next_line, created, updated, rejected, batch_id)
        WHERE imports.tenant_id = $1 AND imports.request_id = given.request_id",
        tenant.0,
        &columns.request_id,
        &columns.fingerprint as _,
        &columns.finished,
        &columns.next_line,
        &columns.created,
        &columns.updated,
        &columns.rejected,
        &columns.batch_id as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// A row that was rejected before, and comes again after a cut, is one reject.
async fn reject(tx: &mut Tx, tenant: TenantId, world: &World) -> Result<(), DbError> {
    let rejects = &world.changes.rejects;
    if rejects.is_empty() {
        return Ok(());
    }
    let requests: Vec<Uuid> = rejects.iter().map(|(id, _)| id.0).collect();
    let lines: Vec<i64> = rejects.iter().map(|(_, reject)| reject.line).collect();
    let fields: Vec<&str> = rejects.iter().map(|(_, reject)| &*reject.field).collect();
    let reasons: Vec<&str> = rejects.iter().map(|(_, reject)| &*reject.reason).collect();
    let messages: Vec<&str> = rejects.iter().map(|(_, reject)| &*reject.message).collect();
    sqlx::query!(
        "INSERT INTO import_rejects (tenant_id, request_id, line, field, reason, message)
        SELECT $1, given.*
        FROM UNNEST($2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[])
            AS given (request_id, line, field, reason, message)
        ON CONFLICT DO NOTHING",
        tenant.0,
        &requests,
        &lines,
        &fields as _,
        &reasons as _,
        &messages as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
