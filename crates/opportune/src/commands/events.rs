//! `opportune events replay`: stored events once more, in order, to one queue.

use anyhow::{Context, bail};
use chrono::{DateTime, TimeDelta, Utc};
use opportune_application::ports::Reads;
use opportune_domain::ids::TenantId;
use opportune_rabbitmq::replay_to_queue;
use opportune_telemetry::Metrics;
use serde_json::json;

use crate::cli::{EventsCommand, Global, ReplayArgs};
use crate::clock;
use crate::config::Config;
use crate::output::{print_json, progress_bar, thousands};
use crate::wiring::Parts;

const PAGE: i64 = 500;
const BAR: &str = "{spinner} {pos} events  {per_sec}  {elapsed}";

/// Replays events.
///
/// # Errors
/// Broker or database cannot be reached; the queue does not exist.
pub async fn run(global: &Global, command: &EventsCommand) -> anyhow::Result<()> {
    let EventsCommand::Replay(args) = command;
    let since = since(&args.since, clock::now())?;
    let config = Config::for_command(global, &[])?;
    let (parts, _nothing_to_dispatch) = Parts::connect(&config, Metrics::disabled(), "replay").await?;
    let replayed = replay(&parts, global, args, since).await;
    parts.publishing.close().await;
    parts.database.close().await;
    let count = replayed?;
    if global.json {
        return print_json(&json!({ "replayed": count, "queue": args.queue, "since": since }));
    }
    println!(
        "{} events since {} were sent to {}",
        thousands(count),
        since.to_rfc3339(),
        args.queue
    );
    Ok(())
}

async fn replay(parts: &Parts, global: &Global, args: &ReplayArgs, since: DateTime<Utc>) -> anyhow::Result<u64> {
    let tenant = global.tenant.map(TenantId);
    let bar = progress_bar(0, BAR, global.json);
    let mut after = None;
    let mut count = 0;
    loop {
        let events = parts
            .reads
            .events(tenant, since, after, PAGE)
            .await
            .context("cannot read the stored events")?;
        let Some(last) = events.last() else { break };
        after = Some((last.event.occurred_at, last.event.id));
        count += replay_to_queue(&parts.publisher, &args.queue, &events).await? as u64;
        bar.set_position(count);
    }
    bar.finish_and_clear();
    Ok(count)
}

/// A time, or an age such as 90m, 12h, 3d.
fn since(text: &str, now: DateTime<Utc>) -> anyhow::Result<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    let wrong =
        || format!("--since {text}: expected a time such as 2026-11-23T08:00:00Z or an age such as 90m, 12h, 3d");
    let (number, unit) = text.split_at(
        text.len()
            .saturating_sub(text.chars().next_back().map_or(0, char::len_utf8)),
    );
    let number: i64 = number.parse().with_context(wrong)?;
    let age = match unit {
        "s" => TimeDelta::try_seconds(number),
        "m" => TimeDelta::try_minutes(number),
        "h" => TimeDelta::try_hours(number),
        "d" => TimeDelta::try_days(number),
        _ => bail!(wrong()),
    };
    age.and_then(|age| now.checked_sub_signed(age)).with_context(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_a_time_or_an_age() {
        let now = DateTime::parse_from_rfc3339("2026-11-23T12:00:00Z").unwrap().to_utc();
        let at = |text: &str| since(text, now).map(|time| time.to_rfc3339()).ok();
        assert_eq!(
            at("2026-11-23T10:00:00+02:00").as_deref(),
            Some("2026-11-23T08:00:00+00:00")
        );
        assert_eq!(at("90m").as_deref(), Some("2026-11-23T10:30:00+00:00"));
        assert_eq!(at("3d").as_deref(), Some("2026-11-20T12:00:00+00:00"));
        for wrong in ["", "yesterday", "3w", "d", "99999999999999d"] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }
}
