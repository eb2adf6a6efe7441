//! `opportune dead`: jobs that were given up.

use std::sync::Arc;

use anyhow::Context;
use opportune_application::{App, AppError, Call};
use opportune_domain::access::{Caller, Role};
use opportune_domain::ids::ConversionId;
use opportune_domain::refusal::Reason;
use opportune_rabbitmq::{DeadLetter, DeadLetters, Selection};
use opportune_telemetry::Metrics;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::cli::{DeadCommand, Global};
use crate::config::Config;
use crate::output::{cut, print_json, print_table};
use crate::wiring::Parts;

/// Lists, replays or drops dead letters.
///
/// # Errors
/// Broker or database cannot be reached.
pub async fn run(global: &Global, command: &DeadCommand) -> anyhow::Result<()> {
    let config = Config::for_command(global, &[])?;
    let (parts, dispatching) = Parts::connect(&config, Metrics::disabled(), "dead").await?;
    let letters = DeadLetters::new(parts.publisher.clone());
    match command {
        DeadCommand::List { limit } => list(&letters, *limit, global.json).await?,
        DeadCommand::Drop { only, .. } => {
            let selection = only.map_or(Selection::All, Selection::Position);
            let dropped = letters.drop(selection).await?;
            report(global.json, &json!({ "dropped": dropped }))?;
        }
        DeadCommand::Replay { limit, only } => {
            let (app, lanes) = parts.app(&config.accept);
            let accepting = tokio::spawn(lanes.run());
            let stop = CancellationToken::new();
            let publishing = tokio::spawn(dispatching.run(stop.clone()));
            let replayed = replay(&letters, &app, limit.unwrap_or(usize::MAX), *only).await;
            stop.cancel();
            publishing.await.context("publishing broke")?;
            accepting.abort();
            report(global.json, &replayed?)?;
        }
    }
    parts.publishing.close().await;
    parts.database.close().await;
    Ok(())
}

async fn list(letters: &DeadLetters, limit: usize, as_json: bool) -> anyhow::Result<()> {
    let found = letters.list(limit).await?;
    if as_json {
        return print_json(&Value::Array(found.iter().map(letter_json).collect()));
    }
    if found.is_empty() {
        println!("there are no dead letters");
    }
    let rows: Vec<[String; 6]> = found
        .iter()
        .map(|letter| {
            [
                letter.position.to_string(),
                letter.time.map(|time| time.to_rfc3339()).unwrap_or_default(),
                cut(&letter.reason, 60),
                letter.tenant.map(|tenant| tenant.to_string()).unwrap_or_default(),
                letter.conversions.first().map(ToString::to_string).unwrap_or_default(),
                letter.conversions.len().to_string(),
            ]
        })
        .collect();
    print_table(["no", "time", "reason", "tenant", "conversion", "of"], &rows);
    Ok(())
}

fn letter_json(letter: &DeadLetter) -> Value {
    json!({
        "position": letter.position,
        "id": letter.id,
        "reason": letter.reason,
        "queue": letter.queue,
        "time": letter.time,
        "tenant": letter.tenant.map(|tenant| tenant.to_string()),
        "conversions": letter.conversions.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "size": letter.size,
    })
}

/// Conversions that were given up are tried again from the beginning; jobs of conversions that still wait are sent again;
/// what is settled meanwhile only leaves a letter to be dropped.
async fn replay(letters: &DeadLetters, app: &App, limit: usize, only: Option<usize>) -> anyhow::Result<Value> {
    let (mut retried, mut sent, mut settled, mut unreadable) = (0, 0, 0, 0);
    let last = only.unwrap_or(limit);
    let found = letters.list(last).await?;
    for letter in found
        .iter()
        .filter(|letter| only.is_none_or(|position| letter.position == position))
    {
        let (Some(tenant), Some(first)) = (letter.tenant, letter.conversions.first().copied()) else {
            unreadable += 1;
            continue;
        };
        let caller = Caller {
            actor: None,
            role: Role::Service,
        };
        let call = Arc::new(Call {
            tenant,
            caller,
            traceparent: letter.traceparent.clone(),
        });
        let mut waiting = 0;
        for id in &letter.conversions {
            match again(app, &call, *id).await? {
                Again::Retried => retried += 1,
                Again::Waiting => waiting += 1,
                Again::Settled => settled += 1,
            }
        }
        if waiting > 0 {
            sent += letters.replay(Selection::Conversion(first)).await?.replayed;
        } else {
            letters.drop(Selection::Conversion(first)).await?;
        }
    }
    Ok(json!({ "retried": retried, "sent_again": sent, "already_settled": settled, "unreadable": unreadable }))
}

enum Again {
    Retried,
    Waiting,
    Settled,
}

async fn again(app: &App, call: &Call, id: ConversionId) -> anyhow::Result<Again> {
    match app.retry_conversion(call, id).await {
        Ok(_) => Ok(Again::Retried),
        Err(AppError::Refused(refusal)) if refusal.reason == Reason::ConversionStateInvalid => {
            let conversion = app.get_conversion(call, id).await?;
            Ok(if conversion.state.is_live() {
                Again::Waiting
            } else {
                Again::Settled
            })
        }
        Err(AppError::Refused(_)) => Ok(Again::Settled),
        Err(error) => Err(error.into()),
    }
}

fn report(as_json: bool, counts: &Value) -> anyhow::Result<()> {
    if as_json {
        return print_json(counts);
    }
    let texts: Vec<String> = counts
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, count)| format!("{} {count}", name.replace('_', " ")))
        .collect();
    println!("{}", texts.join(", "));
    Ok(())
}
