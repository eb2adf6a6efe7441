//! Imports and their rejected rows.

use crate::ids::text;
use opportune_contract::v1;
use opportune_domain::import::{Import, ImportReject};

/// An import's progress as a message.
pub fn import(import: &Import) -> v1::Import {
    v1::Import {
        request_id: import.request_id.to_string(),
        finished: import.finished,
        next_line: import.next_line,
        created_count: import.created,
        updated_count: import.updated,
        rejected_count: import.rejected,
        batch_id: text(import.batch_id.filter(|_| import.finished)),
    }
}

/// A row that was not taken, as a message.
pub fn reject(reject: &ImportReject) -> v1::ImportReject {
    v1::ImportReject {
        line: reject.line,
        field: reject.field.clone(),
        reason: reject.reason.clone(),
        message: reject.message.clone(),
    }
}
