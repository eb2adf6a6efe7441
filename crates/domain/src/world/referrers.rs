//! Who refers to a customer.

use crate::ids::{CustomerId, LeadId};
use std::collections::BTreeSet;

/// The records that refer to a customer: at most so many that it is clear that it cannot be taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Referrers {
    /// Leads and opportunities that are linked to it.
    pub leads: BTreeSet<LeadId>,
    /// Customers right below it.
    pub customers: BTreeSet<CustomerId>,
}
