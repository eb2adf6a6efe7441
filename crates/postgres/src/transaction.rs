//! A transaction that sees one tenant and nobody else.
//!
//! Not sqlx's own: that throws away what its first statements return, and a round trip would be needed to ask again.

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Executor, Postgres};
use std::ops::{Deref, DerefMut};

/// A transaction under way. Dropped before its end it is rolled back, in the background.
pub(crate) struct Tx {
    /// There until the transaction has ended.
    connection: Option<PoolConnection<Postgres>>,
}

/// Only the end takes the connection away.
const UNDER_WAY: &str = "the transaction is under way";

impl Tx {
    /// Begins with these statements; returns the last row of what they say.
    pub async fn begin(
        connection: PoolConnection<Postgres>,
        statements: String,
    ) -> Result<(Self, Option<PgRow>), sqlx::Error> {
        let mut begun = Self {
            connection: Some(connection),
        };
        let rows = sqlx::raw_sql(AssertSqlSafe(statements)).fetch_all(&mut *begun).await?;
        Ok((begun, rows.into_iter().last()))
    }

    /// Makes it last.
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        self.execute("COMMIT").await?;
        self.connection = None;
        Ok(())
    }

    /// Undoes everything and lets the locks go, now.
    pub async fn roll_back(mut self) {
        if let Some(connection) = self.connection.take() {
            roll_back(connection).await;
        }
    }
}

async fn roll_back(mut connection: PoolConnection<Postgres>) {
    if connection.execute("ROLLBACK").await.is_err() {
        // A connection that cannot say so is lost, and the server rolls back by itself.
        connection.close_on_drop();
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            match tokio::runtime::Handle::try_current() {
                Ok(runtime) => drop(runtime.spawn(roll_back(connection))),
                Err(_) => connection.close_on_drop(),
            }
        }
    }
}

impl Deref for Tx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        self.connection.as_ref().expect(UNDER_WAY)
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.connection.as_mut().expect(UNDER_WAY)
    }
}
