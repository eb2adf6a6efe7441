//! Writing what a unit of work decided: one statement a table, or several tables where that saves round trips.
//!
//! Statements that may meet other transactions' new rows come in one order (imports, batches, customers, leads, then
//! requests and conversions, each by id), so that nobody waits for each other in a circle. Counts of batches come just
//! before the last of them.

mod batches;
mod columns;
pub(crate) mod config;
mod conversions;
mod customers;
mod forms;
mod imports;
mod items;
mod keys;
mod leads;
mod ledger;
mod outbox;
mod outbox_rows;
mod rekeys;
mod requests;
mod text;
mod timeline;

use crate::error::{DbError, Setback};
use crate::load::Tx;
use forms::FormColumns;
use keys::KeyChanges;
use opportune_application::ports::Committed;
use opportune_domain::conversion::Conversion;
use opportune_domain::customer::Customer;
use opportune_domain::ids::{RequestId, TenantId};
use opportune_domain::lead::{Lead, LeadStatus};
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
    imports::write(tx, tenant, world, known_imports).await?;
    batches::write(tx, tenant, world).await?;
    if world.changes.touches_config() {
        config::write(tx, tenant, &world.config, &world.changes).await?;
    }
    rekeys::write(tx, tenant, world).await?;
    write_customers(tx, tenant, world).await?;
    write_leads(tx, tenant, world).await?;
    remove_customers(tx, tenant, world).await?;
    timeline::write(tx, tenant, &world.changes).await?;
    let mut counts = items::count(tx, tenant, world).await?;
    let (mut outbox, not_held) = ledger::write(tx, tenant, world, &counts.sequences).await?;
    items::not_held(tx, tenant, &mut counts, &not_held).await?;
    outbox.extend(items::release(tx, tenant, &counts).await?);
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

/// After the leads, which refer to them.
async fn remove_customers(tx: &mut Tx, tenant: TenantId, world: &World) -> Result<(), DbError> {
    let removed = &world.changes.removed_customers;
    let keys = KeyChanges::of(removed.iter().copied(), &world.changes.customer_keys);
    customers::remove(tx, tenant, removed, &keys).await
}

async fn write_leads(tx: &mut Tx, tenant: TenantId, world: &World) -> Result<(), DbError> {
    let (new, changed) = split(&world.changes.leads, &world.leads, "leads")?;
    let keys = |records: &[&Lead]| KeyChanges::of(records.iter().map(|one| one.id), &world.changes.lead_keys);
    let forms = |records: &[&Lead]| FormColumns::of_changed(world, records);
    leads::insert(tx, tenant, &new, &keys(&new), &forms(&new)).await?;
    // An external id that passes from one record to another is given up in a statement before it is taken.
    let (giving, others) = giving_up_names(world, &changed);
    if giving.is_empty() || others.is_empty() {
        return leads::update(tx, tenant, &changed, &keys(&changed), &forms(&changed)).await;
    }
    leads::update(tx, tenant, &giving, &keys(&giving), &forms(&giving)).await?;
    leads::update(tx, tenant, &others, &keys(&others), &forms(&others)).await
}

/// Leads that give up an external id which another one takes, and all others.
fn giving_up_names<'w>(world: &World, changed: &[&'w Lead]) -> (Vec<&'w Lead>, Vec<&'w Lead>) {
    let named = |lead: &Lead| lead.status != LeadStatus::Merged && !lead.external_id.is_empty();
    let before = |lead: &Lead| world.changes.leads.get(&lead.id).and_then(Option::as_ref);
    let taken: BTreeSet<&str> = changed
        .iter()
        .filter(|lead| {
            named(lead) && before(lead).is_none_or(|before| before.external_id != lead.external_id || !named(before))
        })
        .map(|lead| lead.external_id.as_str())
        .collect();
    let gives_up = |lead: &Lead| {
        let had = before(lead).filter(|before| named(before));
        had.is_some_and(|had| {
            let has_it_still = named(lead) && lead.external_id == had.external_id;
            !has_it_still && taken.contains(had.external_id.as_str())
        })
    };
    changed.iter().copied().partition(|lead| gives_up(lead))
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
