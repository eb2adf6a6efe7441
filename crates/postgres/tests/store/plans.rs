//! Which way units of work read their tables.

use crate::builders::{Settle, lead, queued};
use crate::support::{TestDb, tenant, write};
use opportune_application::ports::Store;
use opportune_domain::ids::ConversionId;
use sqlx::{Executor, PgConnection};

const MANY: usize = 3_000;
const LOOKED_AT: usize = 100;

async fn backlog(db: &TestDb, count: usize) -> Vec<ConversionId> {
    let mut ids = Vec::new();
    write(&db.store, tenant(1), |world| {
        for _ in 0..count {
            let mut one = lead("One", world.now);
            one.email = format!("{}@example.com", one.id);
            let lead = world.put_lead(one).id;
            let conversion = queued(lead, world.now);
            ids.push(conversion.id);
            world.put_conversion(conversion);
        }
    })
    .await;
    ids
}

async fn settle(db: &TestDb, id: ConversionId) {
    db.store.work(tenant(1), &mut Settle::one(id)).await.unwrap();
}

/// Rows that have been read by way of indexes. Connections tell what they have read when they end.
async fn read(owner: &mut PgConnection) -> i64 {
    let ended: bool = sqlx::query_scalar(
        "SELECT coalesce(bool_and(pg_terminate_backend(pid, 60000)), true) FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
    )
    .fetch_one(&mut *owner)
    .await
    .unwrap();
    assert!(ended);
    sqlx::query_scalar("SELECT sum(idx_tup_read)::bigint FROM pg_stat_user_indexes")
        .fetch_one(owner)
        .await
        .unwrap()
}

/// A connection keeps its plans. One that was made while a table was empty, and reads all rows of the tenant, would do
/// so when the tenant has grown.
#[tokio::test]
async fn what_was_planned_while_tables_were_empty_does_not_stay_when_they_have_grown() {
    let db = TestDb::new().await;
    let mut owner = db.owner().await;
    owner.execute("VACUUM ANALYZE").await.unwrap();
    let first = backlog(&db, 1).await;
    settle(&db, first[0]).await;
    let many = backlog(&db, MANY).await;
    for id in &many[..LOOKED_AT] {
        settle(&db, *id).await;
    }
    let rows = read(&mut owner).await;
    let each = rows / i64::try_from(LOOKED_AT).unwrap();
    assert!(each < 500, "{each} rows were read for a conversion");
}
