//! What is told to downstream systems: facts about records, each with everything a consumer needs to know.

use crate::customer::Customer;
use crate::ids::{BatchId, ConversionId, CustomerId, EventId, LeadId};
use crate::lead::Lead;
use crate::refusal::Refusal;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An event: written in the transaction of what it talks about, published from there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Stable over redeliveries.
    pub id: EventId,
    /// The record's change counter when it happened.
    pub sequence: i64,
    /// When it happened: the transaction's time.
    pub occurred_at: DateTime<Utc>,
    /// W3C trace context of the call behind it; empty = none.
    pub traceparent: String,
    /// What happened.
    pub body: EventBody,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EventBody {
    /// A record was created (as a lead or straight as an opportunity).
    LeadCreated {
        /// The record.
        lead: Box<Lead>,
    },
    /// A record was changed by hand.
    LeadUpdated {
        /// The record after the change.
        lead: Box<Lead>,
    },
    /// A record was lost.
    LeadLost {
        /// The record after the change.
        lead: Box<Lead>,
    },
    /// A lost, archived or won record was reopened.
    LeadRestored {
        /// The record after the change.
        lead: Box<Lead>,
    },
    /// An opportunity was won.
    OpportunityWon {
        /// The record after the change.
        lead: Box<Lead>,
    },
    /// A lead became an opportunity.
    OpportunityCreated {
        /// The opportunity.
        opportunity: Box<Lead>,
        /// Its customer.
        customer: Option<Box<Customer>>,
        /// The lead that was asked to be converted.
        source_lead_id: LeadId,
        /// Leads it absorbed on the way.
        merged_lead_ids: Vec<LeadId>,
        /// The conversion.
        conversion_id: ConversionId,
    },
    /// Records were merged into an opportunity that was there.
    OpportunityMerged {
        /// The opportunity after the merge.
        opportunity: Box<Lead>,
        /// Its customer.
        customer: Option<Box<Customer>>,
        /// The records that it absorbed.
        merged_lead_ids: Vec<LeadId>,
        /// The conversion.
        conversion_id: ConversionId,
    },
    /// A record was merged into another one.
    LeadMerged {
        /// The record that was absorbed.
        lead_id: LeadId,
        /// The one that absorbed it.
        survivor_id: LeadId,
        /// The conversion.
        conversion_id: ConversionId,
    },
    /// A merge was taken back: the record is one of its own again.
    LeadUnmerged {
        /// The record as it is again.
        lead: Box<Lead>,
        /// The one that had absorbed it.
        survivor_id: LeadId,
        /// The conversion that was reverted.
        conversion_id: ConversionId,
    },
    /// A conversion, or a merge that had made or grown an opportunity, was taken back.
    OpportunityReverted {
        /// The record as it is again.
        lead: Box<Lead>,
        /// The conversion that was reverted.
        conversion_id: ConversionId,
        /// The records that are back.
        unmerged_lead_ids: Vec<LeadId>,
        /// Customers that are gone.
        removed_customer_ids: Vec<CustomerId>,
        /// Customers that stay because something refers to them.
        kept_customer_ids: Vec<CustomerId>,
    },
    /// A conversion was taken back.
    ConversionReverted {
        /// The conversion.
        conversion_id: ConversionId,
        /// The lead that had been converted.
        lead_id: LeadId,
    },
    /// A customer that a reverted conversion had created was removed.
    CustomerRemoved {
        /// The customer.
        customer_id: CustomerId,
        /// The conversion that was reverted.
        conversion_id: ConversionId,
    },
    /// A customer was created.
    CustomerCreated {
        /// The customer.
        customer: Box<Customer>,
        /// The conversion that made it, if one did.
        conversion_id: Option<ConversionId>,
    },
    /// A conversion ended without effect.
    ConversionFailed {
        /// The conversion.
        conversion_id: ConversionId,
        /// The lead that was asked to be converted.
        lead_id: LeadId,
        /// Why.
        error: Refusal,
        /// Which try it was.
        attempt: i32,
        /// The batch that it is an item of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        batch_id: Option<BatchId>,
    },
}

impl EventBody {
    /// The CloudEvents type, for example `opportune.opportunity.created.v1`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::LeadCreated { .. } => "opportune.lead.created.v1",
            Self::LeadUpdated { .. } => "opportune.lead.updated.v1",
            Self::LeadLost { .. } => "opportune.lead.lost.v1",
            Self::LeadRestored { .. } => "opportune.lead.restored.v1",
            Self::OpportunityWon { .. } => "opportune.opportunity.won.v1",
            Self::OpportunityCreated { .. } => "opportune.opportunity.created.v1",
            Self::OpportunityMerged { .. } => "opportune.opportunity.merged.v1",
            Self::LeadMerged { .. } => "opportune.lead.merged.v1",
            Self::LeadUnmerged { .. } => "opportune.lead.unmerged.v1",
            Self::OpportunityReverted { .. } => "opportune.opportunity.reverted.v1",
            Self::ConversionReverted { .. } => "opportune.conversion.reverted.v1",
            Self::CustomerRemoved { .. } => "opportune.customer.removed.v1",
            Self::CustomerCreated { .. } => "opportune.customer.created.v1",
            Self::ConversionFailed { .. } => "opportune.conversion.failed.v1",
        }
    }

    /// The record it is about.
    pub fn subject(&self) -> Uuid {
        match self {
            Self::LeadCreated { lead }
            | Self::LeadUpdated { lead }
            | Self::LeadLost { lead }
            | Self::LeadRestored { lead }
            | Self::OpportunityWon { lead }
            | Self::LeadUnmerged { lead, .. }
            | Self::OpportunityReverted { lead, .. } => lead.id.0,
            Self::OpportunityCreated { opportunity, .. } | Self::OpportunityMerged { opportunity, .. } => {
                opportunity.id.0
            }
            Self::LeadMerged { lead_id, .. } => lead_id.0,
            Self::CustomerRemoved { customer_id, .. } => customer_id.0,
            Self::CustomerCreated { customer, .. } => customer.id.0,
            Self::ConversionFailed { conversion_id, .. } | Self::ConversionReverted { conversion_id, .. } => {
                conversion_id.0
            }
        }
    }

    /// When the record it is about was changed; `None` = it is not about a record with such a time.
    pub fn record_time(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::LeadCreated { lead }
            | Self::LeadUpdated { lead }
            | Self::LeadLost { lead }
            | Self::LeadRestored { lead }
            | Self::OpportunityWon { lead }
            | Self::LeadUnmerged { lead, .. }
            | Self::OpportunityReverted { lead, .. } => Some(lead.update_time),
            Self::OpportunityCreated { opportunity, .. } | Self::OpportunityMerged { opportunity, .. } => {
                Some(opportunity.update_time)
            }
            Self::CustomerCreated { customer, .. } => Some(customer.update_time),
            Self::ConversionFailed { .. }
            | Self::ConversionReverted { .. }
            | Self::LeadMerged { .. }
            | Self::CustomerRemoved { .. } => None,
        }
    }

    /// `<entity>.<verb>`, the first two words of the routing key.
    pub fn topic(&self) -> &'static str {
        let name = self.type_name();
        name.strip_prefix("opportune.")
            .and_then(|name| name.strip_suffix(".v1"))
            .unwrap_or(name)
    }
}
