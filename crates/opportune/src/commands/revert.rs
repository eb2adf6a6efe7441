//! `opportune revert`: takes a conversion or merge back.

use std::process::ExitCode;

use opportune_contract::v1::{RevertConversionRequest, RevertConversionResponse};

use crate::cli::{Global, RevertArgs};
use crate::client::{Client, explain};
use crate::output::{message_json, print_json};

/// Reverts, or says whether it could be done.
///
/// # Errors
/// The server cannot be reached or refuses.
pub async fn run(global: &Global, args: &RevertArgs) -> anyhow::Result<ExitCode> {
    let client = Client::connect(global).await?;
    let request = RevertConversionRequest {
        id: args.conversion_id.clone(),
        request_id: args.request_id.clone().unwrap_or_default(),
        validate_only: args.preview,
    };
    let answer = client.conversions().revert_conversion(request).await.map_err(explain)?;
    let answer = answer.into_inner();
    if global.json {
        print_json(&message_json(&answer)?)?;
    } else {
        print(args, &answer);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(args: &RevertArgs, answer: &RevertConversionResponse) {
    let lead = answer
        .conversion
        .as_ref()
        .map(|conversion| conversion.lead_id.as_str())
        .unwrap_or_default();
    if args.preview {
        println!(
            "conversion {} of lead {lead} can be reverted (nothing was changed)",
            args.conversion_id
        );
    } else {
        println!("conversion {} of lead {lead} was reverted", args.conversion_id);
    }
    let (gone, stays) = if args.preview {
        ("would go", "would stay")
    } else {
        ("is gone", "stays")
    };
    for id in &answer.removed_customer_ids {
        println!("customer {id} {gone}");
    }
    for id in &answer.kept_customer_ids {
        println!("customer {id} {stays}: something else refers to it");
    }
}
