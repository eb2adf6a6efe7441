//! Runs vectors, several at once, on one node.

use super::scene::{Scene, Stage};
use super::vector::Vector;
use crate::support::System;
use futures_util::{StreamExt, stream};
use std::time::Duration;

/// Vectors that run at the same moment.
const AT_ONCE: usize = 8;
/// No vector takes longer.
const LIMIT: Duration = Duration::from_secs(180);

/// What came of a vector.
pub struct Verdict {
    pub id: String,
    /// What differed; empty: it holds.
    pub differences: Vec<String>,
}

impl Verdict {
    /// In one line.
    pub fn line(&self) -> String {
        format!("{}: {}", self.id, self.differences.join("; ").replace('\n', " "))
    }
}

/// Runs all vectors; their verdicts in the order of the vectors.
pub async fn run_all(system: &System, vectors: &[Vector]) -> Vec<Verdict> {
    let api = system.api();
    let stage = Stage {
        channel: &api.channel,
        heard: &system.heard,
        database: &system.site.database,
    };
    let verdicts = stream::iter(vectors).map(|vector| async move {
        let differences = tokio::time::timeout(LIMIT, run(stage, vector)).await;
        Verdict {
            id: vector.id.clone(),
            differences: differences.unwrap_or_else(|_| vec![format!("takes more than {} s", LIMIT.as_secs())]),
        }
    });
    verdicts.buffered(AT_ONCE).collect().await
}

async fn run(stage: Stage<'_>, vector: &Vector) -> Vec<String> {
    let mut scene = Scene::new(stage);
    if let Err(problem) = scene.make(&vector.given).await {
        return vec![format!("given: {problem}")];
    }
    let before = match scene.before(&vector.then).await {
        Ok(before) => before,
        Err(problem) => return vec![format!("before: {problem}")],
    };
    let mut differences = scene.run(&vector.steps).await;
    differences.extend(scene.after(&vector.then, &before).await);
    differences
}
