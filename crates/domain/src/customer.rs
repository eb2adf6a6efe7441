//! A customer: a company, or a person who may belong to one.

mod patch;

pub use patch::CustomerPatch;

use crate::address::Address;
use crate::ids::{CustomerId, SalespersonId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A company or a person. Empty text means "not known".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// Name of the company or the person.
    pub name: String,
    /// Company or person.
    pub is_company: bool,
    /// The company that it belongs to.
    pub parent_id: Option<CustomerId>,
    /// Free text with zero or more e-mail addresses.
    pub email: String,
    /// Phone number as given.
    pub phone: String,
    /// Job title of a person.
    pub job_title: String,
    /// Website.
    pub website: String,
    /// Language tag (BCP 47).
    pub language: String,
    /// Postal address.
    pub address: Address,
    /// Free text.
    pub description: String,
    /// Labels.
    pub tags: Vec<String>,
    /// The salesperson in charge.
    pub salesperson_id: Option<SalespersonId>,
    /// Its name in the caller's system, unique in the tenant; empty = none.
    pub external_id: String,
    /// Change counter: etag and `sequence` of events.
    pub version: i64,
    /// When it was created.
    pub create_time: DateTime<Utc>,
    /// When it was last changed.
    pub update_time: DateTime<Utc>,
}

impl Customer {
    /// A new customer with nothing but a name.
    pub fn named(id: CustomerId, name: &str, is_company: bool, now: DateTime<Utc>) -> Self {
        Self {
            id,
            name: name.to_owned(),
            is_company,
            parent_id: None,
            email: String::new(),
            phone: String::new(),
            job_title: String::new(),
            website: String::new(),
            language: String::new(),
            address: Address::default(),
            description: String::new(),
            tags: Vec::new(),
            salesperson_id: None,
            external_id: String::new(),
            version: 1,
            create_time: now,
            update_time: now,
        }
    }

    /// The opaque etag of this version.
    pub fn etag(&self) -> String {
        crate::lead::etag(self.version)
    }

    /// Any of the texts that keys are made of differs.
    pub fn contact_differs(&self, other: &Customer) -> bool {
        self.name != other.name
            || self.is_company != other.is_company
            || self.email != other.email
            || self.phone != other.phone
            || self.website != other.website
            || self.address != other.address
    }
}
