//! Whether the broker is there.

use futures_util::StreamExt;
use lapin::{Connection, ConnectionStatus, Event};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

/// Pause between two looks; events of the connection are noticed at once.
const LOOK: Duration = Duration::from_millis(200);

/// Whether the broker is there, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokerHealth {
    /// The connection is up. When it is not, it is being tried again.
    pub connected: bool,
    /// The broker takes no messages from us at the moment: it is short of memory or disk.
    pub blocked: bool,
    /// Since when `connected` and `blocked` are as they are.
    pub since: Instant,
}

impl BrokerHealth {
    /// Messages can be published.
    pub fn ready(&self) -> bool {
        self.connected && !self.blocked
    }

    pub(crate) fn of(status: &ConnectionStatus) -> Self {
        Self {
            connected: status.connected(),
            blocked: status.blocked(),
            since: Instant::now(),
        }
    }
}

/// Watches a connection until it is lost, or nobody listens any more.
pub(crate) async fn watch(connection: &Connection, health: &watch::Sender<BrokerHealth>) {
    let mut events = std::pin::pin!(connection.events_listener().fuse());
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !health.is_closed() {
        tokio::select! {
            Some(event) = events.next() => {
                if let Event::ConnectionBlocked(reason) = event {
                    tracing::warn!(reason, "the broker takes no messages");
                }
            }
            _ = looks.tick() => {}
        }
        let now = BrokerHealth::of(connection.status());
        tell(health, now);
        if !now.connected {
            return;
        }
    }
}

/// Says how the broker is, if that has changed.
pub(crate) fn tell(health: &watch::Sender<BrokerHealth>, now: BrokerHealth) {
    let before = *health.borrow();
    if (before.connected, before.blocked) != (now.connected, now.blocked) {
        report(before, now);
        health.send_replace(now);
    }
}

fn report(before: BrokerHealth, now: BrokerHealth) {
    let lasted_ms = u64::try_from(before.since.elapsed().as_millis()).unwrap_or(u64::MAX);
    if before.connected && !now.connected {
        tracing::warn!(lasted_ms, "the connection to the broker is lost; it is tried again");
    } else if !before.connected && now.connected {
        tracing::info!(away_ms = lasted_ms, "the connection to the broker is back");
    } else if before.blocked && !now.blocked {
        tracing::info!(blocked_ms = lasted_ms, "the broker takes messages again");
    }
}
