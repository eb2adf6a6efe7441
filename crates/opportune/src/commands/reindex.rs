//! `opportune reindex`: the keys of all records made anew, while everything goes on.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use opportune_application::rekey::Rekeyer;
use opportune_domain::ids::TenantId;
use opportune_postgres::{Database, PgOutbox, PgStore};
use serde_json::json;

use crate::cli::Global;
use crate::config::Config;
use crate::ids;
use crate::output::{print_json, progress_bar, thousands};
use crate::wiring::database_options;

const BAR: &str = "{spinner} {pos} records  {per_sec}  {elapsed}";

/// Asks for it, or goes on where it was left, and does it; the relay may help meanwhile.
///
/// # Errors
/// The database cannot be reached. What has been done stays; the relay does the rest.
pub async fn run(global: &Global) -> anyhow::Result<()> {
    let config = Config::for_command(global, &[])?;
    let database = Database::open(&database_options(&config.database)).context("database.url")?;
    let done = reindex(&database, global).await;
    database.close().await;
    done
}

async fn reindex(database: &Database, global: &Global) -> anyhow::Result<()> {
    let outbox = Arc::new(PgOutbox::new(database));
    let rekeyer = Rekeyer {
        store: Arc::new(PgStore::new(database, ids::source())),
        outbox: outbox.clone(),
    };
    let begun = Instant::now();
    let asked = outbox.ask_for_rekeys(global.tenant.map(TenantId)).await?;
    let bar = progress_bar(0, BAR, global.json);
    let mut records = 0;
    for (tenant, id) in &asked {
        let before = records;
        let mut told = |done: i64| {
            records = before + u64::try_from(done).unwrap_or(0);
            bar.set_position(records);
            true
        };
        let finished = rekeyer.finish(*tenant, *id, &mut told).await;
        finished.with_context(|| format!("the keys of tenant {} were not all made anew", tenant.0))?;
    }
    bar.finish_and_clear();
    if global.json {
        return print_json(&json!({
            "tenants": asked.len(), "records": records, "seconds": begun.elapsed().as_secs_f64(),
        }));
    }
    println!(
        "keys of {} records of {} tenants were made anew",
        thousands(records),
        thousands(asked.len() as u64)
    );
    Ok(())
}
