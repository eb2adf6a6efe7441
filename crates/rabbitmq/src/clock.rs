//! The time, where a message has to say when it was written.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970, for the `timestamp` property of dead letters. Nothing is decided by it.
#[expect(
    clippy::disallowed_methods,
    reason = "tells an operator when something was given up; nothing depends on it"
)]
pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |age| age.as_secs())
}
