//! How a use case ends when it does not end well.

use crate::ports::StoreError;
use opportune_domain::refusal::Refusal;

/// Refuse, try later, or give up: the three that a caller can tell apart.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// An answer: it was decided not to do it. Trying again changes nothing.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database is away or overloaded; nothing was written. Try again.
    #[error("the store is unavailable")]
    Unavailable(#[source] StoreError),
    /// A fault of ours; nothing was written.
    #[error("internal error")]
    Internal(#[source] StoreError),
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Contended => Self::Unavailable(error),
            StoreError::Refused(refusal) => Self::Refused(refusal),
            StoreError::Failed(_) => Self::Internal(error),
        }
    }
}
