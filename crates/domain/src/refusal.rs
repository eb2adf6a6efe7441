//! Why something is not done: one reason that programs can act upon, and words for people.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The reasons of the contract (`ErrorInfo.reason`). A deliberately closed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(
    missing_docs,
    reason = "the names are the contract's and say all; each is described there"
)]
pub enum Reason {
    FieldInvalid,
    RequestIdReused,
    Unauthenticated,
    PermissionDenied,
    LeadNotFound,
    CustomerNotFound,
    SalespersonNotFound,
    TeamNotFound,
    StageNotFound,
    ConversionNotFound,
    BatchNotFound,
    ImportNotFound,
    LeadAlreadyConverted,
    LeadWon,
    LeadLost,
    LeadArchived,
    LeadMerged,
    LeadsDisabled,
    DuplicatesFound,
    ExternalIdTaken,
    NothingToMerge,
    TooManyMergeSources,
    EtagMismatch,
    PlanChanged,
    ConversionInProgress,
    RevertWindowClosed,
    RevertConflict,
    ConversionStateInvalid,
    PageTooLarge,
    MessageTooLarge,
    TenantQuota,
    StoreUnavailable,
    JobDeadLettered,
    NotImplemented,
}

impl Reason {
    /// The text form, for example `LEAD_WON`.
    pub fn as_str(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(text)) => text,
            _ => String::new(),
        }
    }
}

/// A field of the input and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Path of the field, as the contract names it.
    pub field: String,
    /// What is wrong, in words that fit behind the field's name.
    pub description: String,
}

/// A decision not to do something. It is an answer, not a fault: nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub struct Refusal {
    /// For programs.
    pub reason: Reason,
    /// For people.
    pub message: String,
    /// Fields, for [`Reason::FieldInvalid`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
    /// Ids and numbers that the caller needs to act (`ErrorInfo.metadata`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason.as_str(), self.message)
    }
}

impl Refusal {
    /// A refusal with its message.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            violations: Vec::new(),
            metadata: BTreeMap::new(),
        }
    }

    /// One more piece of metadata.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.metadata.insert(key.to_owned(), value.to_string());
        self
    }

    /// One bad field.
    pub fn field(field: &str, description: impl Into<String>) -> Self {
        Self::fields(vec![Violation {
            field: field.to_owned(),
            description: description.into(),
        }])
    }

    /// Several bad fields.
    pub fn fields(violations: Vec<Violation>) -> Self {
        let message = violations
            .iter()
            .map(|violation| format!("{} {}", violation.field, violation.description))
            .collect::<Vec<_>>()
            .join("; ");
        Self {
            violations,
            ..Self::new(Reason::FieldInvalid, message)
        }
    }

    /// Nothing of that kind has that id in the caller's tenant.
    pub fn not_found(reason: Reason, id: impl ToString) -> Self {
        let id = id.to_string();
        Self::new(reason, format!("no record {id}")).with("id", id)
    }
}
