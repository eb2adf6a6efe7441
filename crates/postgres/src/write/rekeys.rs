//! `rekeys`: what is asked for, and its steps, which give records exactly the keys that they should have.

use super::forms::FormColumns;
use super::keys::KeyColumns;
use crate::error::DbError;
use crate::load::Tx;
use opportune_domain::ids::TenantId;
use opportune_domain::keys::KEYS_VERSION;
use opportune_domain::rekey::{Phase, Rekey, Rekeyed, Scope};
use opportune_domain::world::World;
use uuid::Uuid;

/// Writes what is asked for and what has been done.
pub(super) async fn write(tx: &mut Tx, tenant: TenantId, world: &World) -> Result<(), DbError> {
    let changes = &world.changes;
    for scope in &changes.rekeys {
        ask(tx, tenant, *scope).await?;
    }
    if !changes.rekey_steps.is_empty() {
        write_customer_keys(tx, tenant, &changes.rekeyed).await?;
        write_lead_keys(tx, tenant, world).await?;
    }
    for (id, after) in &changes.rekey_steps {
        match after {
            Some(after) => go_on(tx, tenant, after).await?,
            None => end(tx, tenant, *id).await?,
        }
    }
    Ok(())
}

async fn ask(tx: &mut Tx, tenant: TenantId, scope: Scope) -> Result<(), DbError> {
    let (name, customer) = match scope {
        Scope::All => ("all", None),
        Scope::NoCountry => ("no_country", None),
        Scope::OfCustomer(customer) => ("of_customer", Some(customer.0)),
    };
    sqlx::query!(
        "INSERT INTO rekeys (tenant_id, scope, customer_id, keys_version, slice, slices)
        SELECT $1, $2, $3, $4, slice, $5 FROM generate_series(0, $5 - 1) AS slice",
        tenant.0,
        name,
        customer,
        KEYS_VERSION,
        scope.slices()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn go_on(tx: &mut Tx, tenant: TenantId, after: &Rekey) -> Result<(), DbError> {
    let phase = match after.phase {
        Phase::Customers => "customers",
        Phase::Leads => "leads",
    };
    sqlx::query!(
        "UPDATE rekeys SET phase = $3, after = $4, done = $5 WHERE tenant_id = $1 AND id = $2",
        tenant.0,
        after.id,
        phase,
        after.after,
        after.done
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// When it was the last slice of everybody, all keys are of its version now. Slices that end at the same moment take turns, so
/// that one of them is the last.
async fn end(tx: &mut Tx, tenant: TenantId, id: Uuid) -> Result<(), DbError> {
    sqlx::query!("SELECT FROM tenants WHERE id = $1 FOR NO KEY UPDATE", tenant.0)
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "WITH ended AS (
            DELETE FROM rekeys WHERE tenant_id = $1 AND id = $2 RETURNING scope, keys_version
        )
        UPDATE tenants SET keys_version = ended.keys_version
        FROM ended WHERE tenants.id = $1 AND ended.scope = 'all' AND tenants.keys_version < ended.keys_version
            AND NOT EXISTS (SELECT FROM rekeys WHERE tenant_id = $1 AND id <> $2 AND scope = 'all')",
        tenant.0,
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Which keys a record has is asked of an index of its own: the migration says how. Nobody else writes them meanwhile, for
/// the records are locked; in the order of the index they are written faster.
async fn write_customer_keys(tx: &mut Tx, tenant: TenantId, rekeyed: &Rekeyed) -> Result<(), DbError> {
    if rekeyed.customers.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = rekeyed.customers.keys().map(|id| id.0).collect();
    let keys = KeyColumns::of(rekeyed.customers.iter().map(|(id, keys)| (*id, keys)));
    sqlx::query!(
        "WITH given AS MATERIALIZED (
            SELECT given.key, given.id FROM UNNEST($2::bigint[], $3::uuid[]) AS given (key, id)
        ), known AS MATERIALIZED (
            SELECT key, customer_id AS id FROM customer_keys
            WHERE tenant_id = $1 AND customer_id = ANY($4) AND (key = 0 OR key <> 0)
        ), unkeyed AS (
            DELETE FROM customer_keys USING (SELECT key, id FROM known EXCEPT SELECT key, id FROM given) AS gone
            WHERE customer_keys.tenant_id = $1 AND customer_keys.key = gone.key
                AND customer_keys.customer_id = gone.id
        )
        INSERT INTO customer_keys (tenant_id, key, customer_id)
        SELECT $1, key, id FROM (SELECT key, id FROM given EXCEPT SELECT key, id FROM known) AS added
        ORDER BY key",
        tenant.0,
        &keys.keys,
        &keys.ids,
        &ids
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn write_lead_keys(tx: &mut Tx, tenant: TenantId, world: &World) -> Result<(), DbError> {
    let rekeyed = &world.changes.rekeyed;
    if rekeyed.leads.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = rekeyed.leads.keys().map(|id| id.0).collect();
    let keys = KeyColumns::of(rekeyed.leads.iter().map(|(id, stored)| (*id, &stored.keys)));
    let forms = FormColumns::of_rekeyed(world, rekeyed.leads.iter().map(|(id, stored)| (*id, &stored.form)));
    sqlx::query!(
        "WITH given AS MATERIALIZED (
            SELECT given.key, given.id FROM UNNEST($2::bigint[], $3::uuid[]) AS given (key, id)
        ), known AS MATERIALIZED (
            SELECT key, lead_id AS id FROM match_keys
            WHERE tenant_id = $1 AND lead_id = ANY($4) AND (key = 0 OR key <> 0)
        ), unkeyed AS (
            DELETE FROM match_keys USING (SELECT key, id FROM known EXCEPT SELECT key, id FROM given) AS gone
            WHERE match_keys.tenant_id = $1 AND match_keys.key = gone.key AND match_keys.lead_id = gone.id
        ), unformed AS (
            DELETE FROM lead_forms WHERE lead_forms.tenant_id = $1 AND lead_forms.lead_id = ANY($12)
        ), formed AS (
            INSERT INTO lead_forms (
                tenant_id, lead_id, keys_version, form, status, create_time, salesperson_id, customer_id)
            SELECT $1, made.id, $5, made.form, made.status, made.create_time, made.salesperson_id, made.customer_id
            FROM UNNEST($6::uuid[], $7::bytea[], $8::text[], $9::timestamptz[], $10::uuid[], $11::uuid[])
                AS made (id, form, status, create_time, salesperson_id, customer_id)
            ON CONFLICT (tenant_id, lead_id) DO UPDATE SET
                keys_version = excluded.keys_version, form = excluded.form, status = excluded.status,
                create_time = excluded.create_time, salesperson_id = excluded.salesperson_id,
                customer_id = excluded.customer_id
            WHERE lead_forms IS DISTINCT FROM excluded
        )
        INSERT INTO match_keys (tenant_id, key, lead_id)
        SELECT $1, key, id FROM (SELECT key, id FROM given EXCEPT SELECT key, id FROM known) AS added
        ORDER BY key",
        tenant.0,
        &keys.keys,
        &keys.ids,
        &ids,
        KEYS_VERSION,
        &forms.made.ids,
        &forms.forms,
        &forms.made.statuses as _,
        &forms.made.create_times,
        &forms.made.salespeople as _,
        &forms.made.customers as _,
        &forms.gone
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
