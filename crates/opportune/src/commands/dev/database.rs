//! The database on the private server.

use std::str::FromStr;

use anyhow::Context;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

/// Makes the database `name` if it is not there; `url` is that of another one on the same server.
///
/// # Errors
/// The server does not answer, or refuses.
pub(super) async fn make(url: &str, name: &'static str) -> anyhow::Result<()> {
    let context = "cannot make the database on the private server";
    let options = PgConnectOptions::from_str(url).context(context)?;
    let mut connection = options.connect().await.context(context)?;
    let known = sqlx::query_scalar::<_, bool>("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)");
    if !known.bind(name).fetch_one(&mut connection).await.context(context)? {
        // A name of ours, not of a caller: letters only.
        let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(create).execute(&mut connection).await.context(context)?;
    }
    connection.close().await.context(context)
}
