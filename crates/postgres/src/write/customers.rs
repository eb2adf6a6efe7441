//! `customers` and `customer_keys`, in one statement.

use super::columns::columns;
use super::keys::KeyChanges;
use super::text;
use crate::error::{DbError, all_written};
use crate::load::Tx;
use chrono::{DateTime, Utc};
use opportune_domain::customer::Customer;
use opportune_domain::ids::{CustomerId, TenantId};
use std::collections::BTreeSet;
use uuid::Uuid;

columns! {
    /// The columns of `customers`, one list each.
    CustomerColumns, |customer: &Customer| {
        id: Uuid = customer.id.0,
        name: &'a str = &customer.name,
        is_company: bool = customer.is_company,
        parent_id: Option<Uuid> = customer.parent_id.map(Uuid::from),
        email: &'a str = &customer.email,
        phone: &'a str = &customer.phone,
        job_title: &'a str = &customer.job_title,
        website: &'a str = &customer.website,
        language: &'a str = &customer.language,
        street: &'a str = &customer.address.street,
        street2: &'a str = &customer.address.street2,
        city: &'a str = &customer.address.city,
        state: &'a str = &customer.address.state,
        postal_code: &'a str = &customer.address.postal_code,
        country: &'a str = &customer.address.country,
        description: &'a str = &customer.description,
        tags: String = text::array(&customer.tags),
        salesperson_id: Option<Uuid> = customer.salesperson_id.map(Uuid::from),
        external_id: &'a str = &customer.external_id,
        version: i64 = customer.version,
        create_time: DateTime<Utc> = customer.create_time,
        update_time: DateTime<Utc> = customer.update_time,
    }
}

/// A checked query whose arguments from `$2` on are the columns of `customers`; more may follow.
macro_rules! query_customers {
    ($sql:literal, $tenant:expr, $columns:expr $(, $more:expr)* $(,)?) => {
        sqlx::query_scalar!(
            $sql,
            $tenant,
            &$columns.id as _,
            &$columns.name as _,
            &$columns.is_company as _,
            &$columns.parent_id as _,
            &$columns.email as _,
            &$columns.phone as _,
            &$columns.job_title as _,
            &$columns.website as _,
            &$columns.language as _,
            &$columns.street as _,
            &$columns.street2 as _,
            &$columns.city as _,
            &$columns.state as _,
            &$columns.postal_code as _,
            &$columns.country as _,
            &$columns.description as _,
            &$columns.tags as _,
            &$columns.salesperson_id as _,
            &$columns.external_id as _,
            &$columns.version as _,
            &$columns.create_time as _,
            &$columns.update_time as _,
            $($more,)*
        )
    };
}

/// Inserts new customers with their keys.
pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    records: &[&Customer],
    keys: &KeyChanges,
) -> Result<(), DbError> {
    if records.is_empty() {
        return Ok(());
    }
    let columns = CustomerColumns::of(records.iter().copied());
    let count = query_customers!(
        r#"WITH inserted AS (
            INSERT INTO customers (
                tenant_id,
                id, name, is_company, parent_id, email, phone, job_title, website, language, street, street2,
                city, state, postal_code, country, description, tags, salesperson_id, external_id, version,
                create_time, update_time)
            SELECT $1,
                given.id, given.name, given.is_company, given.parent_id, given.email, given.phone,
                given.job_title, given.website, given.language, given.street, given.street2, given.city,
                given.state, given.postal_code, given.country, given.description, given.tags::text[],
                given.salesperson_id, given.external_id, given.version, given.create_time, given.update_time
            FROM UNNEST(
                $2::uuid[], $3::text[], $4::boolean[], $5::uuid[], $6::text[], $7::text[], $8::text[],
                $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
                $16::text[], $17::text[], $18::text[], $19::uuid[], $20::text[], $21::bigint[],
                $22::timestamptz[], $23::timestamptz[]
            ) AS given (
                id, name, is_company, parent_id, email, phone, job_title, website, language, street, street2,
                city, state, postal_code, country, description, tags, salesperson_id, external_id, version,
                create_time, update_time)
            RETURNING 1
        ), keyed AS (
            INSERT INTO customer_keys (tenant_id, key, customer_id)
            SELECT $1, added.key, added.id FROM UNNEST($24::bigint[], $25::uuid[]) AS added (key, id)
            ON CONFLICT DO NOTHING
        )
        SELECT count(*) AS "count!" FROM inserted"#,
        tenant.0,
        columns,
        &keys.added.keys,
        &keys.added.ids,
    )
    .fetch_one(&mut **tx)
    .await?;
    all_written("customers", records.len(), count)
}

