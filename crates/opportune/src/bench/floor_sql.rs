//! The floor's rows: what the product wrote, written again by hand-laid SQL into copies of the tables.
//!
//! The values come from the product's own rows (`INSERT … SELECT` by primary key), so they are the same to the byte.

mod statements;

use super::Stage;
use anyhow::Result;
use chrono::{DateTime, Utc};
use opportune_domain::ids::CustomerId;
use opportune_domain::keys::Key;
use sqlx::{FromRow, PgConnection, PgPool};
use statements::{ACCEPT, CLEAR, CONVERT, PREPARE};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Most connections of the floor.
const CONNECTIONS: usize = 32;
/// Conversions in a set.
const SET: usize = 1_000;

/// Copies of the tables as they were before the conversions.
pub struct SqlFloor {
    pool: PgPool,
}

/// The ids of everything that one conversion wrote.
#[derive(Debug, Clone, FromRow)]
struct Conversion {
    id: Uuid,
    lead_id: Uuid,
    /// Items of a batch have none: the batch has one.
    request_id: Option<Uuid>,
    customer_ids: Vec<Uuid>,
    event_ids: Vec<Uuid>,
    end_time: DateTime<Utc>,
}

/// The rows of one transaction: of one conversion, or of a set.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    conversions: Vec<Uuid>,
    leads: Vec<Uuid>,
    requests: Vec<Uuid>,
    customers: Vec<Uuid>,
    key_customers: Vec<Uuid>,
    keys: Vec<i64>,
    link_leads: Vec<Uuid>,
    link_keys: Vec<i64>,
    events: Vec<Uuid>,
    times: Vec<DateTime<Utc>>,
}

impl SqlFloor {
    /// Copies the tables.
    pub async fn prepare(stage: &Stage) -> Result<Self> {
        for statement in PREPARE {
            sqlx::query(*statement).execute(&stage.pool).await?;
        }
        Ok(Self {
            pool: stage.pool.clone(),
        })
    }

    /// What the conversions of these leads wrote, one entry a conversion.
    pub async fn rows_of(&self, lead_ids: &[Uuid]) -> Result<Vec<Rows>> {
        let conversions: Vec<Conversion> = sqlx::query_as(statements::WRITTEN)
            .bind(lead_ids)
            .fetch_all(&self.pool)
            .await?;
        let customers: Vec<Uuid> = conversions.iter().flat_map(|one| one.customer_ids.clone()).collect();
        let found: Vec<(Uuid, i64)> = sqlx::query_as(statements::KEYS)
            .bind(&customers)
            .fetch_all(&self.pool)
            .await?;
        let mut keys: HashMap<Uuid, Vec<i64>> = HashMap::new();
        for (customer, key) in found {
            keys.entry(customer).or_default().push(key);
        }
        Ok(conversions.into_iter().map(|one| rows(one, &keys)).collect())
    }

    /// Statement by statement, one conversion after another, over as many connections as there are callers.
    pub async fn one_by_one(&self, written: Vec<Rows>, callers: usize) -> Result<Duration> {
        let written: Arc<[Rows]> = written.into();
        let next = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        let begun = Instant::now();
        for _ in 0..callers.min(CONNECTIONS) {
            let (pool, written, next) = (self.pool.clone(), written.clone(), next.clone());
            tasks.spawn(async move {
                let mut connection = pool.acquire().await?;
                while let Some(rows) = written.get(next.fetch_add(1, Ordering::Relaxed)) {
                    write(&mut connection, rows).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(ended) = tasks.join_next().await {
            ended??;
        }
        Ok(begun.elapsed())
    }

    /// In sets, one after another.
    pub async fn in_sets(&self, written: &[Rows]) -> Result<Duration> {
        let sets: Vec<Rows> = written.chunks(SET).map(together).collect();
        let mut connection = self.pool.acquire().await?;
        let begun = Instant::now();
        for rows in &sets {
            write(&mut connection, rows).await?;
        }
        Ok(begun.elapsed())
    }
}

/// Two transactions, as the product has them: accepting and converting; then the outbox is emptied.
async fn write(connection: &mut PgConnection, rows: &Rows) -> Result<()> {
    for statements in [ACCEPT, CONVERT] {
        sqlx::query("BEGIN").execute(&mut *connection).await?;
        for statement in statements {
            execute(connection, statement, rows).await?;
        }
        sqlx::query("COMMIT").execute(&mut *connection).await?;
    }
    execute(connection, CLEAR, rows).await
}

/// Every statement has all the parameters; it uses those that it needs.
async fn execute(connection: &mut PgConnection, statement: &'static str, rows: &Rows) -> Result<()> {
    sqlx::query(statement)
        .bind(&rows.conversions)
        .bind(&rows.leads)
        .bind(&rows.requests)
        .bind(&rows.customers)
        .bind(&rows.key_customers)
        .bind(&rows.keys)
        .bind(&rows.link_leads)
        .bind(&rows.link_keys)
        .bind(&rows.events)
        .bind(&rows.times)
        .execute(connection)
        .await?;
    Ok(())
}

fn rows(one: Conversion, keys: &HashMap<Uuid, Vec<i64>>) -> Rows {
    let of_customers: Vec<(Uuid, i64)> = one
        .customer_ids
        .iter()
        .flat_map(|id| keys.get(id).into_iter().flatten().map(|key| (*id, *key)))
        .collect();
    // The record gets the person, who was created last.
    let link = one.customer_ids.last().map(|id| Key::of_customer(CustomerId(*id)).hash);
    Rows {
        conversions: vec![one.id],
        leads: vec![one.lead_id],
        requests: one.request_id.into_iter().collect(),
        key_customers: of_customers.iter().map(|(id, _)| *id).collect(),
        keys: of_customers.iter().map(|(_, key)| *key).collect(),
        link_leads: link.iter().map(|_| one.lead_id).collect(),
        link_keys: link.into_iter().collect(),
        times: one.event_ids.iter().map(|_| one.end_time).collect(),
        customers: one.customer_ids,
        events: one.event_ids,
    }
}

fn together(rows: &[Rows]) -> Rows {
    let mut set = Rows::default();
    for one in rows {
        set.conversions.extend(&one.conversions);
        set.leads.extend(&one.leads);
        set.requests.extend(&one.requests);
        set.customers.extend(&one.customers);
        set.key_customers.extend(&one.key_customers);
        set.keys.extend(&one.keys);
        set.link_leads.extend(&one.link_leads);
        set.link_keys.extend(&one.link_keys);
        set.events.extend(&one.events);
        set.times.extend(&one.times);
    }
    set
}
