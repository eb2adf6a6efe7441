//! One round of loading: first what is locked, in the order of the locks; then what is only read.

use super::order::{Class, of_key};
use super::session::Session;
use crate::error::DbError;
use crate::load::{self, AdvisoryKey};
use opportune_application::ports::Needs;
use opportune_domain::customer::Customer;
use opportune_domain::ids::{CustomerId, LeadId};
use opportune_domain::keys::Key;
use opportune_domain::lead::{Lead, LeadStatus};
use std::collections::BTreeSet;
use uuid::Uuid;

impl Session<'_> {
    /// Loads what is new.
    pub(super) async fn load(&mut self, new: &Needs) -> Result<(), DbError> {
        if new.config {
            self.lock_config().await?;
        }
        self.load_rekeys(new).await?;
        self.load_imports(new).await?;
        self.load_batches(new).await?;
        self.load_conversions(new).await?;
        self.load_images(new).await?;
        let owners = self.load_named_leads(new).await?;
        self.lock_customer_keys(&new.customer_keys_locked).await?;
        let above_locked = self.lock_customers(&new.customers_locked).await?;
        self.load_referrers(new).await?;
        self.load_items(new).await?;
        if !(new.open_lead_keys.is_empty() && new.lead_keys.is_empty()) {
            self.world.records = self.store.sizes.of(&mut self.tx, self.tenant).await?;
        }
        let mut customers: BTreeSet<CustomerId> = new.customers.union(&above_locked).copied().collect();
        customers.extend(owners);
        let mut leads = new.peek_leads.clone();
        customers.extend(self.find_by_keys(new, &mut leads).await?);
        let customers_of_leads = self.load_found_leads(new, leads).await?;
        customers.extend(customers_of_leads);
        self.load_families(&new.families).await?;
        self.load_customers(customers).await?;
        self.load_earlier(new).await
    }

    /// Last in every round: who made the same call a moment ago has committed its request together with what was read
    /// above, and that must be taken for an answer to the call, not for something in its way.
    async fn load_earlier(&mut self, new: &Needs) -> Result<(), DbError> {
        let wanted = self.loaded.requests.union(&new.requests);
        let unseen: Vec<Uuid> = wanted
            .filter(|id| !self.world.seen.contains_key(id))
            .map(|id| id.0)
            .collect();
        if !unseen.is_empty() || !new.live_of.is_empty() {
            let earlier = load::earlier(&mut self.tx, self.tenant, &unseen, &uuids(&new.live_of)).await?;
            let seen = earlier.requests.into_iter().map(|one| (one.id, one));
            self.world.seen.extend(seen);
            self.world.live_conversions.extend(earlier.live);
        }
        Ok(())
    }

    async fn lock_config(&mut self) -> Result<(), DbError> {
        load::config::lock(&mut self.tx, self.tenant).await?;
        self.order.hold((Class::Config, 0));
        self.world.config = self.store.read_config(&mut self.tx, self.tenant).await?;
        Ok(())
    }

    async fn load_rekeys(&mut self, new: &Needs) -> Result<(), DbError> {
        for id in &new.rekeys {
            if let Some(rekey) = load::rekey(&mut self.tx, self.tenant, *id).await? {
                self.world.rekeys.insert(*id, rekey);
            }
            self.order.hold((Class::Rekeys, id.as_u128()));
        }
        Ok(())
    }

    async fn load_imports(&mut self, new: &Needs) -> Result<(), DbError> {
        let Some(last) = new.imports.last() else { return Ok(()) };
        let imports = load::imports(&mut self.tx, self.tenant, &uuids(&new.imports), self.locking).await?;
        self.order.hold((Class::Imports, last.0.as_u128()));
        for import in imports {
            self.known_imports.insert(import.request_id);
            self.world.imports.insert(import.request_id, import);
        }
        Ok(())
    }

    async fn load_conversions(&mut self, new: &Needs) -> Result<(), DbError> {
        let Some(last) = new.conversions.last() else {
            return Ok(());
        };
        let ids = uuids(&new.conversions);
        let conversions = load::conversions(&mut self.tx, self.tenant, &ids, self.locking).await?;
        self.order.hold((Class::Conversions, last.0.as_u128()));
        for conversion in conversions {
            if conversion.state.is_live() {
                self.world.live_conversions.insert(conversion.lead_id, conversion.id);
            }
            self.world.conversions.insert(conversion.id, conversion);
        }
        Ok(())
    }

    async fn load_images(&mut self, new: &Needs) -> Result<(), DbError> {
        if new.images.is_empty() {
            return Ok(());
        }
        let images = load::images(&mut self.tx, self.tenant, &uuids(&new.images)).await?;
        for image in images {
            self.world.images.entry(image.conversion_id).or_default().push(image);
        }
        Ok(())
    }

    async fn load_referrers(&mut self, new: &Needs) -> Result<(), DbError> {
        if !new.referrers.is_empty() {
            let referrers = load::referrers(&mut self.tx, self.tenant, &uuids(&new.referrers)).await?;
            self.world.referrers.extend(referrers);
        }
        Ok(())
    }

    /// Leads that are to be locked, and leads by external id. Returns their customers.
    async fn load_named_leads(&mut self, new: &Needs) -> Result<Vec<CustomerId>, DbError> {
        if new.leads.is_empty() && new.external_ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids = uuids(&new.leads);
        let external_ids: Vec<String> = new.external_ids.iter().cloned().collect();
        let leads = if self.locking {
            load::lock_leads(&mut self.tx, self.tenant, &ids, &external_ids).await?
        } else {
            load::leads(&mut self.tx, self.tenant, &ids, &external_ids).await?
        };
        let last = leads.iter().map(|lead| lead.id).chain(new.leads.last().copied()).max();
        self.order.hold((Class::Leads, last.map_or(0, |id| id.0.as_u128())));
        let owners = leads.iter().filter_map(|lead| lead.customer_id).collect();
        for lead in leads {
            if new.external_ids.contains(&lead.external_id) {
                // A tombstone has it as an alias only: whoever has it now comes first.
                let names = &mut self.world.external_ids;
                if lead.status == LeadStatus::Merged {
                    names.entry(lead.external_id.clone()).or_insert(lead.id);
                } else {
                    names.insert(lead.external_id.clone(), lead.id);
                }
            }
            self.world.leads.insert(lead.id, lead);
        }
        Ok(owners)
    }

    async fn lock_customer_keys(&mut self, keys: &BTreeSet<Key>) -> Result<(), DbError> {
        let locks: BTreeSet<AdvisoryKey> = keys.iter().map(|key| AdvisoryKey::of(self.tenant, *key)).collect();
        let Some(last) = locks.last().copied() else {
            return Ok(());
        };
        let locks: Vec<i64> = locks.into_iter().map(|key| key.0).collect();
        load::lock_keys(&mut self.tx, &locks).await?;
        self.order.hold(of_key(last));
        Ok(())
    }

    /// Returns the companies right above them, which are not locked.
    async fn lock_customers(&mut self, ids: &BTreeSet<CustomerId>) -> Result<BTreeSet<CustomerId>, DbError> {
        let Some(last) = ids.last() else {
            return Ok(BTreeSet::new());
        };
        let customers = load::lock_customers(&mut self.tx, self.tenant, &uuids(ids)).await?;
        self.order.hold((Class::Customers, last.0.as_u128()));
        let above = customers.iter().filter_map(|customer| customer.parent_id).collect();
        self.put_customers(customers);
        Ok(above)
    }

    /// Loads the leads that are not there yet; returns the customers of those that a key found.
    async fn load_found_leads(&mut self, new: &Needs, ids: BTreeSet<LeadId>) -> Result<Vec<CustomerId>, DbError> {
        let unknown: Vec<Uuid> = ids
            .iter()
            .filter(|id| !self.world.leads.contains_key(id))
            .map(|id| id.0)
            .collect();
        if !unknown.is_empty() {
            let leads: Vec<Lead> = load::leads(&mut self.tx, self.tenant, &unknown, &[]).await?;
            self.world.leads.extend(leads.into_iter().map(|lead| (lead.id, lead)));
        }
        let found = ids.iter().filter(|id| !new.peek_leads.contains(id));
        let customers = found.filter_map(|id| self.world.leads.get(id)?.customer_id);
        Ok(customers.collect())
    }

    async fn load_families(&mut self, ids: &BTreeSet<CustomerId>) -> Result<(), DbError> {
        if !ids.is_empty() {
            let members = load::families(&mut self.tx, self.tenant, &uuids(ids)).await?;
            self.put_customers(members);
        }
        Ok(())
    }

    /// Loads the customers that are not there yet. Whoever is there has been loaded with the companies above.
    async fn load_customers(&mut self, ids: BTreeSet<CustomerId>) -> Result<(), DbError> {
        let unknown = ids.iter().filter(|id| !self.world.customers.contains_key(id));
        let unknown: Vec<Uuid> = unknown.map(|id| id.0).collect();
        if !unknown.is_empty() {
            let customers = load::with_ancestors(&mut self.tx, self.tenant, &unknown).await?;
            self.put_customers(customers);
        }
        Ok(())
    }

    fn put_customers(&mut self, customers: Vec<Customer>) {
        let customers = customers.into_iter().map(|customer| (customer.id, customer));
        self.world.customers.extend(customers);
    }
}

fn uuids<Id: Copy + Into<Uuid>>(ids: &BTreeSet<Id>) -> Vec<Uuid> {
    ids.iter().map(|id| (*id).into()).collect()
}
