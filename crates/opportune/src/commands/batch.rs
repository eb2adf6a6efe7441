//! `opportune batch`: many conversions, done by the server.

mod failures;
mod show;
mod start;
mod watch;

use std::process::ExitCode;

use anyhow::Context;
use opportune_contract::v1::{Batch, CancelBatchRequest, GetBatchRequest, RetryBatchRequest};

use crate::cli::{BatchCommand, Global};
use crate::client::{Client, explain};
use crate::exit;
use crate::output::{message_json, print_json};

/// Starts, shows, follows, cancels or retries a batch.
///
/// # Errors
/// The server cannot be reached or refuses.
pub async fn run(global: &Global, command: &BatchCommand) -> anyhow::Result<ExitCode> {
    let client = Client::connect(global).await?;
    match command {
        BatchCommand::Start(args) => start::run(&client, global, args).await,
        BatchCommand::Get { id } => get(&client, global, id).await,
        BatchCommand::Watch { id, after } => watch::run(&client, global, id, *after).await,
        BatchCommand::Cancel { id } => cancel(&client, global, id).await,
        BatchCommand::Retry { id, request_id, wait } => {
            let batch = retry(&client, id, request_id.clone().unwrap_or_default()).await?;
            accepted(&client, global, batch, *wait).await
        }
    }
}

/// Shows a batch that was accepted; with `wait`, when it has ended.
async fn accepted(client: &Client, global: &Global, batch: Batch, wait: bool) -> anyhow::Result<ExitCode> {
    if wait {
        let ended = watch::to_the_end(client, global, batch).await?;
        return finished(client, global, &ended).await;
    }
    print(global, &batch)?;
    Ok(ExitCode::SUCCESS)
}

/// Shows a batch that nothing is going on in any more, and why items of it failed. Exit code 2 if any did, or if any
/// was cancelled.
async fn finished(client: &Client, global: &Global, batch: &Batch) -> anyhow::Result<ExitCode> {
    print(global, batch)?;
    if !global.json && batch.failed_count > 0 {
        failures::print(client, &batch.id).await?;
    }
    let clean = batch.failed_count == 0 && batch.cancelled_count == 0;
    Ok(exit::all_well(clean))
}

async fn get(client: &Client, global: &Global, id: &str) -> anyhow::Result<ExitCode> {
    let request = GetBatchRequest { id: id.to_owned() };
    let answer = client.conversions().get_batch(request).await.map_err(explain)?;
    let batch = there(answer.into_inner().batch)?;
    print(global, &batch)?;
    if !global.json && batch.failed_count > 0 {
        failures::print(client, &batch.id).await?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn cancel(client: &Client, global: &Global, id: &str) -> anyhow::Result<ExitCode> {
    let request = CancelBatchRequest { id: id.to_owned() };
    let answer = client.conversions().cancel_batch(request).await.map_err(explain)?;
    print(global, &there(answer.into_inner().batch)?)?;
    Ok(ExitCode::SUCCESS)
}

async fn retry(client: &Client, id: &str, request_id: String) -> anyhow::Result<Batch> {
    let request = RetryBatchRequest {
        id: id.to_owned(),
        request_id,
    };
    let answer = client.conversions().retry_batch(request).await.map_err(explain)?;
    there(answer.into_inner().batch)
}

fn there(batch: Option<Batch>) -> anyhow::Result<Batch> {
    batch.context("the server answered without a batch")
}

fn print(global: &Global, batch: &Batch) -> anyhow::Result<()> {
    if global.json {
        return print_json(&message_json(batch)?);
    }
    show::print_batch(batch);
    Ok(())
}
