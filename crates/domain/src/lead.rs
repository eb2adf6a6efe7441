//! A lead or opportunity: one record with a type; converting keeps its id (rules 4.3).

mod assign;
mod close;
mod create;
mod fill;
mod patch;
pub mod references;
mod stage;
mod update;

pub use assign::{Assignment, assign, default_team};
pub use close::{archive, lose, restore, win};
pub(crate) use close::{must_be_no_tombstone, reopen};
pub use create::{CreateLead, create_lead};
pub use fill::{Filled, fill_from_customer};
pub use patch::LeadPatch;
pub use stage::{first_stage, keep_or_first_stage};
pub use update::{must_match, update_lead};

use crate::address::Address;
use crate::ids::{CustomerId, LeadId, SalespersonId, StageId, TeamId};
use crate::money::Money;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// What a record is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadType {
    /// Somebody has still to look at it.
    Lead,
    /// A deal that is being worked on.
    Opportunity,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadStatus {
    /// In work.
    Open,
    /// Ended well (rules 9).
    Won,
    /// Ended badly (rules 9).
    Lost,
    /// Put away.
    Archived,
    /// A tombstone: absorbed by a merge, `survivor_id` says by which record (rules 7.7).
    Merged,
}

/// A lead or opportunity. Empty text means "not known". Texts are stored as the caller gave them (rules 2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lead {
    /// Its id, for ever.
    pub id: LeadId,
    /// Lead or opportunity.
    #[serde(rename = "type")]
    pub kind: LeadType,
    /// Where it stands.
    pub status: LeadStatus,
    /// What it is about.
    pub title: String,
    /// The person to talk to.
    pub contact_name: String,
    /// The company as the lead names it; not a link to a customer.
    pub company_name: String,
    /// Free text with zero or more e-mail addresses.
    pub email: String,
    /// Phone number as given.
    pub phone: String,
    /// Job title of the contact.
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
    /// 0 to 3.
    pub priority: i32,
    /// Where it came from.
    pub source: String,
    /// By which medium.
    pub medium: String,
    /// By which campaign.
    pub campaign: String,
    /// Who recommended us.
    pub referred_by: String,
    /// Expected revenue.
    pub expected_revenue: Option<Money>,
    /// Chance of winning in percent, 0 to 100.
    pub probability: Option<f64>,
    /// The probability before it was won or lost, given back when it is reopened (rules 9).
    pub earlier_probability: Option<f64>,
    /// Stage of the pipeline.
    pub stage_id: Option<StageId>,
    /// Whose it is.
    pub salesperson_id: Option<SalespersonId>,
    /// Which team's it is.
    pub team_id: Option<TeamId>,
    /// Which customer it is.
    pub customer_id: Option<CustomerId>,
    /// Why it was lost.
    pub lost_reason: String,
    /// The tenant's own fields.
    pub custom_fields: serde_json::Map<String, serde_json::Value>,
    /// Its name in the caller's system, unique in the tenant; empty = none.
    pub external_id: String,
    /// Of a tombstone: the record that absorbed it.
    pub survivor_id: Option<LeadId>,
    /// Of a survivor: the records it absorbed.
    pub merged_lead_ids: Vec<LeadId>,
    /// Change counter: 1 when created, one more with every change. It is the etag and the `sequence` of events.
    pub version: i64,
    /// When it was created.
    pub create_time: DateTime<Utc>,
    /// When it was last changed.
    pub update_time: DateTime<Utc>,
    /// When it became an opportunity.
    pub convert_time: Option<DateTime<Utc>>,
    /// When its salesperson last changed.
    pub assign_time: Option<DateTime<Utc>>,
    /// When it was won or lost.
    pub close_time: Option<DateTime<Utc>>,
    /// When it is expected to be won.
    pub expected_close_date: Option<NaiveDate>,
}

impl Lead {
    /// A new open record with nothing in it.
    pub fn empty(id: LeadId, kind: LeadType, now: DateTime<Utc>) -> Self {
        Self {
            id,
            kind,
            status: LeadStatus::Open,
            title: String::new(),
            contact_name: String::new(),
            company_name: String::new(),
            email: String::new(),
            phone: String::new(),
            job_title: String::new(),
            website: String::new(),
            language: String::new(),
            address: Address::default(),
            description: String::new(),
            tags: Vec::new(),
            priority: 0,
            source: String::new(),
            medium: String::new(),
            campaign: String::new(),
            referred_by: String::new(),
            expected_revenue: None,
            probability: None,
            earlier_probability: None,
            stage_id: None,
            salesperson_id: None,
            team_id: None,
            customer_id: None,
            lost_reason: String::new(),
            custom_fields: serde_json::Map::new(),
            external_id: String::new(),
            survivor_id: None,
            merged_lead_ids: Vec::new(),
            version: 0,
            create_time: now,
            update_time: now,
            convert_time: None,
            assign_time: None,
            close_time: None,
            expected_close_date: None,
        }
    }

    /// The opaque etag of this version.
    pub fn etag(&self) -> String {
        etag(self.version)
    }

    /// Open, whatever its type.
    pub fn is_open(&self) -> bool {
        self.status == LeadStatus::Open
    }

    /// Any of the texts that keys and names are made of differs (the customer is looked at separately).
    pub fn contact_differs(&self, other: &Lead) -> bool {
        self.title != other.title
            || self.contact_name != other.contact_name
            || self.company_name != other.company_name
            || self.email != other.email
            || self.phone != other.phone
            || self.website != other.website
            || self.address != other.address
    }
}

/// The opaque etag of a version counter.
pub fn etag(version: i64) -> String {
    format!("v{version}")
}
