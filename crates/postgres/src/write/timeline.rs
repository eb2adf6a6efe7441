//! `timeline_entries`.

use super::columns::columns;
use crate::error::{DbError, all_written};
use crate::load::Tx;
use crate::rows::names;
use chrono::{DateTime, Utc};
use opportune_domain::ids::TenantId;
use opportune_domain::timeline::TimelineEntry;
use opportune_domain::world::Changes;
use uuid::Uuid;

columns! {
    /// The columns of `timeline_entries`, one list each.
    EntryColumns, |entry: &TimelineEntry| {
        id: Uuid = entry.id.0,
        lead_id: Uuid = entry.lead_id.0,
        origin_lead_id: Uuid = entry.origin_lead_id.0,
        kind: &'a str = names::timeline_kind(entry.kind),
        subject: &'a str = &entry.subject,
        body: &'a str = &entry.body,
        author: &'a str = &entry.author,
        file_name: &'a str = &entry.file_name,
        media_type: &'a str = &entry.media_type,
        size_bytes: i64 = entry.size_bytes,
        uri: &'a str = &entry.uri,
        due_time: Option<DateTime<Utc>> = entry.due_time,
        owner_id: Option<Uuid> = entry.owner_id.map(|id| id.0),
        create_time: DateTime<Utc> = entry.create_time,
    }
}

/// Moves entries, takes some away, and inserts new ones, in that order: what is new stands where it belongs already.
pub(super) async fn write(tx: &mut Tx, tenant: TenantId, changes: &Changes) -> Result<(), DbError> {
    move_all(tx, tenant, changes).await?;
    give_back(tx, tenant, changes).await?;
    remove(tx, tenant, changes).await?;
    insert(tx, tenant, &changes.timeline).await
}

/// All entries of a record that was absorbed. How many there are is not known.
async fn move_all(tx: &mut Tx, tenant: TenantId, changes: &Changes) -> Result<(), DbError> {
    if changes.timeline_moves.is_empty() {
        return Ok(());
    }
    let from: Vec<Uuid> = changes.timeline_moves.keys().map(|id| id.0).collect();
    let to: Vec<Uuid> = changes.timeline_moves.values().map(|id| id.0).collect();
    sqlx::query!(
        "UPDATE timeline_entries SET lead_id = moved.to_id
        FROM UNNEST($2::uuid[], $3::uuid[]) AS moved (from_id, to_id)
        WHERE timeline_entries.tenant_id = $1 AND timeline_entries.lead_id = moved.from_id",
        tenant.0,
        &from,
        &to
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The entries that an absorbed record brought: they were written at it, or at what it had absorbed itself.
async fn give_back(tx: &mut Tx, tenant: TenantId, changes: &Changes) -> Result<(), DbError> {
    if changes.timeline_returns.is_empty() {
        return Ok(());
    }
    let (mut from, mut to, mut origin) = (Vec::new(), Vec::new(), Vec::new());
    for back in &changes.timeline_returns {
        for id in &back.origins {
            from.push(back.from.0);
            to.push(back.to.0);
            origin.push(id.0);
        }
    }
    sqlx::query!(
        "UPDATE timeline_entries SET lead_id = back.to_id
        FROM UNNEST($2::uuid[], $3::uuid[], $4::uuid[]) AS back (from_id, to_id, origin_id)
        WHERE timeline_entries.tenant_id = $1 AND timeline_entries.lead_id = back.from_id
            AND timeline_entries.origin_lead_id = back.origin_id",
        tenant.0,
        &from,
        &to,
        &origin
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn remove(tx: &mut Tx, tenant: TenantId, changes: &Changes) -> Result<(), DbError> {
    if changes.removed_entries.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = changes.removed_entries.iter().map(|id| id.0).collect();
    sqlx::query!(
        "DELETE FROM timeline_entries WHERE tenant_id = $1 AND id = ANY($2)",
        tenant.0,
        &ids
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Inserts new entries.
async fn insert(tx: &mut Tx, tenant: TenantId, entries: &[TimelineEntry]) -> Result<(), DbError> {
    if entries.is_empty() {
        return Ok(());
    }
    let columns = EntryColumns::of(entries);
    let done = sqlx::query!(
        "INSERT INTO timeline_entries (
            tenant_id, id, lead_id, origin_lead_id, kind, subject, body, author, file_name, media_type, size_bytes, uri,
            due_time, owner_id, create_time)
        SELECT $1, given.*
        FROM UNNEST(
            $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
            $11::bigint[], $12::text[], $13::timestamptz[], $14::uuid[], $15::timestamptz[]
        ) AS given (
            id, lead_id, origin_lead_id, kind, subject, body, author, file_name, media_type, size_bytes, uri, due_time,
            owner_id, create_time)",
        tenant.0,
        &columns.id,
        &columns.lead_id,
        &columns.origin_lead_id,
        &columns.kind as _,
        &columns.subject as _,
        &columns.body as _,
        &columns.author as _,
        &columns.file_name as _,
        &columns.media_type as _,
        &columns.size_bytes,
        &columns.uri as _,
        &columns.due_time as _,
        &columns.owner_id as _,
        &columns.create_time
    )
    .execute(&mut **tx)
    .await?;
    all_written("timeline_entries", entries.len(), done.rows_affected().cast_signed())
}
