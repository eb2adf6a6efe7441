//! One round of loading: first what is locked, in the order of the locks; then what is only read.

use super::order::{Class, of_key};
use super::session::Session;
use crate::error::DbError;
use crate::load::{self, AdvisoryKey};
use opportune_application::ports::Needs;
use opportune_domain::customer::Customer;
use opportune_domain::ids::{CustomerId, LeadId};
use opportune_domain::keys::{CAP, Key};
use opportune_domain::lead::{Lead, LeadStatus};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An over-budget key's hits are counted up to this many times the budget.
const COUNTED: i64 = 10;

/// Hits from which a fuzzy key finds nobody.
const FUZZY_CAP: i64 = CAP as i64;

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
        customers.extend(self.find_open(new, &mut leads).await?);
        customers.extend(self.find_all(new, &mut leads).await?);
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

    /// Customers and open leads by their keys: the leads are added to `leads`, the customers returned.
    async fn find_open(&mut self, new: &Needs, leads: &mut BTreeSet<LeadId>) -> Result<Vec<CustomerId>, DbError> {
        let customer_keys = by_hash(new.customer_keys.union(&new.customer_keys_locked));
        let lead_keys = by_hash(&new.open_lead_keys);
        if customer_keys.is_empty() && lead_keys.is_empty() {
            return Ok(Vec::new());
        }
        let (customer_hits, lead_hits) =
            load::open_hits(&mut self.tx, self.tenant, &hashes(&customer_keys), &hashes(&lead_keys)).await?;
        customer_keys
            .values()
            .for_each(|key| self.world.customer_hits.look_up(*key));
        for (hash, id) in &customer_hits {
            if let Some(key) = customer_keys.get(hash) {
                self.world.customer_hits.add(*key, *id);
            }
        }
        for (hash, id) in lead_hits {
            if let Some(key) = lead_keys.get(&hash) {
                self.world.lead_hits.add(*key, id);
                leads.insert(id);
            }
        }
        Ok(customer_hits.into_iter().map(|(_, id)| id).collect())
    }

    /// Leads of any status by their keys, with what is compared. A key over budget finds nobody (rules 3.5); evidence is
    /// computed from normal forms, so it still speaks for records that another key found. Leads without forms are added to
    /// `leads`; the customers of the others are returned, where the subject has one to compare them with.
    async fn find_all(&mut self, new: &Needs, leads: &mut BTreeSet<LeadId>) -> Result<Vec<CustomerId>, DbError> {
        let keys = by_hash(&new.lead_keys);
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let budget = new.budget.max(0);
        let cap = |key: &Key| {
            if key.kind.is_fuzzy() {
                FUZZY_CAP.min(budget)
            } else {
                budget
            }
        };
        let most: Vec<i64> = keys.values().map(cap).collect();
        let known = self.world.leads.keys().chain(self.world.candidates.keys());
        let known: Vec<Uuid> = known.map(|id| id.0).collect();
        let found = load::candidates(&mut self.tx, self.tenant, &hashes(&keys), &most, &known).await?;
        // How many share a fuzzy key is nobody's concern.
        let told = |hash: &i64| keys.get(hash).is_some_and(|key| !key.kind.is_fuzzy());
        let over = found.over.into_iter().filter(told).collect();
        self.mark_over_budget(&keys, over, budget).await?;
        keys.values().for_each(|key| self.world.lead_hits.look_up(*key));
        for (hash, ids) in found.hits {
            let Some(key) = keys.get(&hash) else { continue };
            ids.into_iter().for_each(|id| self.world.lead_hits.add(*key, id));
        }
        leads.extend(found.formless);
        let has_family = !(new.families.is_empty() && self.loaded.families.is_empty());
        let customers = found.candidates.iter().filter(|_| has_family);
        let customers = customers.filter_map(|(_, one)| one.customer_id).collect();
        self.world.candidates.extend(found.candidates);
        Ok(customers)
    }

    async fn mark_over_budget(
        &mut self,
        keys: &BTreeMap<i64, Key>,
        over: Vec<i64>,
        budget: i64,
    ) -> Result<(), DbError> {
        if over.is_empty() {
            return Ok(());
        }
        let most = budget.saturating_mul(COUNTED).saturating_add(1);
        for (hash, estimate) in load::estimates(&mut self.tx, self.tenant, &over, most).await? {
            if let Some(key) = keys.get(&hash) {
                self.world.lead_hits.mark_over_budget(*key, estimate);
            }
        }
        Ok(())
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

fn by_hash<'k>(keys: impl IntoIterator<Item = &'k Key>) -> BTreeMap<i64, Key> {
    keys.into_iter().map(|key| (key.hash, *key)).collect()
}

fn hashes(keys: &BTreeMap<i64, Key>) -> Vec<i64> {
    keys.keys().copied().collect()
}
