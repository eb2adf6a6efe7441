//! `opportune reindex` of all keys and forms, beside the floor: the same keys by COPY, with their index built afterwards.
//!
//! Twice: as after a release that makes one key in ten in another way, which is what it is there for, and from nothing, which
//! is the most that it can have to do.

use super::report::Reindex;
use crate::bench::Stage;
use anyhow::{Result, ensure};
use sqlx::{AssertSqlSafe, PgConnection};
use std::time::{Duration, Instant};

/// The forms are of other rules, and so is one key in ten.
const CHANGE_RULES: [&str; 4] = [
    "UPDATE match_keys SET key = key + 1 WHERE key % 10 = 0",
    "UPDATE lead_forms SET keys_version = 0,
        keys = ARRAY(SELECT CASE WHEN key % 10 = 0 THEN key + 1 ELSE key END FROM UNNEST(keys) AS had (key))",
    "VACUUM (ANALYZE) match_keys, lead_forms",
    "CHECKPOINT",
];

/// Both sides.
pub async fn measure(stage: &Stage) -> Result<Reindex> {
    let mut connection = stage.pool.acquire().await?;
    let keys = count(&mut connection).await?;
    let floor = floor(&mut connection).await?;
    for statement in CHANGE_RULES {
        run(&mut connection, statement).await?;
    }
    let after_release = timed(stage, &mut connection, keys).await?;
    run(&mut connection, "TRUNCATE match_keys, customer_keys, lead_forms").await?;
    run(&mut connection, "CHECKPOINT").await?;
    let from_nothing = timed(stage, &mut connection, keys).await?;
    run(&mut connection, "VACUUM (ANALYZE) match_keys").await?;
    Ok(Reindex {
        keys,
        floor,
        after_release,
        from_nothing,
    })
}

/// Makes keys anew, and looks whether all are there and every form is of today's rules.
async fn timed(stage: &Stage, connection: &mut PgConnection, keys: i64) -> Result<Duration> {
    let took = stage.time_command(["reindex".as_ref()]).await?;
    let again = count(&mut *connection).await?;
    ensure!(keys == again, "{again} keys were made anew, there had been {keys}");
    let old: i64 = sqlx::query_scalar("SELECT count(*) FROM lead_forms WHERE keys_version = 0")
        .fetch_one(connection)
        .await?;
    ensure!(old == 0, "{old} forms were not made anew");
    Ok(took)
}

async fn floor(connection: &mut PgConnection) -> Result<Duration> {
    let folder: String = sqlx::query_scalar("SHOW data_directory")
        .fetch_one(&mut *connection)
        .await?;
    let file = format!("{folder}/keys.copy");
    run(
        &mut *connection,
        &format!("COPY (SELECT * FROM match_keys ORDER BY lead_id) TO '{file}' (FORMAT binary)"),
    )
    .await?;
    run(&mut *connection, "CREATE TABLE floor_keys (LIKE match_keys)").await?;
    run(&mut *connection, "CHECKPOINT").await?;
    let begun = Instant::now();
    run(
        &mut *connection,
        &format!("COPY floor_keys FROM '{file}' (FORMAT binary)"),
    )
    .await?;
    run(
        &mut *connection,
        "ALTER TABLE floor_keys ADD PRIMARY KEY (tenant_id, key, lead_id)",
    )
    .await?;
    let took = begun.elapsed();
    run(&mut *connection, "DROP TABLE floor_keys").await?;
    tokio::fs::remove_file(file).await?;
    Ok(took)
}

async fn run(connection: &mut PgConnection, statement: &str) -> Result<()> {
    sqlx::query(AssertSqlSafe(statement.to_owned()))
        .execute(connection)
        .await?;
    Ok(())
}

async fn count(connection: &mut PgConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM match_keys")
        .fetch_one(connection)
        .await?)
}
