//! `rekeys`: what is asked for, and its steps, which give records exactly the keys that they should have.

use super::forms::FormColumns;
use super::keys::KeyColumns;
use crate::error::DbError;
use crate::load::Tx;
use opportune_domain::ids::TenantId;
use opportune_domain::keys::KEYS_VERSION;
use opportune_domain::rekey::{Phase, Rekey, Rekeyed, Scope};
use opportune_domain::world::World;
use std::collections::{BTreeMap, BTreeSet};
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

/// Which keys a customer has is asked of an index of its own: the migration says how. Nobody else writes them meanwhile, for
/// the customers are locked; in the order of the index they are written faster.
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

/// Which keys a lead has stands beside its form. Nobody else writes them meanwhile, for the leads are locked.
async fn write_lead_keys(tx: &mut Tx, tenant: TenantId, world: &World) -> Result<(), DbError> {
    let rekeyed = &world.changes.rekeyed.leads;
    if rekeyed.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = rekeyed.keys().map(|id| id.0).collect();
    let known = known_keys(tx, tenant, &ids).await?;
    let (mut added, mut gone) = (KeyColumns::default(), KeyColumns::default());
    let nothing = BTreeSet::new();
    for (id, stored) in rekeyed {
        let had = known.get(&id.0).unwrap_or(&nothing);
        let has: BTreeSet<i64> = stored.keys.iter().map(|key| key.hash).collect();
        added.extend(id.0, has.difference(had).copied());
        gone.extend(id.0, had.difference(&has).copied());
    }
    let (added, gone) = (added.sorted(), gone.sorted());
    let forms = FormColumns::of_rekeyed(world, rekeyed.iter().map(|(id, stored)| (*id, stored)));
    sqlx::query!(
        "WITH unkeyed AS (
            DELETE FROM match_keys USING UNNEST($4::bigint[], $5::uuid[]) AS gone (key, id)
            WHERE match_keys.tenant_id = $1 AND match_keys.key = gone.key AND match_keys.lead_id = gone.id
        ), formed AS (
            INSERT INTO lead_forms (
                tenant_id, lead_id, keys_version, form, keys, status, create_time, salesperson_id, customer_id)
            SELECT $1, made.id, $6, made.form, made.keys::bigint[], made.status, made.create_time,
                made.salesperson_id, made.customer_id
            FROM UNNEST(
                $7::uuid[], $8::bytea[], $9::text[], $10::text[], $11::timestamptz[], $12::uuid[], $13::uuid[]
            ) AS made (id, form, keys, status, create_time, salesperson_id, customer_id)
            ON CONFLICT (tenant_id, lead_id) DO UPDATE SET
                keys_version = excluded.keys_version, form = excluded.form, keys = excluded.keys,
                status = excluded.status, create_time = excluded.create_time,
                salesperson_id = excluded.salesperson_id, customer_id = excluded.customer_id
            WHERE lead_forms IS DISTINCT FROM excluded
        )
        INSERT INTO match_keys (tenant_id, key, lead_id)
        SELECT $1, added.key, added.id FROM UNNEST($2::bigint[], $3::uuid[]) AS added (key, id)",
        tenant.0,
        &added.keys,
        &added.ids,
        &gone.keys,
        &gone.ids,
        KEYS_VERSION,
        &forms.ids,
        &forms.forms as _,
        &forms.added,
        &forms.statuses as _,
        &forms.create_times,
        &forms.salespeople as _,
        &forms.customers as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn known_keys(tx: &mut Tx, tenant: TenantId, ids: &[Uuid]) -> Result<BTreeMap<Uuid, BTreeSet<i64>>, DbError> {
    let rows = sqlx::query!(
        "SELECT lead_id, keys FROM lead_forms WHERE tenant_id = $1 AND lead_id = ANY($2)",
        tenant.0,
        ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.lead_id, row.keys.into_iter().collect()))
        .collect())
}
