//! Where new ids come from.

use opportune_application::ids::IdSource;
use uuid::Uuid;

/// A new id, later than all before it.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where ids are made; everything below is handed them"
)]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// The ids of this process.
pub fn source() -> IdSource {
    IdSource::new(new_id)
}
