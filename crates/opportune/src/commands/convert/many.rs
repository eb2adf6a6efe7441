//! Many conversions, a number of them in flight at the same time.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use futures_util::StreamExt;
use futures_util::stream;
use opportune_contract::v1::{LeadFilter, LeadStatus, LeadType};
use tokio::time::sleep;
use uuid::Uuid;

use super::tally::{Outcome, Tally};
use super::{call, request, settled};
use crate::cli::{ConvertArgs, Global};
use crate::client::{Client, Failure};
use crate::commands::leads;
use crate::exit;
use crate::ids;
use crate::output::{print_json, progress_bar};

const BAR: &str = "{bar:40} {pos}/{len}  {msg}  {per_sec}  {elapsed}";
/// How often a call is tried while the server is away.
const TRIES: u32 = 60;
const PAUSE: Duration = Duration::from_secs(1);
const OLDEST_FIRST: &str = "create_time";

/// Converts open leads, the earliest created first.
pub(super) async fn run(client: &Client, global: &Global, args: &ConvertArgs) -> anyhow::Result<ExitCode> {
    let filter = LeadFilter {
        r#type: LeadType::Lead.into(),
        status: LeadStatus::Open.into(),
        ..LeadFilter::default()
    };
    let limit = args.limit.unwrap_or(usize::MAX);
    let found = leads::all(client, filter, OLDEST_FIRST, limit).await?;
    let started = Instant::now();
    let bar = progress_bar(found.len() as u64, BAR, global.json);
    // The same lead in the same run has the same request id: a call that is repeated converts once.
    let this_run = ids::new_id();
    let mut outcomes = stream::iter(found)
        .map(|lead| convert(client, args, this_run, lead.id))
        .buffer_unordered(args.in_flight.max(1));
    let mut tally = Tally::default();
    while let Some(outcome) = outcomes.next().await {
        tally.add(outcome?);
        bar.inc(1);
        bar.set_message(tally.short());
    }
    bar.finish_and_clear();
    tally.seconds = started.elapsed().as_secs_f64();
    if global.json {
        print_json(&tally.to_json())?
    } else {
        tally.print()
    }
    Ok(exit::all_well(tally.is_clean()))
}

async fn convert(client: &Client, args: &ConvertArgs, this_run: Uuid, lead: String) -> anyhow::Result<Outcome> {
    let mut tries = 1;
    loop {
        let error = match once(client, args, this_run, &lead).await {
            Ok(outcome) => return Ok(outcome),
            Err(error) => error,
        };
        match error.downcast::<Failure>()? {
            failure if failure.is_passing() && tries < TRIES => sleep(PAUSE).await,
            failure if failure.is_passing() => {
                return Err(failure).context("the server stays away; what it accepted goes on");
            }
            failure => return Ok(Outcome::Refused(failure)),
        }
        tries += 1;
    }
}

async fn once(client: &Client, args: &ConvertArgs, this_run: Uuid, lead: &str) -> anyhow::Result<Outcome> {
    let mut request = request::new(args, lead);
    if !args.preview {
        request.request_id = Uuid::new_v5(&this_run, lead.as_bytes()).to_string();
    }
    let conversion = call(client, request).await?;
    let conversion = if args.wait && !args.preview {
        settled(client, conversion).await?
    } else {
        conversion
    };
    Ok(Outcome::Accepted(Box::new(conversion)))
}
