//! `opportune migrate`.

use anyhow::Context;

use crate::config::Config;

/// Brings the database to this program's schema.
///
/// # Errors
/// The database cannot be reached, or its owner may not change it.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let url = config.database.migrate_url();
    opportune_postgres::migrate(url.expose())
        .await
        .with_context(|| format!("the database at {url}"))?;
    tracing::info!(database = %url, "the schema is up to date");
    Ok(())
}
