//! A database that lives as long as its test.

use crate::servers::{DATABASE_URL, database_url, no_server, with_path};
use crate::template::{self, run};
use anyhow::Context;
use opportune_postgres::{Database, DatabaseOptions};
use sqlx::{Connection, Executor, PgConnection};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const PREFIX: &str = "opportune_test_";
/// No test lives longer.
const OLD_SECONDS: i64 = 3 * 3600;
/// How long a test waits for others that are in its way.
const PATIENCE: Duration = Duration::from_secs(60);

/// A migrated database of one's own; dropped with this.
#[derive(Debug)]
pub struct TestDatabase {
    server: String,
    name: String,
}

impl TestDatabase {
    /// Makes it on the given server, or the usual one.
    ///
    /// # Errors
    /// When there is no server, or the login may not make databases.
    pub async fn new() -> anyhow::Result<Self> {
        let server = database_url();
        let mut admin = PgConnection::connect(&server)
            .await
            .with_context(|| no_server("PostgreSQL", &server, DATABASE_URL))?;
        let name = new_name(now(&mut admin).await?);
        // The template may be replaced by another checkout between finding and copying it.
        let mut tries = 0;
        loop {
            let template = template::ensure(&mut admin, &server).await?;
            match run(&mut admin, format!("CREATE DATABASE {name} TEMPLATE {template}")).await {
                Ok(()) => break,
                Err(error) if tries == 5 => return Err(error.context("cannot copy the template database")),
                Err(_) => tries += 1,
            }
        }
        admin.close().await?;
        Ok(Self { server, name })
    }

    /// The URL of a login that owns everything.
    pub fn url(&self) -> String {
        with_path(&self.server, &self.name)
    }

    /// Pools of its own, as another process has them. They wait longer than usual for a connection and for a lock: that many
    /// are in each other's way on a slow machine is no mistake.
    ///
    /// # Errors
    /// Never, since the URL was connected to.
    pub fn open(&self) -> anyhow::Result<Database> {
        Ok(Database::open(&DatabaseOptions {
            acquire_timeout: PATIENCE,
            lock_timeout: PATIENCE,
            ..DatabaseOptions::new(self.url())
        })?)
    }

    /// A connection of the owner, whom row-level security does not concern.
    ///
    /// # Errors
    /// When the server is away.
    pub async fn owner(&self) -> anyhow::Result<PgConnection> {
        Ok(PgConnection::connect(&self.url()).await?)
    }

    /// One number, as the owner sees it.
    ///
    /// # Errors
    /// When the statement fails.
    pub async fn number(&self, sql: &'static str) -> anyhow::Result<i64> {
        Ok(sqlx::query_scalar(sql).fetch_one(&mut self.owner().await?).await?)
    }

    /// Leads beside whose normal form stands something else than in the lead itself, or other keys than it has, or that have a
    /// form and should have none. Always 0.
    ///
    /// # Errors
    /// When the server is away.
    pub async fn stale_forms(&self) -> anyhow::Result<i64> {
        self.number(
            "SELECT count(*) FROM leads
            LEFT JOIN lead_forms AS form ON form.tenant_id = leads.tenant_id AND form.lead_id = leads.id
            LEFT JOIN (
                SELECT tenant_id, lead_id, array_agg(key ORDER BY key) AS keys FROM match_keys GROUP BY tenant_id, lead_id
            ) AS found ON found.tenant_id = leads.tenant_id AND found.lead_id = leads.id
            WHERE (leads.status = 'merged') IS DISTINCT FROM (form.form IS NULL)
                OR (form.status, form.create_time, form.salesperson_id, form.customer_id)
                    IS DISTINCT FROM (leads.status, leads.create_time, leads.salesperson_id, leads.customer_id)
                OR form.keys IS DISTINCT FROM coalesce(found.keys, '{}')",
        )
        .await
    }

    /// Runs statements as the owner.
    ///
    /// # Errors
    /// When one fails.
    pub async fn run(&self, sql: &'static str) -> anyhow::Result<()> {
        self.owner().await?.execute(sql).await?;
        Ok(())
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let gone = blocking(async move {
            let mut admin = PgConnection::connect(&server).await?;
            run(&mut admin, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await
        });
        if let Err(error) = gone {
            eprintln!("{} was not dropped: {error:#}", self.name);
        }
    }
}

/// Drops what tests left behind that were killed long ago.
///
/// # Errors
/// When the server is away.
pub async fn drop_leftovers(server: &str) -> anyhow::Result<()> {
    let mut admin = PgConnection::connect(server).await?;
    let names: Vec<String> = sqlx::query_scalar("SELECT datname::text FROM pg_database WHERE datname LIKE $1")
        .bind(format!("{}%", PREFIX.replace('_', r"\_")))
        .fetch_all(&mut admin)
        .await?;
    let old = now(&mut admin).await? - OLD_SECONDS;
    for name in names {
        let made = name[PREFIX.len()..]
            .split('_')
            .next()
            .and_then(|text| text.parse().ok());
        if made.is_some_and(|made: i64| made < old) {
            let _ = run(&mut admin, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
    Ok(())
}

/// Time, process, number: nobody else has it, and its age can be read.
fn new_name(now: i64) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{PREFIX}{now}_{}_{count}", std::process::id())
}

/// The server's clock, in seconds.
async fn now(admin: &mut PgConnection) -> anyhow::Result<i64> {
    let query = sqlx::query_scalar("SELECT extract(epoch FROM now())::bigint");
    Ok(query.fetch_one(admin).await?)
}

/// A test's runtime cannot be waited on from inside, so this has one of its own.
fn blocking(work: impl Future<Output = anyhow::Result<()>> + Send + 'static) -> anyhow::Result<()> {
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(work)
    });
    thread
        .join()
        .map_err(|_| anyhow::anyhow!("the thread that cleans up panicked"))?
}
