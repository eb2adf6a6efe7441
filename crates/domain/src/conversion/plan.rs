//! The plan: what a conversion would do, and why. A preview is a plan that is not carried out.

use crate::customer::Customer;
use crate::ids::{CustomerId, EventId, LeadId, SalespersonId, StageId, TeamId, TimelineEntryId};
use crate::lead::LeadType;
use serde::{Deserialize, Serialize};

/// What would be done, with the reason of each choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Digest of everything that would be written (rules 4.6).
    pub digest: String,
    /// What the record is afterwards.
    pub resulting_type: LeadType,
    /// The record that lives on.
    pub survivor_id: LeadId,
    /// The records it absorbs.
    pub merged_lead_ids: Vec<LeadId>,
    /// Fields that get a value, and from where.
    pub fields: Vec<FieldDecision>,
    /// The customer; `None` = there is no such step, as in a merge that does not convert.
    pub customer: Option<CustomerDecision>,
    /// Salesperson and team.
    pub assignment: AssignmentDecision,
    /// The stage.
    pub stage_id: Option<StageId>,
    /// What could not be carried over.
    pub not_carried: Vec<NotCarried>,
}

/// A field, the value it gets, and which rule chose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDecision {
    /// Field name as in the contract.
    pub field: String,
    /// The record the value comes from; `None` = from the customer.
    pub source_lead_id: Option<LeadId>,
    /// The rule, for example `5.6`.
    pub rule: String,
    /// The value as text.
    pub value: String,
    /// Values that lost.
    pub lost: Vec<LostValue>,
}

/// A value that lost against another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostValue {
    /// The value as text.
    pub value: String,
    /// The record it comes from.
    pub source_lead_id: LeadId,
}

/// What happens about the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerAction {
    /// The record has one and keeps it.
    Keep,
    /// An existing one is linked.
    Link,
    /// A new one is created.
    Create,
    /// The record ends without one.
    None,
}

/// Which customer, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerDecision {
    /// What happens.
    pub action: CustomerAction,
    /// The record's customer afterwards; a new one's id is that of the row to be made.
    pub customer_id: Option<CustomerId>,
    /// The company that the customer belongs to.
    pub company_id: Option<CustomerId>,
    /// Why, in words.
    pub reason: String,
    /// Where record and customer disagree (rules 5.6).
    pub differences: Vec<String>,
    /// The person to be created.
    pub new_person: Option<Box<Customer>>,
    /// The company to be created.
    pub new_company: Option<Box<Customer>>,
}

/// Salesperson and team, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignmentDecision {
    /// Salesperson afterwards.
    pub salesperson_id: Option<SalespersonId>,
    /// Team afterwards.
    pub team_id: Option<TeamId>,
    /// Why, in words.
    pub reason: String,
}

/// Something that could not be carried to the survivor (rules 7.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotCarried {
    /// Field.
    pub field: String,
    /// Value as text.
    pub value: String,
    /// The record it stood in.
    pub source_lead_id: LeadId,
    /// Why.
    pub reason: String,
}

/// What came out of a conversion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The opportunity.
    pub opportunity_id: LeadId,
    /// Its customer.
    pub customer_id: Option<CustomerId>,
    /// Customers that were created.
    pub created_customer_ids: Vec<CustomerId>,
    /// Leads that were absorbed.
    pub merged_lead_ids: Vec<LeadId>,
    /// Salesperson.
    pub salesperson_id: Option<SalespersonId>,
    /// Team.
    pub team_id: Option<TeamId>,
    /// Events that were emitted.
    pub event_ids: Vec<EventId>,
    /// The note that a merge left on the survivor's timeline; a revert takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note_id: Option<TimelineEntryId>,
    /// Of a reverted conversion: customers that it had created and that are gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_customer_ids: Vec<CustomerId>,
    /// Of a reverted conversion: customers that it had created and that stay, because something refers to them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept_customer_ids: Vec<CustomerId>,
}
