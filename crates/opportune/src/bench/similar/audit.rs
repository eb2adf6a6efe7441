//! `opportune similar --all`, as a process of its own.

use crate::bench::Stage;
use anyhow::Result;
use std::time::Duration;

/// How long the audit of the whole tenant takes.
pub async fn run(stage: &Stage) -> Result<Duration> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("similar.csv");
    stage
        .time_command(["similar".as_ref(), "--all".as_ref(), "--out".as_ref(), out.as_os_str()])
        .await
}
