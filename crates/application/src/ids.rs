//! Where new ids come from.

use opportune_domain::ids::NewIds;
use std::sync::Arc;
use uuid::Uuid;

/// A source of ids that can be shared: UUIDv7 in the executable, a counter in tests.
#[derive(Clone)]
pub struct IdSource(Arc<dyn Fn() -> Uuid + Send + Sync>);

impl IdSource {
    /// Wraps a function that returns a new id each time.
    pub fn new(next: impl Fn() -> Uuid + Send + Sync + 'static) -> Self {
        Self(Arc::new(next))
    }

    /// A new id.
    pub fn make<T: From<Uuid>>(&self) -> T {
        T::from((self.0)())
    }
}

impl NewIds for IdSource {
    fn next(&mut self) -> Uuid {
        (self.0)()
    }
}

impl std::fmt::Debug for IdSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdSource")
    }
}