/// Writes all columns of customers that are there, and the keys that came and went.
pub(super) async fn update(
    tx: &mut Tx,
    tenant: TenantId,
    records: &[&Customer],
    keys: &KeyChanges,
) -> Result<(), DbError> {
    if records.is_empty() {
        return Ok(());
    }
    let columns = CustomerColumns::of(records.iter().copied());
    let count = query_customers!(
        r#"WITH changed AS (
            UPDATE customers SET
                name = given.name, is_company = given.is_company, parent_id = given.parent_id,
                email = given.email, phone = given.phone, job_title = given.job_title, website = given.website,
                language = given.language, street = given.street, street2 = given.street2, city = given.city,
                state = given.state, postal_code = given.postal_code, country = given.country,
                description = given.description, tags = given.tags::text[],
                salesperson_id = given.salesperson_id, external_id = given.external_id, version = given.version,
                update_time = given.update_time
            FROM UNNEST(
                $2::uuid[], $3::text[], $4::boolean[], $5::uuid[], $6::text[], $7::text[], $8::text[],
                $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
                $16::text[], $17::text[], $18::text[], $19::uuid[], $20::text[], $21::bigint[],
                $22::timestamptz[], $23::timestamptz[]
            ) AS given (
                id, name, is_company, parent_id, email, phone, job_title, website, language, street, street2,
                city, state, postal_code, country, description, tags, salesperson_id, external_id, version,
                create_time, update_time)
            WHERE customers.tenant_id = $1 AND customers.id = given.id
            RETURNING 1
        ), unkeyed AS (
            DELETE FROM customer_keys USING UNNEST($26::bigint[], $27::uuid[]) AS gone (key, id)
            WHERE customer_keys.tenant_id = $1 AND customer_keys.key = gone.key AND customer_keys.customer_id = gone.id
        ), keyed AS (
            INSERT INTO customer_keys (tenant_id, key, customer_id)
            SELECT $1, added.key, added.id FROM UNNEST($24::bigint[], $25::uuid[]) AS added (key, id)
            ON CONFLICT DO NOTHING
        )
        SELECT count(*) AS "count!" FROM changed"#,
        tenant.0,
        columns,
        &keys.added.keys,
        &keys.added.ids,
        &keys.gone.keys,
        &keys.gone.ids,
    )
    .fetch_one(&mut **tx)
    .await?;
    all_written("customers", records.len(), count)
}

/// Takes customers away, with their keys. Whoever refers to one meanwhile is in the way, and seen by the next try.
pub(super) async fn remove(
    tx: &mut Tx,
    tenant: TenantId,
    removed: &BTreeSet<CustomerId>,
    keys: &KeyChanges,
) -> Result<(), DbError> {
    if removed.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = removed.iter().map(|id| id.0).collect();
    let count = sqlx::query_scalar!(
        r#"WITH unkeyed AS (
            DELETE FROM customer_keys USING UNNEST($3::bigint[], $4::uuid[]) AS gone (key, id)
            WHERE customer_keys.tenant_id = $1 AND customer_keys.key = gone.key AND customer_keys.customer_id = gone.id
        ), removed AS (
            DELETE FROM customers WHERE tenant_id = $1 AND id = ANY($2) RETURNING 1
        )
        SELECT count(*) AS "count!" FROM removed"#,
        tenant.0,
        &ids,
        &keys.gone.keys,
        &keys.gone.ids
    )
    .fetch_one(&mut **tx)
    .await?;
    all_written("customers", removed.len(), count)
}
