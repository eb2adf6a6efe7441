//! What the customers of two records have to do with each other.

use crate::ids::CustomerId;

/// To which customer a record is linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tie {
    /// Which.
    pub customer: CustomerId,
    /// That is a person, not a company.
    pub is_person: bool,
    /// The topmost company of the customer's hierarchy (rules 3.2); itself if it belongs to none.
    pub entity: CustomerId,
}

/// What two records have in common by their customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bond {
    /// The same person.
    Person,
    /// The same company: all its deals would be duplicates if that were enough.
    Company,
    /// Two customers of one commercial entity.
    Entity,
}

impl Bond {
    /// Between two records. Symmetric.
    pub fn between(a: Option<Tie>, b: Option<Tie>) -> Option<Self> {
        let (ours, theirs) = (a?, b?);
        if ours.customer == theirs.customer {
            Some(if ours.is_person { Self::Person } else { Self::Company })
        } else {
            (ours.entity == theirs.entity).then_some(Self::Entity)
        }
    }
}
