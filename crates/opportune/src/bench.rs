//! Speed, measured against a floor: the same rows by plain SQL plus the same messages by plain AMQP, on the same servers
//! in the same run. Absolute numbers say little about another machine; the ratio does.
//!
//! The product runs as a process of its own (`opportune dev`), this process is its client. The floor writes into copies
//! of the tables (schema `floor`: same columns, same indexes, no foreign keys, no row-level security).

mod conversions;
mod floor_amqp;
mod floor_sql;
mod latency;
mod leads;
mod report;
pub mod similar;
mod sink;
mod stage;

pub use conversions::{bulk, single};
pub use report::{Case, Report};
pub use stage::Stage;

use crate::lifecycle::Shutdown;
use anyhow::{Result, anyhow};
use floor_amqp::AmqpFloor;
use floor_sql::SqlFloor;
use std::time::Duration;
use uuid::Uuid;

/// Conversions per number of concurrent callers in the single case.
const SINGLE: [(usize, usize); 3] = [(1, 300), (16, 2_000), (64, 4_000)];

/// Runs the benchmark with `bulk` leads in the bulk case.
///
/// # Errors
/// Whatever goes wrong; nothing of it is left running.
pub async fn run(bulk_leads: usize, progress: impl Fn(&str)) -> Result<Report> {
    let singles: usize = SINGLE.iter().map(|(_, count)| count).sum();
    staged(&progress, async |stage| {
        measure(stage, singles, bulk_leads, &progress).await
    })
    .await
}

/// Runs a measurement on a stage of its own. However it ends, by a signal too, the service and its servers are stopped.
async fn staged<R>(progress: &impl Fn(&str), measure: impl AsyncFnOnce(&Stage) -> Result<R>) -> Result<R> {
    let shutdown = Shutdown::on_signals()?;
    progress("starting private servers and the service");
    let stage = Stage::start().await?;
    let outcome = tokio::select! {
        outcome = measure(&stage) => outcome,
        () = shutdown.drain.cancelled() => Err(anyhow!("ended by a signal; nothing was measured to the end")),
    };
    stage.stop().await?;
    outcome
}

async fn measure(stage: &Stage, singles: usize, bulk_leads: usize, progress: &impl Fn(&str)) -> Result<Report> {
    progress("importing leads");
    let mut lead_ids = leads::import(stage, singles + bulk_leads).await?;
    stage.quiet().await?;
    let floor = Floors {
        sql: SqlFloor::prepare(stage).await?,
        amqp: AmqpFloor::start(stage).await?,
    };
    let sink = sink::EventSink::start(stage).await?;
    let mut report = Report {
        latency: latency::measure(stage).await?,
        ..Report::default()
    };
    for (callers, count) in SINGLE {
        progress(&format!("single calls, {callers} callers"));
        let ids: Vec<Uuid> = lead_ids.drain(..count).collect();
        let run = single(stage, &ids, callers).await?;
        stage.quiet().await?;
        let events = sink.take(stage.events_of(&ids).await?).await?;
        let time = floor.of(&ids, &events, Shape::Single { callers }).await?;
        let case = Case {
            name: format!("single, {callers} callers"),
            run,
            floor: time,
        };
        progress(&case.to_string());
        report.cases.push(case);
    }
    progress(&format!("bulk, {bulk_leads} leads"));
    let memory = stage.watch_memory();
    let run = bulk(stage, &lead_ids).await?;
    report.memory_mib = memory.stop().await;
    let events = sink.take(stage.events_of(&lead_ids).await?).await?;
    let time = floor.of(&lead_ids, &events, Shape::Bulk).await?;
    report.cases.push(Case {
        name: format!("bulk, {bulk_leads} leads"),
        run,
        floor: time,
    });
    Ok(report)
}

/// How the floor does its work.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// One conversion after another in each of so many connections, statement by statement.
    Single { callers: usize },
    /// In sets.
    Bulk,
}

/// Time of the plain SQL and of the plain AMQP.
#[derive(Debug, Clone, Copy, Default)]
pub struct Floor {
    /// The same rows.
    pub sql: Duration,
    /// The same messages.
    pub amqp: Duration,
}

/// What the floor is measured with.
struct Floors {
    sql: SqlFloor,
    amqp: AmqpFloor,
}

impl Floors {
    /// The same work as the conversions of these leads, done plainly.
    async fn of(&self, ids: &[Uuid], events: &[Vec<u8>], shape: Shape) -> Result<Floor> {
        let written = self.sql.rows_of(ids).await?;
        Ok(match shape {
            Shape::Single { callers } => Floor {
                sql: self.sql.one_by_one(written, callers).await?,
                amqp: self.amqp.one_by_one(ids.len(), events, callers).await?,
            },
            Shape::Bulk => Floor {
                sql: self.sql.in_sets(&written).await?,
                amqp: self.amqp.in_sets(ids.len(), events).await?,
            },
        })
    }
}
