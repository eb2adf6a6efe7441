//! Records by their keys, as a part of a round.

use super::session::Session;
use crate::error::DbError;
use crate::load;
use opportune_application::ports::Needs;
use opportune_domain::ids::{CustomerId, LeadId};
use opportune_domain::keys::{Key, Sought};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A key of too many hits is counted up to this many times what it may have.
const COUNTED: usize = 10;

/// Keys by their hashes.
type Keys = BTreeMap<i64, Key>;

/// Keys of a search by their hashes.
type SoughtKeys = BTreeMap<i64, Sought>;

impl Session<'_> {
    /// Customers and leads by their keys: leads that have to be read are added to `leads`, customers are returned. One round
    /// trip, unless both open leads and leads of any status are asked for.
    pub(super) async fn find_by_keys(
        &mut self,
        new: &Needs,
        leads: &mut BTreeSet<LeadId>,
    ) -> Result<BTreeSet<CustomerId>, DbError> {
        let mut customers = BTreeSet::new();
        let (open, all) = (by_hash(&new.open_lead_keys), sought_by_hash(&new.lead_keys));
        let mut of_customers = by_hash(new.customer_keys.union(&new.customer_keys_locked));
        if !all.is_empty() {
            self.find_all(new, &all, &of_customers, leads, &mut customers).await?;
            of_customers.clear();
        }
        if !(of_customers.is_empty() && open.is_empty()) {
            self.find_open(&of_customers, &open, leads, &mut customers).await?;
        }
        Ok(customers)
    }

    /// Customers, and open leads, which are all read.
    async fn find_open(
        &mut self,
        customer_keys: &Keys,
        lead_keys: &Keys,
        leads: &mut BTreeSet<LeadId>,
        customers: &mut BTreeSet<CustomerId>,
    ) -> Result<(), DbError> {
        let (customer_hits, lead_hits) =
            load::open_hits(&mut self.tx, self.tenant, &hashes(customer_keys), &hashes(lead_keys)).await?;
        self.put_customer_hits(customer_keys, customer_hits, customers);
        for (hash, id) in lead_hits {
            if let Some(key) = lead_keys.get(&hash) {
                self.world.lead_hits.add(*key, id);
                leads.insert(id);
            }
        }
        Ok(())
    }

    /// Customers, and leads of any status, with what is compared. A key over budget finds nobody (rules 3.5); evidence is
    /// computed from normal forms, so it still speaks for records that another key found. Leads without forms are added to
    /// `leads`; the customers of the others to `customers`, where the subject has one to compare them with.
    async fn find_all(
        &mut self,
        new: &Needs,
        keys: &SoughtKeys,
        customer_keys: &Keys,
        leads: &mut BTreeSet<LeadId>,
        customers: &mut BTreeSet<CustomerId>,
    ) -> Result<(), DbError> {
        let most: Vec<i64> = keys.values().map(|sought| as_i64(sought.most)).collect();
        let known = self.world.leads.keys().chain(self.world.candidates.keys());
        let known: Vec<Uuid> = known.map(|id| id.0).collect();
        let asked = (hashes(keys), hashes(customer_keys));
        let found = load::candidates(&mut self.tx, self.tenant, &asked.0, &most, &known, &asked.1).await?;
        // How many share a fuzzy key is nobody's concern.
        let over = found.over.iter().filter_map(|hash| keys.get(hash));
        let told: Vec<Sought> = over.filter(|sought| !sought.key.kind.is_fuzzy()).copied().collect();
        self.mark_over_budget(&told).await?;
        self.put_customer_hits(customer_keys, found.customers, customers);
        keys.values()
            .for_each(|sought| self.world.lead_hits.look_up(sought.key));
        for (hash, ids) in found.hits {
            let Some(Sought { key, .. }) = keys.get(&hash) else {
                continue;
            };
            ids.into_iter().for_each(|id| self.world.lead_hits.add(*key, id));
        }
        leads.extend(found.formless);
        let has_family = !(new.families.is_empty() && self.loaded.families.is_empty());
        let owned = found.candidates.iter().filter(|_| has_family);
        customers.extend(owned.filter_map(|(_, one)| one.customer_id));
        self.world.candidates.extend(found.candidates);
        Ok(())
    }

    fn put_customer_hits(&mut self, keys: &Keys, hits: Vec<(i64, CustomerId)>, customers: &mut BTreeSet<CustomerId>) {
        keys.values().for_each(|key| self.world.customer_hits.look_up(*key));
        for (hash, id) in hits {
            if let Some(key) = keys.get(&hash) {
                self.world.customer_hits.add(*key, id);
                customers.insert(id);
            }
        }
    }

    async fn mark_over_budget(&mut self, over: &[Sought]) -> Result<(), DbError> {
        if over.is_empty() {
            return Ok(());
        }
        let hashes: Vec<i64> = over.iter().map(|sought| sought.key.hash).collect();
        let counted = over.iter().map(|sought| sought.most.saturating_mul(COUNTED));
        let most: Vec<i64> = counted.map(|most| as_i64(most.saturating_add(1))).collect();
        for (hash, estimate) in load::estimates(&mut self.tx, self.tenant, &hashes, &most).await? {
            if let Some(sought) = over.iter().find(|sought| sought.key.hash == hash) {
                self.world.lead_hits.mark_over_budget(sought.key, estimate);
            }
        }
        Ok(())
    }
}

fn by_hash<'k>(keys: impl IntoIterator<Item = &'k Key>) -> Keys {
    keys.into_iter().map(|key| (key.hash, *key)).collect()
}

/// Of a key that is sought for two subjects the larger number of hits counts.
fn sought_by_hash(keys: &BTreeSet<Sought>) -> SoughtKeys {
    // In the set, that one comes later.
    keys.iter().map(|sought| (sought.key.hash, *sought)).collect()
}

fn hashes<T>(keys: &BTreeMap<i64, T>) -> Vec<i64> {
    keys.keys().copied().collect()
}

fn as_i64(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
