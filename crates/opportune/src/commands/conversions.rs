//! `opportune conversions`.

use std::process::ExitCode;

use anyhow::{Context, bail};
use opportune_contract::v1::{
    CancelConversionRequest, Conversion, ConversionState, GetConversionRequest, ListConversionsRequest,
    RetryConversionRequest, WatchConversionRequest,
};
use prost_types::Timestamp;
use serde_json::Value;

use super::convert::print_conversion;
use crate::cli::{ConversionsArgs, ConversionsCommand, Global};
use crate::client::{Client, explain};
use crate::exit;
use crate::output::{message_json, print_json, print_table, short};

const LARGEST_PAGE: usize = 1_000;

/// Lists conversions; shows, follows, cancels or retries one.
///
/// # Errors
/// The server cannot be reached or refuses.
pub async fn run(global: &Global, args: &ConversionsArgs) -> anyhow::Result<ExitCode> {
    let client = Client::connect(global).await?;
    match &args.command {
        None => list(&client, global, args).await?,
        Some(ConversionsCommand::Get { id }) => get(&client, global, id).await?,
        Some(ConversionsCommand::Watch { id }) => return watch(&client, global, id).await,
        Some(ConversionsCommand::Cancel { id }) => cancel(&client, global, id).await?,
        Some(ConversionsCommand::Retry { id }) => retry(&client, global, id).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(client: &Client, global: &Global, args: &ConversionsArgs) -> anyhow::Result<()> {
    let state = args.state.as_deref().map_or(Ok(ConversionState::Unspecified), state)?;
    let mut conversions: Vec<Conversion> = Vec::new();
    let mut page_token = String::new();
    while conversions.len() < args.limit {
        let wanted = (args.limit - conversions.len()).min(LARGEST_PAGE);
        let request = ListConversionsRequest {
            lead_id: args.lead.clone().unwrap_or_default(),
            batch_id: args.batch.clone().unwrap_or_default(),
            state: state.into(),
            page_size: i32::try_from(wanted)?,
            page_token,
        };
        let page = client
            .conversions()
            .list_conversions(request)
            .await
            .map_err(explain)?
            .into_inner();
        conversions.extend(page.conversions);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    if global.json {
        let values = conversions
            .iter()
            .map(message_json)
            .collect::<anyhow::Result<Vec<_>>>()?;
        return print_json(&Value::Array(values));
    }
    let rows: Vec<[String; 5]> = conversions.iter().map(row).collect();
    print_table(["id", "lead", "state", "accepted", "attempt"], &rows);
    Ok(())
}

async fn get(client: &Client, global: &Global, id: &str) -> anyhow::Result<()> {
    let request = GetConversionRequest { id: id.to_owned() };
    let answer = client
        .conversions()
        .get_conversion(request)
        .await
        .map_err(explain)?
        .into_inner();
    print(global, answer.conversion)
}

async fn cancel(client: &Client, global: &Global, id: &str) -> anyhow::Result<()> {
    let request = CancelConversionRequest { id: id.to_owned() };
    let answer = client.conversions().cancel_conversion(request).await.map_err(explain)?;
    print(global, answer.into_inner().conversion)
}

async fn retry(client: &Client, global: &Global, id: &str) -> anyhow::Result<()> {
    let request = RetryConversionRequest { id: id.to_owned() };
    let answer = client.conversions().retry_conversion(request).await.map_err(explain)?;
    print(global, answer.into_inner().conversion)
}

fn print(global: &Global, conversion: Option<Conversion>) -> anyhow::Result<()> {
    let conversion = conversion.context("the server answered without a conversion")?;
    if global.json {
        return print_json(&message_json(&conversion)?);
    }
    print_conversion(&conversion);
    Ok(())
}

/// Exit code 2 when it has failed.
async fn watch(client: &Client, global: &Global, id: &str) -> anyhow::Result<ExitCode> {
    let request = WatchConversionRequest { id: id.to_owned() };
    let mut changes = client
        .conversions()
        .watch_conversion(request)
        .await
        .map_err(explain)?
        .into_inner();
    let mut failed = false;
    while let Some(change) = changes.message().await.map_err(explain)? {
        let Some(conversion) = change.conversion else { continue };
        failed = conversion.state() == ConversionState::Failed;
        if global.json {
            println!("{}", message_json(&conversion)?);
        } else {
            print_conversion(&conversion);
        }
    }
    Ok(exit::all_well(!failed))
}

fn row(conversion: &Conversion) -> [String; 5] {
    [
        conversion.id.clone(),
        conversion.lead_id.clone(),
        short(conversion.state().as_str_name(), "CONVERSION_STATE_"),
        conversion
            .create_time
            .as_ref()
            .map(Timestamp::to_string)
            .unwrap_or_default(),
        conversion.attempt.to_string(),
    ]
}

fn state(name: &str) -> anyhow::Result<ConversionState> {
    match ConversionState::from_str_name(&format!("CONVERSION_STATE_{}", name.to_uppercase())) {
        Some(state) => Ok(state),
        None => bail!("unknown state {name}: queued, running, succeeded, failed, cancelled or reverted"),
    }
}
