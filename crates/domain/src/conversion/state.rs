//! The life of a conversion.

use super::{ConvertCommand, Outcome, Plan};
use crate::ids::{BatchId, ConversionId, LeadId, RequestId};
use crate::refusal::Refusal;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where a conversion stands. Each end carries what exists in that end only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ConversionState {
    /// Accepted; a worker will take it.
    Queued,
    /// A worker has said that it tries; only jobs that failed or were redelivered before say so.
    Running,
    /// Done.
    Succeeded {
        /// What was decided, and why.
        plan: Box<Plan>,
        /// What came out.
        outcome: Box<Outcome>,
    },
    /// Ended without effect.
    Failed {
        /// Why.
        error: Box<Refusal>,
    },
    /// Taken back before it started.
    Cancelled,
    /// Done and undone (rules 10).
    Reverted {
        /// What was decided, and why.
        plan: Box<Plan>,
        /// What had come out.
        outcome: Box<Outcome>,
    },
}

impl ConversionState {
    /// Still to be settled: queued or running. A lead has at most one such conversion.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }

    /// Short name, as stored and as metrics have it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded { .. } => "succeeded",
            Self::Failed { .. } => "failed",
            Self::Cancelled => "cancelled",
            Self::Reverted { .. } => "reverted",
        }
    }
}

/// An accepted command and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversion {
    /// Id.
    pub id: ConversionId,
    /// The lead that was named.
    pub lead_id: LeadId,
    /// The batch it belongs to.
    pub batch_id: Option<BatchId>,
    /// The caller's idempotency key.
    pub request_id: Option<RequestId>,
    /// What was asked.
    pub command: ConvertCommand,
    /// Where it stands.
    pub state: ConversionState,
    /// How often it was tried.
    pub attempt: i32,
    /// Trace of the call that asked for it; empty = none.
    pub traceparent: String,
    /// When it was accepted.
    pub create_time: DateTime<Utc>,
    /// When a worker first took it.
    pub start_time: Option<DateTime<Utc>>,
    /// When it ended.
    pub end_time: Option<DateTime<Utc>>,
    /// Until when it can be reverted; only of a conversion that succeeded.
    pub revert_deadline: Option<DateTime<Utc>>,
}
