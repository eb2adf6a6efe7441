//! The migrated database that all test databases are copies of: copying takes a fraction of migrating.

use crate::servers::with_path;
use anyhow::Context;
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::hash::{DefaultHasher, Hash, Hasher};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

const PREFIX: &str = "opportune_template_";

/// Makes the template of these migrations unless the server has it. `admin` is a connection to another database of
/// the server at `url`. Returns its name.
pub(crate) async fn ensure(admin: &mut PgConnection, url: &str) -> anyhow::Result<String> {
    let fingerprint = fingerprint();
    let name = format!("{PREFIX}{fingerprint:016x}");
    if exists(admin, &name).await? {
        return Ok(name);
    }
    // One makes it, the others wait.
    let lock = fingerprint.cast_signed();
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(lock)
        .execute(&mut *admin)
        .await?;
    let made = if exists(admin, &name).await? {
        Ok(())
    } else {
        make(admin, url, &name).await
    };
    sqlx::query("SELECT pg_advisory_unlock($1)")
        .bind(lock)
        .execute(&mut *admin)
        .await?;
    made.context("cannot make the template database")?;
    Ok(name)
}

/// Under a passing name first: what was interrupted is never taken for the template.
async fn make(admin: &mut PgConnection, url: &str, name: &str) -> anyhow::Result<()> {
    drop_old(admin, name).await?;
    let draft = format!("{name}_draft");
    run(admin, format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)")).await?;
    run(admin, format!("CREATE DATABASE {draft} TEMPLATE template0")).await?;
    opportune_postgres::migrate(&with_path(url, &draft)).await?;
    // So that the copies have plans that fit from the start; and nobody in it while it is copied.
    let mut inside = PgConnection::connect(&with_path(url, &draft)).await?;
    inside.execute("ANALYZE").await?;
    inside.close().await?;
    run(admin, format!("ALTER DATABASE {draft} RENAME TO {name}")).await?;
    run(admin, format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await
}

/// Templates of other migrations. One that is being copied stays; another checkout makes its own again.
async fn drop_old(admin: &mut PgConnection, name: &str) -> anyhow::Result<()> {
    let old: Vec<String> =
        sqlx::query_scalar("SELECT datname::text FROM pg_database WHERE datname LIKE $1 AND datname <> $2")
            .bind(format!("{}%", PREFIX.replace('_', r"\_")))
            .bind(name)
            .fetch_all(&mut *admin)
            .await?;
    for name in old {
        let _ = run(admin, format!("DROP DATABASE IF EXISTS {name}")).await;
    }
    Ok(())
}

async fn exists(admin: &mut PgConnection, name: &str) -> anyhow::Result<bool> {
    let query = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)");
    Ok(query.bind(name).fetch_one(admin).await?)
}

/// Statements about databases take no parameters; the names are ours.
pub(crate) async fn run(admin: &mut PgConnection, sql: String) -> anyhow::Result<()> {
    admin.execute(AssertSqlSafe(sql)).await?;
    Ok(())
}

/// Of all migrations, their order and their text.
fn fingerprint() -> u64 {
    let mut hasher = DefaultHasher::new();
    for migration in MIGRATIONS.iter() {
        (migration.version, &migration.checksum).hash(&mut hasher);
    }
    hasher.finish()
}
