//! How much PostgreSQL reads for a page of the pipeline view: about as much as the page holds, however many leads the
//! tenant has.

use super::*;
use crate::pool;
use opportune_domain::access::{Caller, Role};
use opportune_domain::ids::{CustomerId, SalespersonId, StageId, TeamId};
use opportune_domain::keys::Key;
use opportune_domain::lead::{LeadStatus, LeadType};
use opportune_testkit::TestDatabase;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Execute, Executor};

const TENANT: TenantId = TenantId(Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0001));
const LEADS: i64 = 40_000;
/// A page of fifty, and one more row that tells whether there is another page.
const PAGE: i64 = 51;
/// Up to sixteen parts have a page each; and of two filters an index may know only one, so that of some parts several
/// times a page is read.
const MOST_ROWS: f64 = 2_000.0;

/// The record of a kind with this number.
fn numbered(kind: u128, number: u128) -> Uuid {
    Uuid::from_u128((kind << 64) | number)
}

/// The filters of the pipeline view and of callers that synchronise; from a record on, or from the first.
fn views() -> Vec<(&'static str, LeadFilter, LeadOrder, Option<Cursor>)> {
    let newest = |by| LeadOrder { by, descending: true };
    let person = Some(SalespersonId(numbered(1, 3)));
    let team = Some(TeamId(numbered(2, 2)));
    let stage = Some(StageId(numbered(3, 2)));
    let open = Some(LeadStatus::Open);
    let kind = Some(LeadType::Opportunity);
    let any = LeadFilter::default;
    let own = Caller {
        actor: person.map(|person| person.0),
        role: Role::SalespersonOwn,
    };
    let mut views = Vec::new();
    for (name, filter) in [
        ("all", any()),
        ("status", LeadFilter { status: open, ..any() }),
        ("type", LeadFilter { kind, ..any() }),
        (
            "status type",
            LeadFilter {
                status: open,
                kind,
                ..any()
            },
        ),
        ("own", LeadFilter { caller: own, ..any() }),
        (
            "own status type",
            LeadFilter {
                caller: own,
                status: open,
                kind,
                ..any()
            },
        ),
        (
            "own team",
            LeadFilter {
                caller: own,
                team_id: team,
                ..any()
            },
        ),
        (
            "salesperson",
            LeadFilter {
                salesperson_id: person,
                ..any()
            },
        ),
        (
            "salesperson status type",
            LeadFilter {
                salesperson_id: person,
                status: open,
                kind,
                ..any()
            },
        ),
        (
            "salesperson stage",
            LeadFilter {
                salesperson_id: person,
                stage_id: stage,
                status: open,
                ..any()
            },
        ),
        (
            "unassigned",
            LeadFilter {
                unassigned: true,
                ..any()
            },
        ),
        (
            "unassigned status",
            LeadFilter {
                unassigned: true,
                status: open,
                ..any()
            },
        ),
        ("team", LeadFilter { team_id: team, ..any() }),
        (
            "team status type",
            LeadFilter {
                team_id: team,
                status: open,
                kind,
                ..any()
            },
        ),
        (
            "team stage",
            LeadFilter {
                team_id: team,
                stage_id: stage,
                ..any()
            },
        ),
        (
            "stage",
            LeadFilter {
                stage_id: stage,
                ..any()
            },
        ),
        (
            "stage status type",
            LeadFilter {
                stage_id: stage,
                status: open,
                kind,
                ..any()
            },
        ),
        (
            "customer",
            LeadFilter {
                customer_id: Some(CustomerId(numbered(4, 4))),
                ..any()
            },
        ),
        (
            "external id",
            LeadFilter {
                external_id: Some("ext-50".to_owned()),
                ..any()
            },
        ),
        (
            "rare word",
            LeadFilter {
                words: vec!["rare".to_owned()],
                ..any()
            },
        ),
        (
            "common word",
            LeadFilter {
                words: vec!["common".to_owned()],
                ..any()
            },
        ),
        (
            "both words",
            LeadFilter {
                words: vec!["common".to_owned(), "rare".to_owned()],
                ..any()
            },
        ),
    ] {
        views.push((name, filter, newest(SortKey::CreateTime), None));
    }
    let oldest = |by| LeadOrder { by, descending: false };
    views.push(("changes", any(), oldest(SortKey::UpdateTime), None));
    let middle = numbered(5, 20_000);
    let half = Some(Cursor::Revenue(Some(5_000.0), middle));
    let unpriced = Some(Cursor::Revenue(None, middle));
    let normal = Some(Cursor::Priority(2, middle));
    let of_open = LeadFilter { status: open, ..any() };
    for (name, filter, order, cursor) in [
        ("highest revenue", any(), newest(SortKey::ExpectedRevenue), None),
        (
            "lowest revenue",
            of_open.clone(),
            oldest(SortKey::ExpectedRevenue),
            None,
        ),
        (
            "revenue, from the middle",
            any(),
            newest(SortKey::ExpectedRevenue),
            half,
        ),
        ("without revenue", any(), oldest(SortKey::ExpectedRevenue), unpriced),
        ("highest priority", any(), newest(SortKey::Priority), None),
        ("priority, from the middle", of_open, newest(SortKey::Priority), normal),
    ] {
        views.push((name, filter, order, cursor));
    }
    views
}

/// The rows that are read for a page, and the plan, for people.
async fn examined(tx: &mut Tx, mut query: QueryBuilder<Postgres>) -> (f64, String) {
    let mut built = query.build();
    let arguments = built.take_arguments().unwrap().unwrap();
    let sql = format!("EXPLAIN (ANALYZE, FORMAT JSON) {}", built.sql().as_str());
    let explained = sqlx::query_scalar_with(AssertSqlSafe(sql), arguments).persistent(false);
    let plan: Value = explained.fetch_one(&mut **tx).await.unwrap();
    (rows_of(&plan[0]["Plan"]), plan[0]["Plan"].to_string())
}

/// Rows that the leaves of a plan read, those included that a filter threw away.
fn rows_of(node: &Value) -> f64 {
    let number = |name: &str| node[name].as_f64().unwrap_or(0.0);
    match node["Plans"].as_array() {
        Some(below) => below.iter().map(rows_of).sum(),
        None => (number("Actual Rows") + number("Rows Removed by Filter")) * number("Actual Loops"),
    }
}

#[tokio::test]
async fn a_page_of_the_pipeline_view_costs_about_as_many_rows_as_it_shows() {
    let db = TestDatabase::new().await.unwrap();
    let sql = include_str!("plan_tests.sql")
        .replace(":leads", &LEADS.to_string())
        .replace(":common", &Key::of_word("common").hash.to_string())
        .replace(":rare", &Key::of_word("rare").hash.to_string());
    let mut owner = db.owner().await.unwrap();
    owner.execute(AssertSqlSafe(sql)).await.unwrap();
    // As autovacuum leaves a table: the planner counts with index-only scans.
    owner.execute("VACUUM ANALYZE").await.unwrap();
    let database = crate::Database::open(&crate::DatabaseOptions::new(db.url())).unwrap();
    let mut costly = Vec::new();
    for (name, filter, order, cursor) in views() {
        let mut tx = pool::begin_reading(&database.app, TENANT).await.unwrap();
        let parts = branches::of_list(&filter, order.by);
        let query = page_query(TENANT, &filter, order, &parts, cursor.as_ref(), PAGE);
        let (rows, plan) = examined(&mut tx, query).await;
        if rows > MOST_ROWS {
            costly.push(format!("{name}: {rows} rows by {plan}"));
        }
    }
    assert!(costly.is_empty(), "of {LEADS} leads: {costly:#?}");
}
