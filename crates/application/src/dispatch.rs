//! Publishes what this process committed, at once and in the background: the caller does not wait for the broker.
//!
//! The rows are leased by the transaction that wrote them. What cannot be published now is left to the relay, which
//! finds it when the lease has ended.

use crate::ports::{Meter, Outbound, Outbox, OutboxRow, Publisher};
use opportune_domain::ids::TenantId;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Most rows that wait to be published by this process; more are left to the relay.
const BACKLOG: usize = 20_000;
/// Rows that waited longer are left to the relay: their lease (30 s) is about to end, and it would send them too.
const FRESH: Duration = Duration::from_secs(20);
/// Most rows in one round of publishing.
const ROUND: usize = 1_000;

/// Takes committed outbox rows.
#[derive(Debug, Clone)]
pub struct Dispatcher(mpsc::Sender<(Instant, OutboxRow)>);

/// Publishes what the dispatcher takes.
pub struct DispatchLoop {
    rows: mpsc::Receiver<(Instant, OutboxRow)>,
    sender: Sender,
}

/// Publishes rows, deletes what the broker has, and counts.
#[derive(Clone)]
pub struct Sender {
    /// To the broker.
    pub publisher: Arc<dyn Publisher>,
    /// Where rows are deleted.
    pub outbox: Arc<dyn Outbox>,
    /// Counts.
    pub meter: Arc<dyn Meter>,
}

impl Dispatcher {
    /// A dispatcher and the loop that does its work.
    pub fn new(sender: Sender) -> (Self, DispatchLoop) {
        let (tx, rows) = mpsc::channel(BACKLOG);
        (Self(tx), DispatchLoop { rows, sender })
    }

    /// Takes rows; never waits. What does not fit is left to the relay.
    pub fn take(&self, rows: Vec<OutboxRow>) {
        let now = Instant::now();
        for row in rows {
            if self.0.try_send((now, row)).is_err() {
                return;
            }
        }
    }
}

impl DispatchLoop {
    /// Runs until `stop`, then publishes what was taken before.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut rows = Vec::with_capacity(ROUND);
        loop {
            let taken = tokio::select! {
                biased;
                taken = self.rows.recv_many(&mut rows, ROUND) => taken,
                () = stop.cancelled() => break,
            };
            if taken == 0 {
                return;
            }
            self.sender.send(fresh(&mut rows)).await;
        }
        self.rows.close();
        while self.rows.recv_many(&mut rows, ROUND).await > 0 {
            self.sender.send(fresh(&mut rows)).await;
        }
    }
}

fn fresh(rows: &mut Vec<(Instant, OutboxRow)>) -> Vec<OutboxRow> {
    let rows = rows.drain(..).filter(|(taken, _)| taken.elapsed() < FRESH);
    rows.map(|(_, row)| row).collect()
}

impl Sender {
    /// Publishes rows, wave by wave, and deletes those that the broker has. Returns the ids of those that it has not.
    pub async fn send(&self, rows: Vec<OutboxRow>) -> Vec<i64> {
        let mut left: Vec<i64> = Vec::new();
        for wave in waves(rows) {
            // A later event of a record must not overtake one that is still here.
            if !left.is_empty() {
                left.extend(wave.iter().map(|row| row.id));
                continue;
            }
            let results = self.publisher.publish(&wave).await;
            let mut sent = Vec::with_capacity(wave.len());
            for (row, result) in wave.iter().zip(results) {
                match result {
                    Ok(()) => sent.push(row.id),
                    Err(error) => {
                        tracing::debug!(outbox.id = row.id, %error, "a message was not published");
                        left.push(row.id);
                    }
                }
            }
            self.count(&wave, &left);
            if !sent.is_empty()
                && let Err(error) = self.outbox.sent(&sent).await
            {
                tracing::warn!(%error, "published messages could not be deleted; they will be sent again");
            }
        }
        left
    }

    fn count(&self, wave: &[OutboxRow], left: &[i64]) {
        for (kind, is_job) in [("job", true), ("event", false)] {
            let of_kind = wave
                .iter()
                .filter(|row| matches!(row.message, Outbound::Jobs { .. }) == is_job);
            let (failed, sent): (Vec<_>, Vec<_>) = of_kind.partition(|row| left.contains(&row.id));
            self.meter.published(kind, true, sent.len());
            self.meter.published(kind, false, failed.len());
        }
    }
}

/// Splits rows so that no wave has two events of one record: the second goes out when the first is confirmed.
pub fn waves(rows: Vec<OutboxRow>) -> Vec<Vec<OutboxRow>> {
    let mut waves = Vec::new();
    let mut rest = rows;
    while !rest.is_empty() {
        let mut seen: BTreeSet<(TenantId, Uuid)> = BTreeSet::new();
        let (wave, later) = rest.into_iter().partition(|row| match &row.message {
            Outbound::Jobs { .. } => true,
            Outbound::Event(event) => seen.insert((row.tenant, event.body.subject())),
        });
        waves.push(wave);
        rest = later;
    }
    waves
}
