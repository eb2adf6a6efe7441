//! The relay: publishes what was left behind, sends overdue conversions again, goes on with batches that were left,
//! makes keys anew.

use crate::batches::{Tender, left_to_the_relay};
use crate::dispatch::Sender;
use crate::ports::StoreError;
use crate::rekey::Rekeyer;
use chrono::TimeDelta;
use futures_util::{StreamExt, stream};
use opportune_domain::ids::TenantId;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Rows that a relay leases in one turn.
const TURN: i64 = 1_000;
/// Pause between two turns of housekeeping.
const HOUSEKEEPING: Duration = Duration::from_secs(3_600);
/// Slices of records whose keys are made anew at the same time: the rest of the database is its callers'.
const REKEYED_AT_ONCE: usize = 2;
/// Pause of a row that could not be published.
const PAUSE_AFTER_FAILURE: TimeDelta = TimeDelta::seconds(1);

/// How often the relay looks.
#[derive(Debug, Clone, Copy)]
pub struct RelayOptions {
    /// Pause between two looks at an outbox that was empty.
    pub poll: Duration,
    /// Pause between two turns of the sweeper.
    pub sweep: Duration,
    /// Pause between two measurements of the lag.
    pub measure: Duration,
    /// How long events are kept for replay.
    pub keep_events: Duration,
}

/// Publishes leftovers, sweeps, keeps house.
pub struct Relay {
    /// Publishes and deletes.
    pub sender: Sender,
    /// Takes up batches that were left.
    pub tender: Tender,
    /// How often.
    pub options: RelayOptions,
}

impl Relay {
    /// Runs until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let relay = Arc::new(self);
        let tasks = [
            tokio::spawn(relay.clone().publish(stop.clone())),
            tokio::spawn(relay.clone().sweep(stop.clone())),
            tokio::spawn(relay.clone().measure(stop.clone())),
            tokio::spawn(relay.clone().tend(stop.clone())),
            tokio::spawn(relay.clone().rekey(stop.clone())),
            tokio::spawn(relay.keep_house(stop)),
        ];
        for task in tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a task of the relay ended by itself");
            }
        }
    }

    /// One turn: leases what is due and publishes it. Returns how many rows it sent.
    ///
    /// # Errors
    /// The store's.
    pub async fn turn(&self) -> Result<usize, StoreError> {
        let rows = self.sender.outbox.lease(TURN).await?;
        let count = rows.len();
        let left = self.sender.send(rows).await;
        if !left.is_empty() {
            self.sender.outbox.release(&left, PAUSE_AFTER_FAILURE).await?;
        }
        Ok(count - left.len())
    }

    async fn publish(self: Arc<Self>, stop: CancellationToken) {
        let mut away = false;
        while !stop.is_cancelled() {
            let sent = self.turn().await;
            if let Err(error) = &sent
                && !away
            {
                tracing::warn!(%error, "the relay cannot read the outbox; it keeps trying");
            }
            away = sent.is_err();
            // Rows behind the first of a record become due when that one is sent: look again at once.
            if sent.is_ok_and(|count| count > 0) {
                continue;
            }
            pause(self.options.poll, &stop).await;
        }
    }

    async fn sweep(self: Arc<Self>, stop: CancellationToken) {
        let mut turns = Turns::new(self.options.sweep, stop);
        while turns.next().await {
            match self.sender.outbox.sweep().await {
                Ok(swept) => {
                    self.sender.meter.swept(swept);
                    if swept > 0 {
                        tracing::info!(conversions.count = swept, "overdue conversions were sent again");
                    }
                }
                Err(error) => tracing::debug!(%error, "the sweeper cannot reach the store"),
            }
        }
    }

    /// Goes on with batches that their process has left.
    async fn tend(self: Arc<Self>, stop: CancellationToken) {
        let mut turns = Turns::new(self.options.sweep, stop);
        while turns.next().await {
            let left = match self.sender.outbox.left_batches().await {
                Ok(left) => left,
                Err(error) => {
                    tracing::debug!(%error, "the store cannot be asked for batches that were left");
                    continue;
                }
            };
            for (tenant, id) in left {
                tracing::info!(%tenant, batch.id = %id, "a batch that was left is taken up");
                left_to_the_relay(id, self.tender.finish(tenant, id).await);
            }
        }
    }

    /// Makes keys anew, the oldest first.
    async fn rekey(self: Arc<Self>, stop: CancellationToken) {
        let rekeyer = Rekeyer {
            store: self.tender.store.clone(),
            outbox: self.sender.outbox.clone(),
        };
        let mut turns = Turns::new(self.options.sweep, stop.clone());
        while turns.next().await {
            let waiting = match rekeyer.outbox.rekeys().await {
                Ok(waiting) => waiting,
                Err(error) => {
                    tracing::debug!(%error, "the store cannot be asked for keys to be made anew");
                    continue;
                }
            };
            self.sender.meter.rekeys(waiting.len());
            let waiting = waiting.into_iter().take_while(|_| !stop.is_cancelled());
            stream::iter(waiting)
                .for_each_concurrent(REKEYED_AT_ONCE, |(tenant, id)| rekey_slice(&rekeyer, tenant, id, &stop))
                .await;
        }
    }

    async fn measure(self: Arc<Self>, stop: CancellationToken) {
        let mut turns = Turns::new(self.options.measure, stop);
        while turns.next().await {
            match self.sender.outbox.lag().await {
                Ok(lag) => self.sender.meter.outbox(lag.jobs, lag.events, lag.oldest_seconds),
                Err(error) => tracing::debug!(%error, "the lag of the outbox cannot be measured"),
            }
        }
    }

    async fn keep_house(self: Arc<Self>, stop: CancellationToken) {
        let keep = TimeDelta::from_std(self.options.keep_events).unwrap_or(TimeDelta::MAX);
        let mut turns = Turns::new(HOUSEKEEPING, stop);
        while turns.next().await {
            match self.sender.outbox.housekeeping(keep).await {
                Ok(0) => {}
                Ok(dropped) => tracing::info!(partitions.count = dropped, "old event partitions were dropped"),
                Err(error) => tracing::warn!(%error, "housekeeping failed; it is tried again in an hour"),
            }
        }
    }
}

async fn rekey_slice(rekeyer: &Rekeyer, tenant: TenantId, id: Uuid, stop: &CancellationToken) {
    let mut records = 0;
    let mut told = |done| {
        records = done;
        !stop.is_cancelled()
    };
    match rekeyer.finish(tenant, id, &mut told).await {
        Ok(()) => tracing::info!(%tenant, records.count = records, "keys of a slice of the records were made anew"),
        Err(error) => tracing::warn!(%tenant, %error, "keys were not made anew; it is tried again"),
    }
}

/// Something that is done now and then every period, until it is stopped.
struct Turns {
    ticks: Interval,
    stop: CancellationToken,
}

impl Turns {
    fn new(period: Duration, stop: CancellationToken) -> Self {
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { ticks, stop }
    }

    /// It is time again; `false` = stop.
    async fn next(&mut self) -> bool {
        tokio::select! {
            _ = self.ticks.tick() => true,
            () = self.stop.cancelled() => false,
        }
    }
}

async fn pause(time: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(time) => {}
        () = stop.cancelled() => {}
    }
}
