//! Ids that nobody else has.

use std::hash::{BuildHasher, RandomState};
use uuid::{Builder, Uuid};

/// A random id.
pub fn new_id() -> Uuid {
    let random = |salt: u8| u128::from(RandomState::new().hash_one(salt));
    Builder::from_random_bytes(((random(1) << 64) | random(2)).to_be_bytes()).into_uuid()
}

/// The same as text.
pub fn new_id_text() -> String {
    new_id().to_string()
}
