//! Finding similar records in a tenant that grows: how long a call takes beside one lookup by primary key over the same
//! path, what the keys cost when leads are written and when all are made anew, and how much room they take.

mod audit;
mod crowd;
mod reads;
mod reindex;
mod report;
mod sizes;
mod writes;

pub use report::Report;

use super::{Stage, leads, staged};
use crate::sample::{Generator, Vocabulary};
use anyhow::Result;
use report::Size;

/// An audit of the whole tenant is measured up to so many leads.
const AUDITED: usize = 100_000;

/// Measures at each of these numbers of leads, which grow.
///
/// # Errors
/// Whatever goes wrong; nothing of it is left running.
pub async fn run(rows: &[usize], progress: impl Fn(&str)) -> Result<Report> {
    staged(&progress, async |stage| measure(stage, rows, &progress).await).await
}

async fn measure(stage: &Stage, rows: &[usize], progress: &impl Fn(&str)) -> Result<Report> {
    let mut report = Report::default();
    let mut generator = crowd::planted(Generator::new(11).with(Vocabulary::Blended));
    let mut there = 0;
    for &count in rows {
        progress(&format!("importing up to {count} leads"));
        while there < count {
            let part = (count - there).min(leads::PART);
            leads::add(stage, generator.by_ref().take(part)).await?;
            there += part;
        }
        sqlx::query("VACUUM (ANALYZE)").execute(&stage.pool).await?;
        progress(&format!("finding similar records among {count}"));
        let memory = stage.watch_memory();
        let subjects = reads::subjects(stage).await?;
        let mut size = Size {
            leads: count,
            find: reads::find(stage, &subjects).await?,
            lookup: reads::lookup(stage, &subjects).await?,
            service_mib: memory.stop().await,
            ..Size::default()
        };
        size.room = sizes::of(stage).await?;
        if count <= AUDITED {
            progress(&format!("comparing all of {count}"));
            size.audit = Some(audit::run(stage).await?);
        }
        report.sizes.push(size);
    }
    progress("making all keys anew");
    report.reindex = reindex::measure(stage).await?;
    progress("writing leads with and without their keys");
    report.writes = writes::measure(stage).await?;
    Ok(report)
}
