//! Numbers about what happens; the executable turns them into metrics.

use std::time::Duration;

/// Takes numbers. Every method has an empty default, so that tests need none.
pub trait Meter: Send + Sync {
    /// A conversion ended: `outcome` is `succeeded`, `failed` or `dead`; `reason` is the refusal's, or empty.
    fn settled(&self, _outcome: &'static str, _reason: &str) {}
    /// A micro-batch of `size` conversions was settled in `took`.
    fn micro_batch(&self, _size: usize, _took: Duration) {}
    /// `size` calls were accepted in one transaction.
    fn accepted(&self, _size: usize) {}
    /// `count` messages were published: `kind` is `job` or `event`.
    fn published(&self, _kind: &'static str, _ok: bool, _count: usize) {}
    /// Redelivered jobs.
    fn redelivered(&self, _count: usize) {}
    /// The outbox: rows due and the age of the oldest.
    fn outbox(&self, _jobs: i64, _events: i64, _oldest_seconds: f64) {}
    /// Conversions that the sweeper sent again.
    fn swept(&self, _count: u64) {}
    /// A unit of work started over: `cause` is `order` (it had to lock something earlier) or `conflict` (somebody else
    /// was faster).
    fn started_over(&self, _cause: &'static str) {}
    /// So many times keys are to be made anew.
    fn rekeys(&self, _waiting: usize) {}
    /// Other processes were told that `count` conversions ended.
    fn announced(&self, _count: usize) {}
}

/// Takes numbers and forgets them.
impl Meter for () {}
