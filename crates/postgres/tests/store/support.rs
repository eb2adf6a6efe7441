//! A store over a database of its own for each test, and units of work written as closures.

use opportune_application::ports::{Committed, Needs, StoreError};
use opportune_domain::ids::TenantId;
use opportune_domain::world::World;
use opportune_postgres::{Database, PgStore};
use opportune_testkit::TestDatabase;
use sqlx::{Executor, PgConnection};
use uuid::Uuid;

pub use opportune_testkit::{ids, moment, new_id, steps};

/// A database that lives as long as its test, with a store over it.
pub struct TestDb {
    pub url: String,
    pub store: PgStore,
    database: TestDatabase,
}

impl TestDb {
    pub async fn new() -> Self {
        let database = TestDatabase::new().await.unwrap();
        Self {
            url: database.url(),
            store: PgStore::new(&database.open().unwrap(), ids()),
            database,
        }
    }

    /// Pools of its own.
    pub fn open(&self) -> Database {
        self.database.open().unwrap()
    }

    /// Another process: connections and caches of its own.
    pub fn another_store(&self) -> PgStore {
        PgStore::new(&self.open(), ids())
    }

    /// A connection of the owner, whom row-level security does not concern.
    pub async fn owner(&self) -> PgConnection {
        self.database.owner().await.unwrap()
    }

    /// A connection of the application's role.
    pub async fn app(&self) -> PgConnection {
        let mut connection = self.owner().await;
        connection.execute("SET ROLE opportune_app").await.unwrap();
        connection
    }

    /// What a search looks at of each lead is what the lead shows.
    pub async fn forms_are_right(&self) {
        assert_eq!(self.database.stale_forms().await.unwrap(), 0);
    }

    /// One number from the database, as the owner sees it.
    pub async fn number(&self, sql: &'static str) -> i64 {
        self.database.number(sql).await.unwrap()
    }
}

pub fn tenant(number: u128) -> TenantId {
    TenantId(Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 | number))
}

/// Runs a unit of work that needs to see nothing.
pub async fn write(store: &PgStore, tenant: TenantId, decide: impl FnMut(&mut World) + Send) -> Committed {
    try_write(store, tenant, decide).await.unwrap()
}

pub async fn try_write(
    store: &PgStore,
    tenant: TenantId,
    decide: impl FnMut(&mut World) + Send,
) -> Result<Committed, StoreError> {
    opportune_testkit::write(store, tenant, decide).await
}

/// The world as a reader sees it who needs `needs`.
pub async fn look(store: &PgStore, tenant: TenantId, needs: Needs) -> World {
    opportune_testkit::look(store, tenant, needs).await.unwrap()
}
