//! `opportune convert`: one lead, or many at the same time.

mod many;
mod request;
mod show;
mod tally;

use std::process::ExitCode;

use anyhow::Context;
use opportune_contract::v1::{Conversion, ConversionState};

use crate::cli::{ConvertArgs, Global};
use crate::client::{Client, explain};
use crate::exit;
use crate::output::{message_json, print_json};

pub use show::{error_reason, print_conversion};

/// Converts and reports. Exit code: 0 all converted (or accepted, without --wait), 2 some were refused or failed.
///
/// # Errors
/// The server cannot be reached; a single lead is refused.
pub async fn run(global: &Global, args: &ConvertArgs) -> anyhow::Result<ExitCode> {
    let client = Client::connect(global).await?;
    match &args.lead_id {
        Some(lead) => one(&client, global, args, lead).await,
        None => many::run(&client, global, args).await,
    }
}

async fn one(client: &Client, global: &Global, args: &ConvertArgs, lead: &str) -> anyhow::Result<ExitCode> {
    let mut request = request::new(args, lead);
    request.request_id = args.request_id.clone().unwrap_or_default();
    request.expected_plan_digest = args.expect_plan.clone().unwrap_or_default();
    let mut conversion = call(client, request).await?;
    if args.wait && !args.preview {
        conversion = settled(client, conversion).await?;
    }
    if global.json {
        print_json(&message_json(&conversion)?)?;
    } else {
        print_conversion(&conversion);
    }
    Ok(exit::all_well(conversion.state() != ConversionState::Failed))
}

async fn call(client: &Client, request: opportune_contract::v1::ConvertLeadRequest) -> anyhow::Result<Conversion> {
    let answer = client.conversions().convert_lead(request).await.map_err(explain)?;
    answer
        .into_inner()
        .conversion
        .context("the server answered without a conversion")
}

/// The conversion when it has ended, however long that takes.
async fn settled(client: &Client, conversion: Conversion) -> anyhow::Result<Conversion> {
    use opportune_contract::v1::WatchConversionRequest;
    let mut last = conversion;
    while is_live(&last) {
        let request = WatchConversionRequest { id: last.id.clone() };
        let mut changes = client
            .conversions()
            .watch_conversion(request)
            .await
            .map_err(explain)?
            .into_inner();
        while let Some(change) = changes.message().await.map_err(explain)? {
            last = change.conversion.unwrap_or(last);
        }
    }
    Ok(last)
}

fn is_live(conversion: &Conversion) -> bool {
    matches!(conversion.state(), ConversionState::Queued | ConversionState::Running)
}
