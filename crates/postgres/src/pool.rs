//! Connections: one pool a role, each with settings that keep a transaction short.

use crate::error::{DatabaseError, is_broken};
use crate::growth::Growth;
use crate::nodelay;
use crate::transaction::Tx;
use chrono::{DateTime, Utc};
use opportune_domain::ids::TenantId;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::{Connection, Row};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// The role of the application: one tenant at a time.
const APP_ROLE: &str = "opportune_app";
/// The role of the relay and the sweeper: all tenants, but only what has to be published.
const RELAY_ROLE: &str = "opportune_relay";
/// A connection that rested longer than this is asked whether it still lives before it is used.
const TRUSTED: Duration = Duration::from_secs(1);

/// Where the database is and how it is used.
#[derive(Clone)]
pub struct DatabaseOptions {
    /// `postgres://…` of the application; `sslmode` and `sslrootcert` in it choose TLS.
    pub url: String,
    /// The relay's login, if it has one of its own; `None` = the same as `url`.
    pub relay_url: Option<String>,
    /// The login that may change the schema; `None` = the same as `url`.
    pub migrate_url: Option<String>,
    /// Take the roles `opportune_app` and `opportune_relay` when connecting; off when the logins have their rights
    /// themselves.
    pub set_role: bool,
    /// A pooler in transaction mode stands between: no named prepared statements and no settings when connecting (the
    /// timeouts and the planner's settings then have to be set on the logins).
    pub pooler: bool,
    /// Most connections of the application.
    pub connections: u32,
    /// Most connections of the relay.
    pub relay_connections: u32,
    /// How long to wait for a free connection.
    pub acquire_timeout: Duration,
    /// How long a statement may take.
    pub statement_timeout: Duration,
    /// How long a statement may wait for a lock.
    pub lock_timeout: Duration,
    /// How long a transaction may rest between two statements.
    pub idle_in_transaction_timeout: Duration,
}

impl DatabaseOptions {
    /// One login for everything, with the usual limits.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            relay_url: None,
            migrate_url: None,
            set_role: true,
            pooler: false,
            connections: 16,
            relay_connections: 3,
            acquire_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(5),
            idle_in_transaction_timeout: Duration::from_secs(30),
        }
    }

    /// The URL for migrations.
    pub fn migrate_url(&self) -> &str {
        self.migrate_url.as_deref().unwrap_or(&self.url)
    }

    fn connect(&self, url: &str, role: &str) -> Result<PgConnectOptions, DatabaseError> {
        let options = PgConnectOptions::from_str(url).map_err(DatabaseError::Url)?;
        if self.pooler {
            return Ok(options.statement_cache_capacity(0));
        }
        let millis = |limit: Duration| limit.as_millis().to_string();
        let options = options.application_name("opportune").options([
            ("statement_timeout", millis(self.statement_timeout)),
            ("lock_timeout", millis(self.lock_timeout)),
            (
                "idle_in_transaction_session_timeout",
                millis(self.idle_in_transaction_timeout),
            ),
        ]);
        // Every statement here finds few rows by an index, and says so to the planner: a plan that is kept from when a
        // table was small reads by an index too. (The migration about statistics does the rest.)
        let options = options.options([
            ("enable_seqscan", "off"),
            ("enable_hashjoin", "off"),
            ("enable_mergejoin", "off"),
            ("jit", "off"),
        ]);
        Ok(if self.set_role {
            options.options([("role", role)])
        } else {
            options
        })
    }

    fn pool(&self, most: u32, growth: &Arc<Growth>) -> PgPoolOptions {
        let growth = Arc::clone(growth);
        PgPoolOptions::new()
            .max_connections(most)
            .acquire_timeout(self.acquire_timeout)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    nodelay::send_at_once(connection).await;
                    Ok(())
                })
            })
            // Asking each time would be a round trip a transaction.
            .test_before_acquire(false)
            .before_acquire(move |connection, about| {
                let outgrown = growth.has_outgrown(about.age);
                Box::pin(async move {
                    if outgrown {
                        return Ok(false);
                    }
                    if about.idle_for > TRUSTED {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
    }
}

/// Without the URLs: they may hold passwords.
impl fmt::Debug for DatabaseOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseOptions")
            .field("set_role", &self.set_role)
            .field("pooler", &self.pooler)
            .field("connections", &self.connections)
            .field("relay_connections", &self.relay_connections)
            .finish_non_exhaustive()
    }
}

/// The pools. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Database {
    pub(crate) app: PgPool,
    pub(crate) relay: PgPool,
    pub(crate) growth: Arc<Growth>,
}

