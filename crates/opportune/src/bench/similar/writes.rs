//! What keys cost when leads are written: the same leads once without, once with them.
//!
//! Both sides write copies of leads that are there already into the full tables, first one lead a transaction, as one call
//! creates it, then in sets, as an import does. The keys are made of the leads' own contact data, as the product does, and
//! their forms are written with them.

use super::report::Writes;
use crate::bench::Stage;
use anyhow::Result;
use chrono::DateTime;
use opportune_domain::address::Address;
use opportune_domain::ids::LeadId;
use opportune_domain::keys::{Key, Reading, stored_of_lead};
use opportune_domain::lead::{Lead, LeadType};
use sqlx::{AssertSqlSafe, FromRow, PgConnection};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Leads on each side, one a transaction.
const SINGLE: usize = 1_000;
/// Leads on each side, in sets.
const LEADS: usize = 20_000;
/// Leads in a transaction.
const SET: usize = 500;

/// A copy that is to be written, with what its keys are made of.
#[derive(Debug, FromRow)]
struct Copy {
    id: Uuid,
    title: String,
    contact_name: String,
    company_name: String,
    email: String,
    phone: String,
    website: String,
    street: String,
    city: String,
    postal_code: String,
    country: String,
}

/// Both sides, first one by one, then in sets.
pub async fn measure(stage: &Stage) -> Result<[Writes; 2]> {
    let mut connection = stage.pool.acquire().await?;
    sqlx::query("CREATE SCHEMA IF NOT EXISTS floor")
        .execute(&mut *connection)
        .await?;
    sqlx::query("CREATE TABLE floor.copies AS SELECT * FROM leads WITH NO DATA")
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO floor.copies SELECT * FROM leads ORDER BY create_time DESC, id DESC LIMIT $1")
        .bind(i64::try_from(2 * (SINGLE + LEADS))?)
        .execute(&mut *connection)
        .await?;
    sqlx::query("ALTER TABLE floor.copies ADD COLUMN form bytea, ADD COLUMN keys bigint[]")
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE floor.copies SET form = lead_forms.form, keys = lead_forms.keys FROM lead_forms WHERE lead_forms.lead_id = copies.id")
        .execute(&mut *connection)
        .await?;
    // Ids grow with time; those of the copies come behind all others, as those of new leads do.
    sqlx::query(
        "UPDATE floor.copies SET external_id = '',
         id = overlay(gen_random_uuid()::text PLACING left(uuid_max, 13) FROM 1 FOR 13)::uuid
         FROM (SELECT id::text AS uuid_max FROM leads ORDER BY id DESC LIMIT 1) AS newest",
    )
    .execute(&mut *connection)
    .await?;
    let copies: Vec<Copy> = sqlx::query_as(
        "SELECT id, title, contact_name, company_name, email, phone, website, street, city, postal_code, country
         FROM floor.copies ORDER BY id",
    )
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query("CREATE INDEX ON floor.copies (id)")
        .execute(&mut *connection)
        .await?;
    sqlx::query("ANALYZE floor.copies").execute(&mut *connection).await?;
    let statements = Statements::read(&mut connection).await?;
    let (single, sets) = copies.split_at((2 * SINGLE).min(copies.len()));
    // The first writes after a checkpoint copy whole pages to the log: the many take that upon them.
    let in_sets = turns(&mut connection, &statements, sets, SET).await?;
    Ok([turns(&mut connection, &statements, single, 1).await?, in_sets])
}

/// Sets of both sides take turns: both meet the same tables, checkpoints and neighbours.
async fn turns(connection: &mut PgConnection, statements: &Statements, copies: &[Copy], size: usize) -> Result<Writes> {
    let mut writes = Writes {
        at_once: size,
        ..Writes::default()
    };
    for pair in copies.chunks_exact(2 * size) {
        let (bare, keyed) = pair.split_at(size);
        writes.bare += write_bare(connection, &statements.bare, bare).await?;
        writes.with_keys += write_with_keys(connection, &statements.with_keys, keyed).await?;
        writes.count += size;
    }
    Ok(writes)
}

/// One statement each.
struct Statements {
    bare: String,
    with_keys: String,
}

impl Statements {
    /// Generated columns make themselves.
    async fn read(connection: &mut PgConnection) -> Result<Self> {
        let columns: String = sqlx::query_scalar(
            "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name = 'leads' AND is_generated = 'NEVER'",
        )
        .fetch_one(connection)
        .await?;
        let bare = format!("INSERT INTO leads ({columns}) SELECT {columns} FROM floor.copies WHERE id = ANY ($1)");
        let with_keys = format!(
            "WITH inserted AS ({bare}), keyed AS (
                INSERT INTO match_keys (tenant_id, key, lead_id)
                SELECT '01990000-0000-7000-8000-000000000001', made.key, made.lead_id
                FROM UNNEST ($2::bigint[], $3::uuid[]) AS made (key, lead_id)
            )
            INSERT INTO lead_forms (
                tenant_id, lead_id, keys_version, form, keys, status, create_time, salesperson_id, customer_id)
            SELECT tenant_id, id, 0, form, keys, status, create_time, salesperson_id, customer_id
            FROM floor.copies WHERE id = ANY ($1)"
        );
        Ok(Self { bare, with_keys })
    }
}

async fn write_bare(connection: &mut PgConnection, statement: &str, set: &[Copy]) -> Result<Duration> {
    let ids: Vec<Uuid> = set.iter().map(|copy| copy.id).collect();
    let begun = Instant::now();
    sqlx::query("BEGIN").execute(&mut *connection).await?;
    sqlx::query(AssertSqlSafe(statement.to_owned()))
        .bind(&ids)
        .execute(&mut *connection)
        .await?;
    sqlx::query("COMMIT").execute(&mut *connection).await?;
    Ok(begun.elapsed())
}

/// Makes the keys of a set and writes them with their forms in the statement that writes the leads, as the product does.
async fn write_with_keys(connection: &mut PgConnection, statement: &str, set: &[Copy]) -> Result<Duration> {
    let ids: Vec<Uuid> = set.iter().map(|copy| copy.id).collect();
    let begun = Instant::now();
    let mut keys: Vec<(i64, Uuid)> = set
        .iter()
        .flat_map(|copy| copy.keys().into_iter().map(|key| (key.hash, copy.id)))
        .collect();
    keys.sort_unstable();
    let (hashes, leads): (Vec<i64>, Vec<Uuid>) = keys.into_iter().unzip();
    sqlx::query("BEGIN").execute(&mut *connection).await?;
    sqlx::query(AssertSqlSafe(statement.to_owned()))
        .bind(&ids)
        .bind(hashes)
        .bind(leads)
        .execute(&mut *connection)
        .await?;
    sqlx::query("COMMIT").execute(&mut *connection).await?;
    Ok(begun.elapsed())
}

impl Copy {
    fn keys(&self) -> BTreeSet<Key> {
        let lead = Lead {
            title: self.title.clone(),
            contact_name: self.contact_name.clone(),
            company_name: self.company_name.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            website: self.website.clone(),
            address: Address {
                street: self.street.clone(),
                city: self.city.clone(),
                postal_code: self.postal_code.clone(),
                country: self.country.clone(),
                ..Address::default()
            },
            ..Lead::empty(LeadId(self.id), LeadType::Lead, DateTime::UNIX_EPOCH)
        };
        let reading = Reading {
            default_country: "",
            placeholders: &[],
        };
        stored_of_lead(&lead, None, reading).keys
    }
}
