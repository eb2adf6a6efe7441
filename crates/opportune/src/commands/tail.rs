//! `opportune tail`: events as they are published.

use std::time::Duration;

use anyhow::Context;
use opportune_rabbitmq::{EventTail, TailedEvent};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::cli::{Global, TailArgs};
use crate::config::Config;
use crate::lifecycle::Shutdown;
use crate::output::cut;
use crate::wiring::broker_options;

const PREFIX: &str = "cloudEvents_";
const FOR_EVER: Duration = Duration::from_secs(u32::MAX as u64);
const PAUSE: Duration = Duration::from_millis(500);

/// Prints events until Ctrl-C, --count or --idle end it. With --json one CloudEvent (structured mode) a line.
///
/// # Errors
/// The broker cannot be reached.
pub async fn run(global: &Global, args: &TailArgs) -> anyhow::Result<()> {
    let config = Config::for_command(global, &[])?;
    let options = broker_options(&config.broker, "opportune/tail");
    let shutdown = Shutdown::on_signals()?;
    let open = async || {
        let opened = EventTail::open(&options, &args.pattern).await;
        opened.with_context(|| format!("cannot listen at {}", config.broker.url))
    };
    let mut tail = open().await?;
    // To standard error, for people and for programs that have to wait until nothing is missed any more.
    eprintln!(
        "listening for {} at {}; Ctrl-C ends it",
        args.pattern, config.broker.url
    );
    let idle = args.idle.map_or(FOR_EVER, Duration::from_secs);
    let mut count = 0;
    while args.count.is_none_or(|most| count < most) {
        let next = tokio::select! {
            next = timeout(idle, tail.next()) => next,
            () = shutdown.drain.cancelled() => break,
        };
        match next {
            Err(_idle) => break,
            Ok(Some(event)) if is_of_tenant(&event, global) => {
                count += 1;
                print(&event, global.json)?;
            }
            Ok(Some(_)) => {}
            Ok(None) => {
                tracing::warn!("the connection to the broker was lost; events may be missing here");
                tokio::time::sleep(PAUSE).await;
                tail = open().await?;
            }
        }
    }
    tail.close().await;
    Ok(())
}

fn is_of_tenant(event: &TailedEvent, global: &Global) -> bool {
    global
        .tenant
        .is_none_or(|tenant| event.routing_key.ends_with(&tenant.to_string()))
}

fn attribute<'a>(event: &'a TailedEvent, name: &str) -> &'a str {
    event.headers.get(&format!("{PREFIX}{name}")).map_or("", String::as_str)
}

fn print(event: &TailedEvent, as_json: bool) -> anyhow::Result<()> {
    let body: Value = match event.content_type.as_str() {
        "application/json" => serde_json::from_slice(&event.body).context("an event's body is not JSON")?,
        other => json!(format!("{} bytes of {other}", event.body.len())),
    };
    if as_json {
        let mut whole: serde_json::Map<String, Value> = event
            .headers
            .iter()
            .map(|(name, value)| (name.strip_prefix(PREFIX).unwrap_or(name).to_owned(), json!(value)))
            .collect();
        whole.insert("data".to_owned(), body);
        println!("{}", Value::Object(whole));
    } else {
        let again = if event.redelivered { " (again)" } else { "" };
        println!(
            "{}  {}  {}  {}{again}",
            attribute(event, "time"),
            attribute(event, "type"),
            attribute(event, "subject"),
            cut(&body.to_string(), 160)
        );
    }
    Ok(())
}
