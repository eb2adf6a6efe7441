//! What can go wrong, and what it means: start over, try later, or give up.

use crate::rows::Corrupt;
use opportune_application::ports::StoreError;
use opportune_domain::refusal::{Reason, Refusal};
use std::borrow::Cow;

/// Opening or migrating the database failed.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL cannot be read.
    #[error("the database URL cannot be read")]
    Url(#[source] sqlx::Error),
    /// The server is away, or refuses the login.
    #[error("cannot connect to the database")]
    Connect(#[source] sqlx::Error),
    /// A migration failed.
    #[error("cannot bring the schema up to date")]
    Migrate(#[source] sqlx::migrate::MigrateError),
}

/// A statement, or what it returned, is at fault.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DbError {
    /// The server, or the way to it.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    /// A stored row breaks what its type promises.
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
    /// A statement changed more or fewer rows than it was given: what was loaded and locked is not what is there.
    #[error("{table}: {actual} rows were written instead of {expected}")]
    Inconsistent {
        /// Table.
        table: &'static str,
        /// How many rows were to be written.
        expected: usize,
        /// How many were.
        actual: i64,
    },
    /// Something that is to be stored as JSON cannot be.
    #[error("{0} cannot be written as JSON")]
    Json(&'static str, #[source] serde_json::Error),
    /// A unit of work changed a record that is not in its world.
    #[error("{0}: a change names a record that is not there")]
    Absent(&'static str),
    /// A unit of work asked for more in every round.
    #[error("a unit of work never had enough to see")]
    Restless,
}

/// Why a unit of work did not commit.
#[derive(Debug)]
pub(crate) enum Setback {
    /// It has to lock something that comes before what it has locked: start over, with everything locked in order.
    OutOfOrder,
    /// Somebody else was faster: start over and see what they did.
    Conflict,
    /// It failed.
    Error(DbError),
}

impl<E: Into<DbError>> From<E> for Setback {
    fn from(error: E) -> Self {
        let error = error.into();
        if error.is_conflict() {
            Self::Conflict
        } else {
            Self::Error(error)
        }
    }
}

impl DbError {
    fn code(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Sql(sqlx::Error::Database(error)) => error.code(),
            _ => None,
        }
    }

    /// Serialization failure, deadlock, unique violation, a customer that was taken away or referred to meanwhile: the
    /// next try sees what the others did.
    fn is_conflict(&self) -> bool {
        let code = self.code();
        let is_in_the_way = code.is_some_and(|code| matches!(&*code, "40001" | "40P01" | "23505"));
        (is_in_the_way && !self.is_taken_customer_id()) || self.names_missing_customer()
    }

    /// A customer is gone that somebody links, or is linked that somebody takes away.
    fn names_missing_customer(&self) -> bool {
        matches!(
            self.constraint(),
            Some("leads_tenant_id_customer_id_fkey" | "customers_tenant_id_parent_id_fkey")
        )
    }

    fn constraint(&self) -> Option<&str> {
        match self {
            Self::Sql(sqlx::Error::Database(error)) => error.constraint(),
            _ => None,
        }
    }

    /// A customer's external id is another one's: the index says so, and trying again changes nothing.
    fn is_taken_customer_id(&self) -> bool {
        self.constraint() == Some("customers_external_id")
    }
}

/// The connection is of no use any more.
pub(crate) fn is_broken(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            // Ended by an administrator, a crash, or a shutdown; by a timeout.
            matches!(&*code, "57P01" | "57P02" | "57P05" | "25P03") || code.starts_with("08")
        }),
        _ => false,
    }
}

/// The server is away, shutting down, overloaded, or took too long.
fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        // Accepted and closed again before the first byte, as while a server or a proxy goes away: the driver takes the
        // missing answer about TLS for a zero.
        sqlx::Error::Protocol(message) => message.contains("SSLRequest"),
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            // Connection; insufficient resources; operator intervention (also a statement's timeout); a transaction
            // that rested too long; read only, as a server is that has just become a replica.
            ["08", "53", "57"].iter().any(|class| code.starts_with(class)) || code == "25P03" || code == "25006"
        }),
        _ => false,
    }
}

impl From<DbError> for StoreError {
    fn from(error: DbError) -> Self {
        if error.is_taken_customer_id() {
            let message = "another customer has this external_id";
            return Self::Refused(Refusal::new(Reason::ExternalIdTaken, message));
        }
        // A lock was not given in time, or a statement took too long.
        if error.code().is_some_and(|code| matches!(&*code, "55P03" | "57014")) || error.is_conflict() {
            return Self::Contended;
        }
        match error {
            DbError::Sql(error) if is_unavailable(&error) => Self::Unavailable(Box::new(error)),
            DbError::Corrupt(corrupt) => corrupt.into(),
            error => Self::Failed(Box::new(error)),
        }
    }
}

/// All given rows were written.
pub(crate) fn all_written(table: &'static str, expected: usize, actual: i64) -> Result<(), DbError> {
    if usize::try_from(actual) == Ok(expected) {
        Ok(())
    } else {
        Err(DbError::Inconsistent {
            table,
            expected,
            actual,
        })
    }
}
