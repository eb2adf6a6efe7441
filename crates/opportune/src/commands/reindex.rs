//! `opportune reindex`: the keys of all records made anew, while everything goes on.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use anyhow::Context;
use futures_util::{TryStreamExt, stream};
use opportune_application::rekey::Rekeyer;
use opportune_domain::ids::TenantId;
use opportune_domain::rekey::SLICES;
use opportune_postgres::{Database, PgOutbox, PgStore};
use serde_json::json;
use uuid::Uuid;

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
    let records = AtomicI64::new(0);
    let slice = async |(tenant, id): (TenantId, Uuid)| {
        let mut before = 0;
        let mut told = |done: i64| {
            let all = records.fetch_add(done - before, Ordering::Relaxed) + done - before;
            before = done;
            bar.set_position(u64::try_from(all).unwrap_or(0));
            true
        };
        let finished = rekeyer.finish(tenant, id, &mut told).await;
        finished.with_context(|| format!("the keys of tenant {} were not all made anew", tenant.0))
    };
    stream::iter(asked.iter().copied().map(anyhow::Ok))
        .try_for_each_concurrent(usize::try_from(SLICES)?, slice)
        .await?;
    bar.finish_and_clear();
    let tenants = asked.iter().map(|(tenant, _)| tenant).collect::<BTreeSet<_>>().len();
    let records = u64::try_from(records.into_inner())?;
    if global.json {
        return print_json(&json!({
            "tenants": tenants, "records": records, "seconds": begun.elapsed().as_secs_f64(),
        }));
    }
    println!(
        "keys of {} records of {} tenants were made anew",
        thousands(records),
        thousands(tenants as u64)
    );
    Ok(())
}
