//! Pages and totals of timelines, oldest first.

use super::{MOST_COUNTED, cut};
use crate::error::DbError;
use crate::load::{self, Tx};
use crate::rows;
use crate::rows::timeline::EntryRow;
use chrono::{DateTime, SecondsFormat, Utc};
use opportune_application::ports::{Page, PageAfter, Timeline};
use opportune_domain::ids::{LeadId, TenantId, TimelineEntryId};
use opportune_domain::lead::Lead;
use opportune_domain::timeline::TimelineEntry;
use uuid::Uuid;

/// Bytes of text from which a page takes no further entry: a message of 4 MiB is all that most callers take.
const MOST_TEXT: i64 = 3 * 1024 * 1024;
/// How many tombstones in a row are followed to the final survivor.
const CHAIN: usize = 32;

/// A page of the timeline that a record's id means, all in one snapshot: a merge that comes meanwhile is not half seen.
/// A cursor whose value cannot be read is nobody's: nothing comes after it.
pub(super) async fn of(
    tx: &mut Tx,
    tenant: TenantId,
    id: LeadId,
    after: Option<&PageAfter>,
    limit: i64,
) -> Result<Option<Timeline>, DbError> {
    let Some(named) = lead(tx, tenant, id).await? else {
        return Ok(None);
    };
    let survivor = survivor(tx, tenant, &named).await?;
    let page = match begin(after) {
        Some(begin) => page(tx, tenant, survivor.id, begin, limit).await?,
        None => Page {
            items: Vec::new(),
            next: None,
        },
    };
    Ok(Some(Timeline { named, survivor, page }))
}

async fn lead(tx: &mut Tx, tenant: TenantId, id: LeadId) -> Result<Option<Lead>, DbError> {
    Ok(load::leads::by_ids(tx, tenant, &[id.0], &[]).await?.pop())
}

async fn survivor(tx: &mut Tx, tenant: TenantId, named: &Lead) -> Result<Lead, DbError> {
    let mut last = named.clone();
    for _ in 0..CHAIN {
        let Some(next) = last.survivor_id else { break };
        match lead(tx, tenant, next).await? {
            Some(found) => last = found,
            None => break,
        }
    }
    Ok(last)
}

/// Where a page begins; nothing was written before 1970.
fn begin(after: Option<&PageAfter>) -> Option<(DateTime<Utc>, Uuid)> {
    match after {
        None => Some((DateTime::UNIX_EPOCH, Uuid::nil())),
        Some(after) => {
            let time = DateTime::parse_from_rfc3339(&after.value).ok()?;
            Some((time.to_utc(), after.id))
        }
    }
}

/// Entries as far as their texts fit, and one more of what there is beyond the limit.
async fn page(
    tx: &mut Tx,
    tenant: TenantId,
    lead: LeadId,
    (time, id): (DateTime<Utc>, Uuid),
    limit: i64,
) -> Result<Page<TimelineEntry>, DbError> {
    let found = sizes(tx, tenant, lead, (time, id), limit + 1).await?;
    let mut fitting: Vec<Uuid> = found
        .iter()
        .filter(|(_, before)| *before < MOST_TEXT)
        .map(|(id, _)| *id)
        .collect();
    let more = cut(&mut fitting, limit) || fitting.len() < found.len();
    let items = by_ids(tx, tenant, &fitting).await?;
    let next = items.last().filter(|_| more).map(|last| PageAfter {
        value: last.create_time.to_rfc3339_opts(SecondsFormat::Micros, true),
        id: last.id.0,
    });
    Ok(Page { items, next })
}

/// The next entries, each with the bytes of text of those before it.
async fn sizes(
    tx: &mut Tx,
    tenant: TenantId,
    lead: LeadId,
    (time, id): (DateTime<Utc>, Uuid),
    limit: i64,
) -> Result<Vec<(Uuid, i64)>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT id, octet_length(body) AS "bytes!" FROM timeline_entries
        WHERE tenant_id = $1 AND lead_id = $2 AND (create_time, id) > ($3, $4)
        ORDER BY create_time, id
        LIMIT $5"#,
        tenant.0,
        lead.0,
        time,
        id,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut before = 0;
    Ok(rows
        .into_iter()
        .map(|row| {
            let place = (row.id, before);
            before += i64::from(row.bytes);
            place
        })
        .collect())
}

async fn by_ids(tx: &mut Tx, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<TimelineEntry>, DbError> {
    let rows = sqlx::query_as!(
        EntryRow,
        "SELECT id, lead_id, origin_lead_id, kind, subject, body, author, file_name, media_type, size_bytes, uri,
            due_time, owner_id, create_time
        FROM timeline_entries WHERE tenant_id = $1 AND id = ANY($2)
        ORDER BY create_time, id",
        tenant.0,
        ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows::all(rows)?)
}

/// One entry.
pub(super) async fn one(tx: &mut Tx, tenant: TenantId, id: TimelineEntryId) -> Result<Option<TimelineEntry>, DbError> {
    Ok(by_ids(tx, tenant, &[id.0]).await?.pop())
}

/// How many there are at a record, as far as is counted.
pub(super) async fn total(tx: &mut Tx, tenant: TenantId, lead: LeadId) -> Result<i64, DbError> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM (
            SELECT FROM timeline_entries WHERE tenant_id = $1 AND lead_id = $2 LIMIT $3
        ) AS counted"#,
        tenant.0,
        lead.0,
        MOST_COUNTED
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(count)
}
