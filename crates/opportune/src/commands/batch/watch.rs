//! Following a batch.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use indicatif::ProgressBar;
use opportune_contract::v1::{Batch, WatchBatchRequest, WatchBatchResponse};
use tokio::time::sleep;
use tonic::Status;

use super::finished;
use super::show::{counts, has_ended, progress};
use crate::cli::Global;
use crate::client::{Client, Failure};
use crate::exit;
use crate::output::{message_json, progress_bar};

const BAR: &str = "{bar:40} {pos}/{len}  {msg}  {elapsed}";
/// How often a stream that broke without bringing anything is taken up again.
const TRIES: u32 = 60;
const PAUSE: Duration = Duration::from_secs(1);

/// Follows a batch by its id. With --json each message is a line; else a bar, and the outcome.
pub(super) async fn run(client: &Client, global: &Global, id: &str, after: i64) -> anyhow::Result<ExitCode> {
    let bar = progress_bar(0, BAR, global.json);
    let follow = Follow { client, id, after };
    let batch = follow
        .run(|step| {
            if global.json {
                println!("{}", message_json(step)?);
            }
            show_on(&bar, step.batch.as_ref());
            Ok(())
        })
        .await?;
    bar.finish_and_clear();
    let batch = batch.context("the server ended without telling of the batch")?;
    if !global.json {
        return finished(client, global, &batch).await;
    }
    let clean = batch.failed_count == 0 && batch.cancelled_count == 0;
    Ok(exit::all_well(clean))
}

/// The batch when it has ended, with a bar meanwhile.
pub(super) async fn to_the_end(client: &Client, global: &Global, batch: Batch) -> anyhow::Result<Batch> {
    let bar = progress_bar(0, BAR, global.json);
    show_on(&bar, Some(&batch));
    let follow = Follow {
        client,
        id: &batch.id,
        after: 0,
    };
    let ended = follow
        .run(|step| {
            show_on(&bar, step.batch.as_ref());
            Ok(())
        })
        .await?;
    bar.finish_and_clear();
    Ok(ended.unwrap_or(batch))
}

fn show_on(bar: &ProgressBar, batch: Option<&Batch>) {
    let Some(batch) = batch else { return };
    let (ended, all) = progress(batch);
    bar.set_length(all);
    bar.set_position(ended);
    bar.set_message(counts(batch));
}

/// A batch that is followed over as many streams as it takes.
struct Follow<'a> {
    client: &'a Client,
    id: &'a str,
    after: i64,
}

impl Follow<'_> {
    /// Hands every message on; the batch as it was last told.
    async fn run(
        mut self,
        mut told: impl FnMut(&WatchBatchResponse) -> anyhow::Result<()>,
    ) -> anyhow::Result<Option<Batch>> {
        let mut last: Option<Batch> = None;
        let mut tries = 0;
        loop {
            let before = self.after;
            match self.one_stream(&mut last, &mut told).await? {
                Ended::Complete if last.as_ref().is_none_or(has_ended) => return Ok(last),
                // A server that is shutting down ends its streams, however far the batch is.
                Ended::Complete => {}
                Ended::Cut(failure) if tries >= TRIES => {
                    return Err(failure).context("the server stays away; the batch goes on");
                }
                Ended::Cut(_) => {}
            }
            if last.as_ref().is_some_and(has_ended) {
                return Ok(last);
            }
            tries = if self.after > before { 0 } else { tries + 1 };
            sleep(PAUSE).await;
        }
    }

    async fn one_stream(
        &mut self,
        last: &mut Option<Batch>,
        told: &mut impl FnMut(&WatchBatchResponse) -> anyhow::Result<()>,
    ) -> anyhow::Result<Ended> {
        let request = WatchBatchRequest {
            id: self.id.to_owned(),
            after_sequence: self.after,
        };
        let mut steps = match self.client.conversions().watch_batch(request).await {
            Ok(answer) => answer.into_inner(),
            Err(status) => return cut(&status),
        };
        loop {
            match steps.message().await {
                Ok(Some(step)) => {
                    told(&step)?;
                    self.after = self.after.max(step.sequence);
                    *last = step.batch.or(last.take());
                }
                Ok(None) => return Ok(Ended::Complete),
                Err(status) => return cut(&status),
            }
        }
    }
}

/// How one stream ended.
enum Ended {
    /// By the server, which has nothing more to tell.
    Complete,
    /// The connection or the server went away.
    Cut(Failure),
}

fn cut(status: &Status) -> anyhow::Result<Ended> {
    let failure = Failure::from(status);
    if failure.is_passing() {
        Ok(Ended::Cut(failure))
    } else {
        Err(failure.into())
    }
}
