//! What is looked at all the time: the broker's connection, and how full its queues are.

use std::time::Duration;

use anyhow::bail;
use opportune_grpc::HealthSwitch;
use opportune_rabbitmq::{Broker, depths};
use opportune_telemetry::Metrics;
use tokio::time::{MissedTickBehavior, interval};

use crate::ops::Readiness;
use crate::wiring::MEASURE;

const LOOK: Duration = Duration::from_secs(1);

/// Comes to an end, with an error, when a broker has been away for longer than `limit`: the process is then better
/// started anew. `None`: never.
///
/// # Errors
/// Always, when it ends.
pub async fn broker_away(brokers: Vec<Broker>, limit: Option<Duration>) -> anyhow::Result<std::convert::Infallible> {
    let Some(limit) = limit else {
        return std::future::pending().await;
    };
    let mut looks = interval(LOOK);
    loop {
        looks.tick().await;
        let away = brokers.iter().map(Broker::health).filter(|health| !health.connected);
        if away.map(|health| health.since.elapsed()).any(|time| time > limit) {
            bail!(
                "the broker has been away for more than {} s (broker.exit_after_disconnected_seconds)",
                limit.as_secs()
            );
        }
    }
}

/// Keeps the gauges of queues and connection up to date. Never ends.
pub async fn gauges(broker: Broker, metrics: Metrics) {
    let mut looks = interval(MEASURE);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        let connected = broker.health().connected;
        metrics.broker_connected(connected);
        if !connected {
            continue;
        }
        match depths(&broker).await {
            Ok(queues) => {
                for queue in queues {
                    metrics.queue_depth(queue.name, u64::from(queue.messages));
                }
            }
            Err(error) => tracing::debug!(%error, "the queues cannot be measured"),
        }
    }
}

/// Lets the gRPC health service say what /readyz says, but for the broker: calls are accepted without it. Never ends.
pub async fn health(switch: HealthSwitch, readiness: Readiness) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = None;
    loop {
        looks.tick().await;
        let serving = readiness.missing().await.iter().all(|name| *name == "broker");
        if last != Some(serving) {
            switch.set_serving(serving).await;
            last = Some(serving);
        }
    }
}
