//! Partitions and old requests; what the relay's role may not do.

use crate::bench::{Bench, a_lead};
use chrono::TimeDelta;
use opportune_application::ports::Outbox;
use sqlx::{Executor, PgConnection};

async fn as_relay(bench: &Bench) -> PgConnection {
    let mut connection = bench.db.owner().await.unwrap();
    connection.execute("SET ROLE opportune_relay").await.unwrap();
    connection
}

#[tokio::test]
async fn partitions_are_made_for_the_days_to_come_and_dropped_when_they_are_old() {
    let bench = Bench::new().await;
    // The template of the database may be of yesterday: its first day is not counted. The default one sorts last.
    let partitions = "SELECT count(*) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'events'::regclass
            AND relname::text COLLATE \"C\" >= 'events_' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')";
    bench
        .db
        .run("CREATE TABLE events_20200101 PARTITION OF events FOR VALUES FROM ('2020-01-01Z') TO ('2020-01-02Z')")
        .await
        .unwrap();
    bench.emit(&a_lead(), 1).await;
    assert_eq!(bench.outbox.housekeeping(TimeDelta::days(30)).await.unwrap(), 1);
    // Today and seven days more, and the default one.
    assert_eq!(bench.db.number(partitions).await.unwrap(), 9);
    assert_eq!(bench.outbox.housekeeping(TimeDelta::MAX).await.unwrap(), 0);
    assert_eq!(bench.db.number("SELECT count(*) FROM events").await.unwrap(), 1);
}

#[tokio::test]
async fn requests_are_forgotten_after_thirty_days() {
    let bench = Bench::new().await;
    bench
        .db
        .run(
            "INSERT INTO requests (tenant_id, id, rpc, fingerprint, resource, create_time)
            SELECT gen_random_uuid(), gen_random_uuid(), 'x', '', gen_random_uuid(), now() - make_interval(days => age)
            FROM unnest(ARRAY[0, 29, 31]) AS age",
        )
        .await
        .unwrap();
    bench.outbox.housekeeping(TimeDelta::days(30)).await.unwrap();
    assert_eq!(bench.db.number("SELECT count(*) FROM requests").await.unwrap(), 2);
}

#[tokio::test]
async fn the_relay_sees_no_records() {
    let bench = Bench::new().await;
    bench.convert(None).await;
    let mut relay = as_relay(&bench).await;
    for sql in [
        "SELECT id FROM leads",
        "SELECT id FROM customers",
        "SELECT command FROM conversions",
        "SELECT * FROM settings",
    ] {
        let error = relay.execute(sql).await.unwrap_err();
        assert!(error.to_string().contains("permission denied"), "{sql}: {error}");
    }
    relay.execute("SELECT id FROM conversions").await.unwrap();
}

#[tokio::test]
async fn without_its_database_every_call_says_so() {
    let bench = Bench::new().await;
    bench.database.close().await;
    let error = bench.outbox.lease(1).await.unwrap_err();
    assert!(
        matches!(error, opportune_application::ports::StoreError::Unavailable(_)),
        "{error}"
    );
    assert!(bench.outbox.lag().await.is_err());
    assert!(bench.outbox.sweep().await.is_err());
}
