//! Loading and locking what a unit of work has to be shown: one file a kind, one statement a set.

mod ancestors;
mod batches;
mod candidates;
pub(crate) mod config;
mod conversions;
mod customers;
mod earlier;
mod hits;
mod images;
mod imports;
pub(crate) mod leads;
mod locks;
mod referrers;
mod rekeys;

pub(crate) use ancestors::{families, with_ancestors};
pub(crate) use batches::{batches, items, next_part, pick};
pub(crate) use candidates::candidates;
pub(crate) use conversions::conversions;
pub(crate) use customers::lock as lock_customers;
pub(crate) use earlier::earlier;
pub(crate) use hits::{estimates, open_hits};
pub(crate) use images::images;
pub(crate) use imports::imports;
pub(crate) use leads::{by_ids as leads, locked as lock_leads};
pub(crate) use locks::{AdvisoryKey, lock_keys};
pub(crate) use referrers::referrers;
pub(crate) use rekeys::rekey;

pub(crate) use crate::transaction::Tx;
