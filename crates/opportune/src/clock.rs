//! What time it is on this machine: only for comparing it with others and for ages that people give.

use chrono::{DateTime, Utc};

/// Now, by the clock of this machine.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where this machine's clock is read; decisions never use it"
)]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
