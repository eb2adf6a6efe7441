//! Pages and totals of leads.

use super::branches::{self, Branch};
use super::lead_filter::push_where;
use super::{MOST_COUNTED, cut};
use crate::error::DbError;
use crate::load::{self, Tx};
use chrono::{DateTime, SecondsFormat, Utc};
use opportune_application::ports::{LeadFilter, LeadOrder, Page, PageAfter, SortKey};
use opportune_domain::ids::{LeadId, TenantId};
use opportune_domain::lead::Lead;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row};
use std::collections::HashMap;
use uuid::Uuid;

/// A page. A cursor whose value cannot be read is nobody's: nothing comes after it.
pub(super) async fn list(
    tx: &mut Tx,
    tenant: TenantId,
    filter: &LeadFilter,
    order: LeadOrder,
    after: Option<&PageAfter>,
    limit: i64,
) -> Result<Page<Lead>, DbError> {
    let nothing = Page {
        items: Vec::new(),
        next: None,
    };
    let parts = branches::of_list(filter, order.by);
    let cursor = match after.map(|after| Cursor::read(order.by, after)) {
        None => None,
        Some(Some(cursor)) => Some(cursor),
        Some(None) => return Ok(nothing),
    };
    if parts.is_empty() {
        return Ok(nothing);
    }
    let mut query = page_query(tenant, filter, order, &parts, cursor.as_ref(), limit + 1);
    // Planned for these values each time: how many records a word or a status has decides which index is best.
    let rows = query.build().persistent(false).fetch_all(&mut **tx).await?;
    let mut places = rows
        .iter()
        .map(|row| Ok((row.try_get("id")?, value_text(order.by, row)?)))
        .collect::<Result<Vec<(Uuid, String)>, sqlx::Error>>()?;
    let more = cut(&mut places, limit);
    let next = places.last().filter(|_| more).map(|(id, value)| PageAfter {
        value: value.clone(),
        id: *id,
    });
    let ids: Vec<Uuid> = places.iter().map(|(id, _)| *id).collect();
    Ok(Page {
        items: in_order(&ids, load::leads::by_ids(tx, tenant, &ids, &[]).await?),
        next,
    })
}

/// The ids of the first ones, in the order of their creation.
pub(super) async fn ids(
    tx: &mut Tx,
    tenant: TenantId,
    filter: &LeadFilter,
    limit: i64,
) -> Result<Vec<LeadId>, DbError> {
    let order = LeadOrder {
        by: SortKey::CreateTime,
        descending: false,
    };
    let parts = branches::of_list(filter, order.by);
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = page_query(tenant, filter, order, &parts, None, limit);
    let rows = query.build().persistent(false).fetch_all(&mut **tx).await?;
    let ids = rows.iter().map(|row| Ok(LeadId(row.try_get("id")?)));
    Ok(ids.collect::<Result<_, sqlx::Error>>()?)
}

/// How many there are, as far as is counted.
pub(super) async fn total(tx: &mut Tx, tenant: TenantId, filter: &LeadFilter) -> Result<i64, DbError> {
    let parts = branches::of_total(filter);
    if parts.is_empty() {
        return Ok(0);
    }
    let mut query = QueryBuilder::new("SELECT least(count(*), ");
    query.push_bind(MOST_COUNTED).push(") FROM (");
    for (place, part) in parts.iter().enumerate() {
        query.push(if place == 0 { "(" } else { " UNION ALL (" });
        query.push("SELECT 1 FROM leads");
        push_where(&mut query, tenant, filter, *part);
        query.push(" LIMIT ").push_bind(MOST_COUNTED).push(")");
    }
    query.push(") AS counted");
    let count = query
        .build_query_scalar()
        .persistent(false)
        .fetch_one(&mut **tx)
        .await?;
    Ok(count)
}

/// Where a page begins, in the type of what it is sorted by.
#[derive(Debug, Clone, PartialEq)]
enum Cursor {
    Time(DateTime<Utc>, Uuid),
    /// Among those with a revenue, or those without.
    Revenue(Option<f64>, Uuid),
    Priority(i32, Uuid),
}

