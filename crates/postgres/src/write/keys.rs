//! Which keys of a record come and go with a change. Normal forms are slow to compute (phone numbers above all), so
//! they are only where something that they are made of has changed.

use crate::error::DbError;
use crate::load::{self, Tx};
use opportune_domain::customer::Customer;
use opportune_domain::ids::{CustomerId, TenantId};
use opportune_domain::keys::{Key, stored_of_customer, stored_of_lead};
use opportune_domain::lead::Lead;
use opportune_domain::world::World;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Keys with the record that has them, as two columns.
#[derive(Debug, Default)]
pub(super) struct KeyColumns {
    pub keys: Vec<i64>,
    pub ids: Vec<Uuid>,
}

/// Keys that come and keys that go.
#[derive(Debug, Default)]
pub(super) struct KeyChanges {
    pub added: KeyColumns,
    pub gone: KeyColumns,
}

/// Of new records, and of changed ones.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub new: KeyChanges,
    pub changed: KeyChanges,
}

impl KeyColumns {
    fn extend<'k>(&mut self, id: Uuid, keys: impl IntoIterator<Item = &'k Key>) {
        for key in keys {
            self.keys.push(key.hash);
            self.ids.push(id);
        }
    }
}

impl KeyChanges {
    fn diff(&mut self, id: Uuid, before: &BTreeSet<Key>, after: &BTreeSet<Key>) {
        self.gone.extend(id, before.difference(after));
        self.added.extend(id, after.difference(before));
    }
}

/// Keys of new and changed customers.
pub(super) fn of_customers(world: &World, new: &[&Customer], changed: &[&Customer]) -> Keys {
    let default_country = &world.config.settings.default_country;
    let mut keys = Keys::default();
    for customer in new {
        let stored = stored_of_customer(customer, default_country);
        keys.new.added.extend(customer.id.0, &stored);
    }
    for customer in changed {
        let before = world.changes.customers.get(&customer.id).and_then(Option::as_ref);
        if let Some(before) = before.filter(|before| before.contact_differs(customer)) {
            let stored = |customer| stored_of_customer(customer, default_country);
            keys.changed.diff(customer.id.0, &stored(before), &stored(customer));
        }
    }
    keys
}

/// Keys of new and changed leads.
pub(super) async fn of_leads(
    tx: &mut Tx,
    tenant: TenantId,
    world: &World,
    new: &[&Lead],
    changed: &[&Lead],
) -> Result<Keys, DbError> {
    let pairs: Vec<(&Lead, &Lead)> = changed
        .iter()
        .filter_map(|after| Some((world.changes.leads.get(&after.id)?.as_ref()?, *after)))
        .collect();
    let countries = Countries::gather(tx, tenant, world, new, &pairs).await?;
    let default_country = &world.config.settings.default_country;
    let mut keys = Keys::default();
    for lead in new {
        let stored = stored_of_lead(lead, countries.after(world, lead), default_country);
        keys.new.added.extend(lead.id.0, &stored);
    }
    for (before, after) in pairs {
        let (country_before, country_after) = (countries.before(world, before), countries.after(world, after));
        let (old, new) = if before.contact_differs(after) || (reads_phone(after) && country_before != country_after) {
            (
                stored_of_lead(before, country_before, default_country),
                stored_of_lead(after, country_after, default_country),
            )
        } else {
            (customer_key(before), customer_key(after))
        };
        keys.changed.diff(after.id.0, &old, &new);
    }
    Ok(keys)
}

fn customer_key(lead: &Lead) -> BTreeSet<Key> {
    lead.customer_id.map(Key::of_customer).into_iter().collect()
}

/// The customer's country matters: it reads the lead's phone number (rules 2.4).
fn reads_phone(lead: &Lead) -> bool {
    !lead.phone.is_empty() && lead.address.country.is_empty()
}

/// Countries of customers that leads are or were linked to, also where the customer was not loaded.
struct Countries(BTreeMap<CustomerId, String>);

impl Countries {
    async fn gather(
        tx: &mut Tx,
        tenant: TenantId,
        world: &World,
        new: &[&Lead],
        changed: &[(&Lead, &Lead)],
    ) -> Result<Self, DbError> {
        let moved = changed
            .iter()
            .filter(|(before, after)| before.customer_id != after.customer_id || before.contact_differs(after));
        let leads = moved
            .flat_map(|(before, after)| [*before, *after])
            .chain(new.iter().copied());
        let unknown: BTreeSet<CustomerId> = leads
            .filter(|lead| reads_phone(lead))
            .filter_map(|lead| lead.customer_id)
            .filter(|id| !world.customers.contains_key(id))
            .collect();
        if unknown.is_empty() {
            return Ok(Self(BTreeMap::new()));
        }
        let unknown: Vec<Uuid> = unknown.into_iter().map(Uuid::from).collect();
        Ok(Self(load::countries(tx, tenant, &unknown).await?))
    }

    /// As the customer is now.
    fn after<'a>(&'a self, world: &'a World, lead: &Lead) -> Option<&'a str> {
        world.customer_country(lead).or_else(|| self.stored(lead))
    }

    /// As the customer was before this unit of work.
    fn before<'a>(&'a self, world: &'a World, lead: &Lead) -> Option<&'a str> {
        let changed = lead
            .customer_id
            .and_then(|id| world.changes.customers.get(&id)?.as_ref());
        let country = changed.map(|customer| customer.address.country.as_str());
        country.or_else(|| self.after(world, lead))
    }

    fn stored(&self, lead: &Lead) -> Option<&str> {
        self.0.get(&lead.customer_id?).map(String::as_str)
    }
}
