//! An import of leads, as far as it has come (rules 8.4).

use crate::ids::{BatchId, RequestId};
use serde::{Deserialize, Serialize};

/// Progress of an import; it is committed with the rows it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The caller's key of the import.
    pub request_id: RequestId,
    /// Fingerprint of its header.
    pub fingerprint: Vec<u8>,
    /// All rows have been read.
    pub finished: bool,
    /// The first line that has not been dealt with: where to resume.
    pub next_line: i64,
    /// Records created.
    pub created: i64,
    /// Records changed.
    pub updated: i64,
    /// Rows rejected.
    pub rejected: i64,
    /// The batch that converts what was imported.
    pub batch_id: Option<BatchId>,
}

/// A row that was not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReject {
    /// Line of the caller's file.
    pub line: i64,
    /// Field, as the contract names it; empty = the row as a whole.
    pub field: String,
    /// Reason for programs.
    pub reason: String,
    /// Words for people.
    pub message: String,
}