impl Cursor {
    fn read(by: SortKey, after: &PageAfter) -> Option<Self> {
        let text = after.value.as_str();
        match by {
            SortKey::CreateTime | SortKey::UpdateTime => {
                let time = DateTime::parse_from_rfc3339(text).ok()?;
                Some(Self::Time(time.to_utc(), after.id))
            }
            SortKey::ExpectedRevenue if text.is_empty() => Some(Self::Revenue(None, after.id)),
            SortKey::ExpectedRevenue => Some(Self::Revenue(Some(text.parse().ok()?), after.id)),
            SortKey::Priority => Some(Self::Priority(text.parse().ok()?, after.id)),
        }
    }

    /// Everything of this part has come before.
    fn is_beyond(&self, part: &Branch) -> bool {
        matches!(self, Self::Revenue(None, _)) && part.priced == Some(true)
    }

    /// Appends the condition that a record comes after this place.
    fn push(&self, query: &mut QueryBuilder<Postgres>, part: &Branch, value: &str, beyond: &str) {
        let id = match self {
            // Those without a revenue come after all that have one, and by their ids.
            Self::Revenue(Some(_), _) if part.priced == Some(false) => return,
            Self::Revenue(None, id) => {
                query.push(format_args!(" AND leads.id {beyond} ")).push_bind(*id);
                return;
            }
            Self::Time(_, id) | Self::Revenue(_, id) | Self::Priority(_, id) => *id,
        };
        query.push(format_args!(" AND ({value}, leads.id) {beyond} ("));
        match self {
            Self::Time(time, _) => query.push_bind(*time),
            Self::Revenue(amount, _) => query.push_bind(*amount),
            Self::Priority(priority, _) => query.push_bind(*priority),
        };
        query.push(", ").push_bind(id).push(")");
    }
}

fn page_query(
    tenant: TenantId,
    filter: &LeadFilter,
    order: LeadOrder,
    parts: &[Branch],
    cursor: Option<&Cursor>,
    rows: i64,
) -> QueryBuilder<Postgres> {
    let value = sort_value(order.by);
    let (direction, beyond) = if order.descending { ("DESC", "<") } else { ("ASC", ">") };
    let mut query = QueryBuilder::new("SELECT id, value FROM (");
    let parts = parts
        .iter()
        .filter(|part| !cursor.is_some_and(|cursor| cursor.is_beyond(part)));
    for (place, part) in parts.enumerate() {
        query.push(if place == 0 { "(" } else { " UNION ALL (" });
        query.push(format_args!("SELECT leads.id, {value} AS value FROM leads"));
        push_where(&mut query, tenant, filter, *part);
        if let Some(cursor) = cursor {
            cursor.push(&mut query, part, value, beyond);
        }
        query.push(format_args!(
            " ORDER BY {value} {direction}, leads.id {direction} LIMIT "
        ));
        query.push_bind(rows).push(")");
    }
    query.push(format_args!(
        ") AS parts ORDER BY value {direction} NULLS LAST, id {direction} LIMIT "
    ));
    query.push_bind(rows);
    query
}

/// What an index has in this order.
fn sort_value(by: SortKey) -> &'static str {
    match by {
        SortKey::CreateTime => "leads.create_time",
        SortKey::UpdateTime => "leads.update_time",
        SortKey::ExpectedRevenue => "leads.revenue_rank",
        SortKey::Priority => "leads.priority",
    }
}

fn value_text(by: SortKey, row: &PgRow) -> Result<String, sqlx::Error> {
    Ok(match by {
        SortKey::CreateTime | SortKey::UpdateTime => {
            let time: DateTime<Utc> = row.try_get("value")?;
            time.to_rfc3339_opts(SecondsFormat::Micros, true)
        }
        SortKey::ExpectedRevenue => {
            let amount: Option<f64> = row.try_get("value")?;
            amount.map_or_else(String::new, |amount| amount.to_string())
        }
        SortKey::Priority => row.try_get::<i32, _>("value")?.to_string(),
    })
}

fn in_order(ids: &[Uuid], leads: Vec<Lead>) -> Vec<Lead> {
    let mut by_id: HashMap<Uuid, Lead> = leads.into_iter().map(|lead| (lead.id.0, lead)).collect();
    ids.iter().filter_map(|id| by_id.remove(id)).collect()
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod plan_tests;
