//! Writing what a unit of work decided: one statement a table, or two tables where that saves a round trip.
//!
//! Statements that may meet other transactions' new rows come in one order (requests, imports, customers, leads,
//! conversions, each by id), so that nobody waits for each other in a circle.

mod columns;
pub(crate) mod config;
mod conversions;
mod customers;
mod imports;
mod keys;
mod leads;
mod outbox;
mod outbox_rows;
mod requests;
mod text;
mod timeline;

use crate::error::{DbError, Setback};
use crate::load::Tx;
use keys::KeyChanges;
use opportune_application::ports::Committed;
use opportune_domain::conversion::Conversion;
use opportune_domain::customer::Customer;
use opportune_domain::ids::{RequestId, TenantId};
use opportune_domain::lead::Lead;
use opportune_domain::world::World;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Writes all changes of `world`. `known_imports` have a row already. Takes what it returns out of the world.
pub(crate) async fn all(
    tx: &mut Tx,
    tenant: TenantId,
    world: &mut World,
    known_imports: &BTreeSet<RequestId>,
) -> Result<Committed, Setback> {
    requests::insert(tx, tenant, &world.changes.requests).await?;
    imports::write(tx, tenant, world, known_imports).await?;
    if world.changes.touches_config() {
        config::write(tx, tenant, &world.config, &world.changes).await?;
    }
    write_customers(tx, tenant, world).await?;
    write_leads(tx, tenant, world).await?;
    timeline::insert(tx, tenant, &world.changes.timeline).await?;
    conversions::insert(tx, tenant, world).await?;
    conversions::update(tx, tenant, world).await?;
    let events = std::mem::take(&mut world.changes.events);
    let outbox = outbox::write(tx, tenant, events, &world.changes.jobs).await?;
    Ok(Committed {
        outbox,
        settled: settled(world),
    })
}

async fn write_customers(tx: &mut Tx, tenant: TenantId, world: &World) -> Result<(), DbError> {
    let (new, changed) = split(&world.changes.customers, &world.customers, "customers")?;
    let keys = |records: &[&Customer]| KeyChanges::of(records.iter().map(|one| one.id), &world.changes.customer_keys);
    customers::insert(tx, tenant, &new, &keys(&new)).await?;
    customers::update(tx, tenant, &changed, &keys(&changed)).await
}

async fn write_leads(tx: &mut Tx, tenant: TenantId, world: &World) -> Result<(), DbError> {
    let (new, changed) = split(&world.changes.leads, &world.leads, "leads")?;
    let keys = |records: &[&Lead]| KeyChanges::of(records.iter().map(|one| one.id), &world.changes.lead_keys);
    leads::insert(tx, tenant, &new, &keys(&new)).await?;
    leads::update(tx, tenant, &changed, &keys(&changed)).await
}

/// New records, and changed ones.
type Split<'w, T> = (Vec<&'w T>, Vec<&'w T>);

fn split<'w, Id: Ord, T>(
    changes: &BTreeMap<Id, Option<T>>,
    records: &'w BTreeMap<Id, T>,
    table: &'static str,
) -> Result<Split<'w, T>, DbError> {
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for (id, before) in changes {
        let record = records.get(id).ok_or(DbError::Absent(table))?;
        if before.is_none() { &mut new } else { &mut changed }.push(record);
    }
    Ok((new, changed))
}

fn settled(world: &mut World) -> Vec<Arc<Conversion>> {
    let ids: Vec<_> = world.changes.settled(&world.conversions).map(|one| one.id).collect();
    let settled = ids.into_iter().filter_map(|id| world.conversions.remove(&id));
    settled.map(Arc::new).collect()
}
