//! Pages and totals of customers, oldest first: ids grow with time.

use super::{MOST_COUNTED, after_last, by_id, cut};
use crate::error::DbError;
use crate::load::Tx;
use opportune_application::ports::{Page, PageAfter};
use opportune_domain::customer::Customer;
use opportune_domain::ids::TenantId;
use opportune_domain::keys::Key;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

/// A page of those that have all of the words.
pub(super) async fn list(
    tx: &mut Tx,
    tenant: TenantId,
    words: &[String],
    after: Option<&PageAfter>,
    limit: i64,
) -> Result<Page<Customer>, DbError> {
    let mut query = QueryBuilder::new("SELECT customers.id FROM customers");
    push_where(&mut query, tenant, words);
    if let Some(after) = after {
        query.push(" AND customers.id > ").push_bind(after.id);
    }
    query.push(" ORDER BY customers.id LIMIT ").push_bind(limit + 1);
    let mut ids: Vec<Uuid> = query
        .build_query_scalar()
        .persistent(false)
        .fetch_all(&mut **tx)
        .await?;
    let more = cut(&mut ids, limit);
    Ok(Page {
        items: by_id::customers(tx, tenant, &ids).await?,
        next: after_last(&ids, more),
    })
}

/// How many there are, as far as is counted.
pub(super) async fn total(tx: &mut Tx, tenant: TenantId, words: &[String]) -> Result<i64, DbError> {
    let mut query = QueryBuilder::new("SELECT count(*) FROM (SELECT FROM customers");
    push_where(&mut query, tenant, words);
    query.push(" LIMIT ").push_bind(MOST_COUNTED).push(") AS counted");
    Ok(query
        .build_query_scalar()
        .persistent(false)
        .fetch_one(&mut **tx)
        .await?)
}

fn push_where(query: &mut QueryBuilder<Postgres>, tenant: TenantId, words: &[String]) {
    query.push(" WHERE customers.tenant_id = ").push_bind(tenant.0);
    for word in words {
        query
            .push(" AND EXISTS (SELECT FROM customer_keys WHERE customer_keys.tenant_id = ")
            .push_bind(tenant.0)
            .push(" AND customer_keys.key = ")
            .push_bind(Key::of_word(word).hash)
            .push(" AND customer_keys.customer_id = customers.id)");
    }
}
