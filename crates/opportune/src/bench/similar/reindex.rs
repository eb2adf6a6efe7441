//! `opportune reindex` of all keys and forms, beside the floor: the same keys by COPY, with their index built afterwards.

use super::report::Reindex;
use crate::bench::Stage;
use anyhow::{Result, ensure};
use sqlx::{AssertSqlSafe, PgConnection};
use std::time::{Duration, Instant};

/// Both sides; the product has to make every key and write it, for there is none.
pub async fn measure(stage: &Stage) -> Result<Reindex> {
    let mut connection = stage.pool.acquire().await?;
    let keys = count(&mut connection).await?;
    let floor = floor(&mut connection).await?;
    run(&mut connection, "TRUNCATE match_keys, customer_keys, lead_forms").await?;
    run(&mut connection, "CHECKPOINT").await?;
    let took = stage.time_command(["reindex".as_ref()]).await?;
    let again = count(&mut connection).await?;
    ensure!(keys == again, "{again} keys were made anew, there had been {keys}");
    run(&mut connection, "VACUUM (ANALYZE) match_keys").await?;
    Ok(Reindex { keys, floor, took })
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
