//! What can go wrong between this process and the broker.

use opportune_application::ports::PublishError;
use std::time::Duration;

/// An operation on the broker that failed. No text holds a password or the data of a message.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// The setting is not a URL of a broker. The text is not repeated: it may hold a password.
    #[error("the broker's URL is not of the form amqp://user:password@host:port/vhost")]
    Url,
    /// The broker answered and will not let us in: wrong credentials, no such vhost. Waiting does not help.
    #[error("the broker refuses the connection: {0}")]
    Rejected(#[source] lapin::Error),
    /// The broker could not be reached in time.
    #[error("the broker could not be reached within {waited:?}: {last}")]
    Unreachable {
        /// How long it was tried.
        waited: Duration,
        /// Why the last try failed.
        last: String,
    },
    /// The connection is lost for the moment, or an answer did not come in time.
    #[error("the broker is away: {0}")]
    Away(String),
    /// The broker refused an operation, or the connection broke in the middle of it.
    #[error("the broker did not do it: {0}")]
    Failed(#[from] lapin::Error),
    /// There is no queue of this name.
    #[error("the broker has no queue {0:?}")]
    NoQueue(String),
    /// A message could not be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl BrokerError {
    /// The number of the AMQP reply (403, 404, 406, …) when the broker answered with one.
    pub(crate) fn reply_code(&self) -> Option<u16> {
        match self {
            Self::Failed(error) | Self::Rejected(error) => reply_code(error),
            _ => None,
        }
    }
}

impl From<BrokerError> for PublishError {
    fn from(error: BrokerError) -> Self {
        match error {
            BrokerError::Publish(error) => error,
            other => Self::Away(other.to_string()),
        }
    }
}

/// The number of the AMQP reply behind an error, if there is one.
pub(crate) fn reply_code(error: &lapin::Error) -> Option<u16> {
    match error.kind() {
        lapin::ErrorKind::ProtocolError(reply) => Some(reply.get_id()),
        _ => None,
    }
}
