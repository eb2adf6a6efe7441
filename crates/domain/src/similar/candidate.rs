//! A record that may be like another one.

use super::Form;
use crate::ids::{CustomerId, SalespersonId};
use crate::lead::{Lead, LeadStatus};
use crate::world::World;
use chrono::{DateTime, Utc};

/// What is looked at of a record that shares a key with another one: much less than the record.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Tombstones are similar to nothing (rules 3.1).
    pub status: LeadStatus,
    /// Decides between equals (rules 3.4).
    pub create_time: DateTime<Utc>,
    /// Whose it is: decides who may see it.
    pub salesperson_id: Option<SalespersonId>,
    /// Its customer.
    pub customer_id: Option<CustomerId>,
    /// Its normal forms.
    pub form: Form,
}

impl Candidate {
    /// Of a lead; its customer should be loaded.
    pub fn of_lead(world: &World, lead: &Lead) -> Self {
        Self {
            status: lead.status,
            create_time: lead.create_time,
            salesperson_id: lead.salesperson_id,
            customer_id: lead.customer_id,
            form: Form::of_lead(world, lead),
        }
    }
}
