//! No tenant sees anything of another.

use crate::builders::{claim, customer, lead, queued};
use crate::support::{TestDb, look, new_id, tenant, write};
use futures_util::future::join_all;
use opportune_application::ports::Needs;
use opportune_domain::keys::{Sought, stored_of_lead};
use opportune_domain::tenant::Settings;
use sqlx::{AssertSqlSafe, Connection, Executor, Row};

const TABLES: [&str; 19] = [
    "tenants",
    "settings",
    "salespeople",
    "teams",
    "team_members",
    "stages",
    "customers",
    "leads",
    "match_keys",
    "customer_keys",
    "rekeys",
    "timeline_entries",
    "conversions",
    "before_images",
    "requests",
    "imports",
    "import_rejects",
    "events",
    "outbox",
];

#[tokio::test]
async fn a_tenant_sees_nothing_of_another() {
    let db = TestDb::new().await;
    let mut made = None;
    write(&db.store, tenant(1), |world| {
        let mut mine = lead("Secret", world.now);
        mine.email = "a@example.com".to_owned();
        mine.external_id = "crm-1".to_owned();
        let theirs = customer("Ann", world.now);
        let conversion = queued(mine.id, world.now);
        world.changes.requests.push((claim(conversion.id.0), conversion.id.0));
        made = Some((mine.clone(), theirs.id, conversion.id));
        world.put_customer(theirs);
        world.put_lead(mine);
        world.put_conversion(conversion);
    })
    .await;
    let (mine, theirs, conversion) = made.unwrap();
    let keys = stored_of_lead(&mine, None, Settings::default().reading()).keys;
    let needs = Needs {
        requests: [conversion.0.into()].into(),
        conversions: [conversion].into(),
        external_ids: [mine.external_id.clone()].into(),
        leads: [mine.id].into(),
        live_of: [mine.id].into(),
        customers: [theirs].into(),
        open_lead_keys: keys.clone(),
        customer_keys: keys.clone(),
        lead_keys: keys.iter().map(|key| Sought { key: *key, most: 1000 }).collect(),
        ..Needs::default()
    };
    let own = look(&db.store, tenant(1), needs.clone()).await;
    assert_eq!(own.leads.len(), 1);
    assert_eq!(own.customers.len(), 1);
    assert_eq!(own.seen.len(), 1);
    assert_eq!(own.live_conversions.get(&mine.id), Some(&conversion));

    let other = look(&db.store, tenant(2), needs).await;
    assert!(other.leads.is_empty() && other.customers.is_empty() && other.conversions.is_empty());
    assert!(other.external_ids.is_empty() && other.live_conversions.is_empty() && other.seen.is_empty());
    assert!(keys.iter().all(|key| other.lead_hits.of(*key).next().is_none()));
}

#[tokio::test]
async fn without_a_tenant_every_table_refuses_the_application() {
    let db = TestDb::new().await;
    write(&db.store, tenant(1), |world| {
        let one = lead("One", world.now);
        world.put_lead(one);
    })
    .await;
    let mut app = db.app().await;
    let mut refused = Vec::new();
    for table in TABLES {
        match app.fetch_all(AssertSqlSafe(format!("SELECT * FROM {table}"))).await {
            Ok(rows) => assert!(rows.is_empty(), "{table} can be read without a tenant"),
            Err(_) => refused.push(table),
        }
    }
    // Where there is nothing, the policy need not even be asked.
    for table in ["tenants", "settings", "stages", "leads", "match_keys"] {
        assert!(refused.contains(&table), "{table} has rows and does not refuse");
    }
}

#[tokio::test]
async fn even_a_forged_statement_reaches_only_the_tenant_that_was_set() {
    let db = TestDb::new().await;
    write(&db.store, tenant(1), |world| {
        let one = lead("One", world.now);
        world.put_lead(one);
    })
    .await;
    let mut app = db.app().await;
    let mut transaction = app.begin().await.unwrap();
    let set = format!("SELECT set_config('opportune.tenant', '{}', true)", tenant(2));
    transaction.execute(AssertSqlSafe(set)).await.unwrap();
    for table in TABLES {
        let count = format!("SELECT count(*) AS rows FROM {table}");
        let row = transaction.fetch_one(AssertSqlSafe(count)).await.unwrap();
        assert_eq!(row.get::<i64, _>("rows"), 0, "rows of another tenant in {table}");
    }
    let changed = transaction
        .execute("UPDATE leads SET title = 'mine now'")
        .await
        .unwrap();
    assert_eq!(changed.rows_affected(), 0);
    let foreign = format!(
        "INSERT INTO requests (tenant_id, id, rpc, fingerprint, resource) VALUES ('{}', '{}', 'x', '', '{}')",
        tenant(1),
        new_id(),
        new_id()
    );
    assert!(transaction.execute(AssertSqlSafe(foreign)).await.is_err());
}

#[tokio::test]
async fn the_application_cannot_rewrite_events() {
    let db = TestDb::new().await;
    let mut app = db.app().await;
    assert!(app.execute("DELETE FROM events").await.is_err());
    assert!(app.execute("UPDATE events SET type = 'x'").await.is_err());
}

#[tokio::test]
async fn a_tenant_that_many_use_for_the_first_time_is_made_once() {
    let db = TestDb::new().await;
    let other = db.another_store();
    let looks = (0..20).map(|number| {
        let store = if number % 2 == 0 { &db.store } else { &other };
        look(store, tenant(1), Needs::default())
    });
    let worlds = join_all(looks).await;
    assert!(worlds.iter().all(|world| world.config.stages.len() == 4));
    assert!(worlds.iter().all(|world| world.config == worlds[0].config));
    assert_eq!(db.number("SELECT count(*) FROM stages").await, 4);
}
