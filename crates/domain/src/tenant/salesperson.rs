//! A salesperson.

use crate::ids::SalespersonId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Somebody who works on leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Salesperson {
    /// Id.
    pub id: SalespersonId,
    /// Name.
    pub name: String,
    /// E-mail address; may be empty.
    pub email: String,
    /// Inactive people are given no records any more; what they have stays theirs.
    pub active: bool,
    /// When created.
    pub create_time: DateTime<Utc>,
}
