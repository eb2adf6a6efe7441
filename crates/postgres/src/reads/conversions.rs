//! Pages and totals of conversions, newest first: ids grow with time.

use super::{MOST_COUNTED, after_last, by_id, cut};
use crate::error::DbError;
use crate::load::Tx;
use opportune_application::ports::{ConversionFilter, Page, PageAfter};
use opportune_domain::access::{Caller, Role};
use opportune_domain::conversion::Conversion;
use opportune_domain::ids::TenantId;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

/// A page.
pub(super) async fn list(
    tx: &mut Tx,
    tenant: TenantId,
    filter: &ConversionFilter,
    after: Option<&PageAfter>,
    limit: i64,
) -> Result<Page<Conversion>, DbError> {
    let mut query = QueryBuilder::new("SELECT conversions.id FROM conversions");
    push_where(&mut query, tenant, filter);
    if let Some(after) = after {
        query.push(" AND conversions.id < ").push_bind(after.id);
    }
    query.push(" ORDER BY conversions.id DESC LIMIT ").push_bind(limit + 1);
    let mut ids: Vec<Uuid> = query
        .build_query_scalar()
        .persistent(false)
        .fetch_all(&mut **tx)
        .await?;
    let more = cut(&mut ids, limit);
    Ok(Page {
        items: by_id::conversions(tx, tenant, &ids).await?,
        next: after_last(&ids, more),
    })
}

/// How many there are, as far as is counted.
pub(super) async fn total(tx: &mut Tx, tenant: TenantId, filter: &ConversionFilter) -> Result<i64, DbError> {
    let mut query = QueryBuilder::new("SELECT count(*) FROM (SELECT FROM conversions");
    push_where(&mut query, tenant, filter);
    query.push(" LIMIT ").push_bind(MOST_COUNTED).push(") AS counted");
    Ok(query
        .build_query_scalar()
        .persistent(false)
        .fetch_one(&mut **tx)
        .await?)
}

fn push_where(query: &mut QueryBuilder<Postgres>, tenant: TenantId, filter: &ConversionFilter) {
    query.push(" WHERE conversions.tenant_id = ").push_bind(tenant.0);
    if let Some(lead) = filter.lead_id {
        query.push(" AND conversions.lead_id = ").push_bind(lead.0);
    }
    if let Some(batch) = filter.batch_id {
        query.push(" AND conversions.batch_id = ").push_bind(batch.0);
    }
    if let Some(state) = &filter.state {
        query.push(" AND conversions.state = ").push_bind(state.clone());
    }
    push_visible(query, tenant, filter.caller);
}

/// Leaves out conversions of leads that the caller may not see (rules 11).
fn push_visible(query: &mut QueryBuilder<Postgres>, tenant: TenantId, caller: Caller) {
    if matches!(caller.role, Role::SalespersonAll | Role::Manager | Role::Service) {
        return;
    }
    query
        .push(" AND NOT EXISTS (SELECT FROM leads WHERE leads.tenant_id = ")
        .push_bind(tenant.0)
        .push(" AND leads.id = conversions.lead_id");
    if caller.role == Role::SalespersonOwn {
        query
            .push(" AND leads.salesperson_id IS NOT NULL AND leads.salesperson_id IS DISTINCT FROM ")
            .push_bind(caller.actor);
    }
    query.push(")");
}