impl Database {
    /// Makes the pools. Connections are opened when they are needed, so the server may still be away.
    ///
    /// # Errors
    /// When a URL cannot be read.
    pub fn open(options: &DatabaseOptions) -> Result<Self, DatabaseError> {
        let relay_url = options.relay_url.as_deref().unwrap_or(&options.url);
        let app = options.connect(&options.url, APP_ROLE)?;
        let relay = options.connect(relay_url, RELAY_ROLE)?;
        let growth = Arc::default();
        Ok(Self {
            app: options.pool(options.connections, &growth).connect_lazy_with(app),
            relay: options
                .pool(options.relay_connections, &growth)
                .connect_lazy_with(relay),
            growth,
        })
    }

    /// Waits for connections in use and closes all.
    pub async fn close(&self) {
        tokio::join!(self.app.close(), self.relay.close());
    }
}

/// Brings the schema up to date. Several processes may do it at once: an advisory lock lets one go first.
///
/// # Errors
/// When the server is away, the login may not change the schema, or a migration that was applied has been edited.
pub async fn migrate(url: &str) -> Result<(), DatabaseError> {
    let options = PgConnectOptions::from_str(url).map_err(DatabaseError::Url)?;
    let mut connection = sqlx::PgConnection::connect_with(&options)
        .await
        .map_err(DatabaseError::Connect)?;
    let done = sqlx::migrate!("../../migrations").run(&mut connection).await;
    // Nothing depends on a tidy goodbye.
    let _ = connection.close().await;
    done.map_err(DatabaseError::Migrate)
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Reading, locking and writing; each statement sees what is committed when it starts.
    Write,
    /// Reading only, all statements as of one moment.
    Snapshot,
}

/// What a transaction was told when it began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    /// The transaction's time.
    pub now: DateTime<Utc>,
    /// Which version of the tenant's set-up is in force; `None` = there is no such tenant yet.
    pub version: Option<i64>,
}

/// Begins a transaction that reads, and sees `tenant` and nobody else. One round trip. Its statements are planned for what
/// they are asked.
pub(crate) async fn begin_reading(pool: &PgPool, tenant: TenantId) -> Result<Tx, sqlx::Error> {
    let mode = mode(Access::Snapshot);
    // An id's text has hexadecimal digits and hyphens only.
    let asked = format!("BEGIN {mode}; SELECT set_config('opportune.tenant', '{tenant}', true)");
    let (tx, _) = start(pool, asked).await?;
    Ok(tx)
}

/// Begins a unit of work, and asks for the time and the version of the set-up: `opportune_begin` in the migrations says
/// how. One round trip.
pub(crate) async fn begin_told(pool: &PgPool, tenant: TenantId, access: Access) -> Result<(Tx, Told), sqlx::Error> {
    let lock = match access {
        Access::Write => {
            let (high, low) = writers_of(tenant);
            format!("{high}, {low}")
        }
        Access::Snapshot => "NULL, NULL".to_owned(),
    };
    // As above.
    let asked = format!(
        "BEGIN {}; SELECT now, version FROM opportune_begin('{tenant}', {lock})",
        mode(access)
    );
    let (tx, row) = start(pool, asked).await?;
    let row = row.ok_or(sqlx::Error::BeginFailed)?;
    let told = Told {
        now: row.try_get("now")?,
        version: row.try_get("version")?,
    };
    Ok((tx, told))
}

fn mode(access: Access) -> &'static str {
    match access {
        Access::Write => "ISOLATION LEVEL READ COMMITTED READ WRITE",
        Access::Snapshot => "ISOLATION LEVEL REPEATABLE READ READ ONLY",
    }
}

/// The lock that everybody who writes for a tenant shares, so that they can be waited for; before they read the
/// tenant's set-up. It has two numbers: those of customer keys have one, and the two kinds do not meet.
pub(crate) fn writers_of(tenant: TenantId) -> (i32, i32) {
    let (high, low) = tenant.0.as_u64_pair();
    let mixed = (high ^ low.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    // Both halves, as they are.
    #[expect(clippy::cast_possible_truncation, reason = "the halves of 64 bits")]
    let halves = ((mixed >> 32) as u32, mixed as u32);
    (halves.0.cast_signed(), halves.1.cast_signed())
}

async fn start(pool: &PgPool, statements: String) -> Result<(Tx, Option<PgRow>), sqlx::Error> {
    // Connections that were in use a moment ago are not tested, and all of them may have been closed by the server.
    // Nothing has been done on them, so another one will do; a new one says whether the server is away.
    for _ in 0..pool.size() {
        match Tx::begin(pool.acquire().await?, statements.clone()).await {
            Err(error) if is_broken(&error) => tracing::debug!(%error, "a connection was closed by the server"),
            begun => return begun,
        }
    }
    Tx::begin(pool.acquire().await?, statements).await
}
