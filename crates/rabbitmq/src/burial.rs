//! Putting messages into the dead-letter queue.

use crate::clock::unix_seconds;
use crate::headers::{self, DELIVERY_COUNT, QUEUE, REASON};
use crate::job_message::{self, Undecodable};
use crate::outgoing::{Outgoing, short, traced};
use crate::publisher::AmqpPublisher;
use crate::topology::{CONVERSIONS_QUEUE, DEAD_EXCHANGE};
use lapin::message::Delivery;
use lapin::options::BasicAckOptions;
use lapin::types::FieldTable;
use opportune_domain::ids::{ConversionId, TenantId};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// First and longest pause between two tries to bury a message.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// Longest reason that is written down.
const LONGEST_REASON: usize = 1_000;

/// The notice about a conversion that was given up: a job that can be sent again, and why.
pub(crate) fn notice(tenant: TenantId, conversion: ConversionId, reason: &str) -> Outgoing {
    let table = explained(traced(""), reason, CONVERSIONS_QUEUE);
    Outgoing {
        exchange: DEAD_EXCHANGE,
        routing_key: CONVERSIONS_QUEUE.to_owned(),
        mandatory: true,
        properties: job_message::properties("", format!("dead-{conversion}"))
            .with_timestamp(unix_seconds())
            .with_headers(table),
        body: job_message::body(tenant, &[conversion]),
    }
}

/// Buries a message that nobody can read, and acknowledges it when the dead-letter queue has it; not before, so that it
/// is never lost. Tries until it works or the delivery is void, since then the message comes again.
pub(crate) async fn bury(publisher: Arc<AmqpPublisher>, delivery: Delivery, queue: &'static str, why: Undecodable) {
    let copy = copy(&delivery, queue, &why.to_string());
    let (mut pause, longest) = PAUSE;
    while delivery.acker.usable() {
        match publisher.send_one(&copy).await {
            Ok(()) => break,
            Err(error) => tracing::warn!(queue, %error, "an undecodable message could not be dead-lettered yet"),
        }
        sleep(pause).await;
        pause = (pause * 2).min(longest);
        // The queue may have been deleted; harmless if not.
        if let Err(error) = publisher.broker().declare_topology().await {
            tracing::debug!(%error, "exchanges and queues could not be declared again");
        }
    }
    match delivery.acker.ack(BasicAckOptions::default()).await {
        Ok(true) => tracing::warn!(queue, reason = %why, "a message was dead-lettered"),
        _ => tracing::debug!(queue, "an undecodable message will come again"),
    }
}

fn copy(delivery: &Delivery, queue: &str, reason: &str) -> Outgoing {
    let original = headers::table(&delivery.properties).cloned().unwrap_or_default();
    let kept = original
        .inner()
        .iter()
        .filter(|(name, _)| name.as_str() != DELIVERY_COUNT);
    let mut table = FieldTable::default();
    for (name, value) in kept {
        table.insert(name.clone(), value.clone());
    }
    Outgoing {
        exchange: DEAD_EXCHANGE,
        routing_key: short(queue).to_string(),
        mandatory: true,
        properties: delivery
            .properties
            .clone()
            .with_delivery_mode(2)
            .with_timestamp(unix_seconds())
            .with_headers(explained(table, reason, queue)),
        body: delivery.data.clone(),
    }
}

fn explained(mut table: FieldTable, reason: &str, queue: &str) -> FieldTable {
    let reason: String = reason.chars().take(LONGEST_REASON).collect();
    table.insert(REASON.into(), headers::text(reason));
    table.insert(QUEUE.into(), headers::text(queue));
    table
}
