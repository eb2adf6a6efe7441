//! Settling the conversions of a micro-batch, whatever happens.

use super::Worker;
use crate::ports::{Committed, Delivery, StoreError, Work};
use crate::work::{BeginAttempt, FailedAttempt, Settle};
use opportune_domain::conversion::{Conversion, ConversionState};
use opportune_domain::ids::{ConversionId, TenantId};
use opportune_domain::refusal::Reason;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How often others may be in the way of one unit of work.
const CONTENDED: usize = 3;
/// Longest pause between two tries to reach the store.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

impl Worker {
    /// Settles everything in a micro-batch. Returns when all of it is settled or re-scheduled in committed rows.
    pub(super) async fn settle(&self, batch: &[Box<dyn Delivery>]) {
        let begun = Instant::now();
        let mut fresh: BTreeMap<TenantId, BTreeSet<ConversionId>> = BTreeMap::new();
        let mut suspect: Vec<(TenantId, ConversionId)> = Vec::new();
        for job in batch.iter().map(|delivery| delivery.job()) {
            if job.redelivered {
                self.parts.meter.redelivered(1);
                suspect.extend(job.conversions.iter().map(|id| (job.tenant, *id)));
            } else {
                fresh.entry(job.tenant).or_default().extend(&job.conversions);
            }
        }
        let size = fresh.values().map(BTreeSet::len).sum::<usize>() + suspect.len();
        for (tenant, ids) in fresh {
            let failed_before = self.together(tenant, ids.into_iter().collect()).await;
            suspect.extend(failed_before.into_iter().map(|id| (tenant, id)));
        }
        for (tenant, id) in suspect {
            self.alone(tenant, id).await;
        }
        self.parts.meter.micro_batch(size, begun.elapsed());
    }

    /// Settles conversions in one transaction. If the database fails them, the set is halved until the bad one stands
    /// alone. Returns those that failed before: they have to be tried alone.
    async fn together(&self, tenant: TenantId, ids: Vec<ConversionId>) -> Vec<ConversionId> {
        let mut failed_before = Vec::new();
        let mut sets = vec![ids];
        while let Some(mut ids) = sets.pop() {
            let mut work = Settle::together(ids.clone(), self.parts.ids.clone());
            match self.persist(tenant, &mut work).await {
                Ok(committed) => {
                    failed_before.extend(work.left_alone);
                    if !work.again.is_empty() {
                        sets.push(work.again);
                    }
                    self.committed(tenant, committed).await;
                }
                Err(error) if ids.len() > 1 => {
                    tracing::warn!(%tenant, conversions.count = ids.len(), %error, "a micro-batch failed; halving it");
                    let half = ids.split_off(ids.len() / 2);
                    sets.push(half);
                    sets.push(ids);
                }
                Err(error) => {
                    for id in ids {
                        self.failed(tenant, id, false, &error).await;
                    }
                }
            }
        }
        failed_before
    }

    /// Settles one conversion that was redelivered or failed before: the try is counted first, in a transaction of its
    /// own, so that a job that kills its worker is given up in the end.
    async fn alone(&self, tenant: TenantId, id: ConversionId) {
        let mut begin = BeginAttempt {
            id,
            ids: self.parts.ids.clone(),
            given_up: false,
        };
        match self.persist(tenant, &mut begin).await {
            Ok(committed) => self.committed(tenant, committed).await,
            Err(error) => return self.failed(tenant, id, false, &error).await,
        }
        if begin.given_up {
            return;
        }
        let mut work = Settle::alone(id, self.parts.ids.clone());
        match self.persist(tenant, &mut work).await {
            Ok(committed) => self.committed(tenant, committed).await,
            Err(error) => self.failed(tenant, id, true, &error).await,
        }
    }

    /// Schedules the next try, or gives up.
    async fn failed(&self, tenant: TenantId, id: ConversionId, counted: bool, error: &StoreError) {
        tracing::warn!(%tenant, conversion.id = %id, %error, "a conversion failed in the database");
        let mut work = FailedAttempt {
            id,
            counted,
            ids: self.parts.ids.clone(),
            given_up: false,
        };
        match self.persist(tenant, &mut work).await {
            Ok(committed) => self.committed(tenant, committed).await,
            // The sweeper sends it again.
            Err(error) => {
                tracing::error!(%tenant, conversion.id = %id, %error, "a failure could not be recorded");
            }
        }
    }

    /// Runs a unit of work. While the store is away it waits, holding its deliveries, and nothing spins. Others in the
    /// way, or a statement that takes too long, are waited for a few times only: then the work has to be done in smaller
    /// pieces, or later.
    async fn persist(&self, tenant: TenantId, work: &mut dyn Work) -> Result<Committed, StoreError> {
        let mut pause = Duration::from_millis(50);
        let mut complained = false;
        let mut contended = 0;
        loop {
            match self.parts.store.work(tenant, work).await {
                Err(StoreError::Contended) if contended == CONTENDED => return Err(StoreError::Contended),
                Err(error @ (StoreError::Unavailable(_) | StoreError::Contended)) => {
                    contended += usize::from(matches!(error, StoreError::Contended));
                    if !complained {
                        tracing::warn!(%error, "the store is away or busy; the worker waits for it");
                        complained = true;
                    }
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                settled => return settled,
            }
        }
    }

    /// Tells everybody about what was committed.
    async fn committed(&self, tenant: TenantId, committed: Committed) {
        let parts = &self.parts;
        parts.waiters.ended_here(&committed.settled);
        parts.dispatcher.take(committed.outbox);
        if committed.settled.is_empty() {
            return;
        }
        for conversion in &committed.settled {
            self.count(tenant, conversion).await;
        }
        let ids: Vec<ConversionId> = committed.settled.iter().map(|conversion| conversion.id).collect();
        parts.notices.announce(tenant, &ids).await;
        parts.meter.announced(ids.len());
    }

    async fn count(&self, tenant: TenantId, conversion: &Arc<Conversion>) {
        let meter = &self.parts.meter;
        match &conversion.state {
            ConversionState::Failed { error } if error.reason == Reason::JobDeadLettered => {
                meter.settled("dead", &error.reason.as_str());
                tracing::error!(%tenant, conversion.id = %conversion.id, "a conversion was given up");
                let reason = error.reason.as_str();
                if let Err(error) = self.parts.publisher.dead_letter(tenant, conversion.id, &reason).await {
                    tracing::warn!(conversion.id = %conversion.id, %error, "the dead letter was not written");
                }
            }
            ConversionState::Failed { error } => meter.settled("failed", &error.reason.as_str()),
            state => meter.settled(state.name(), ""),
        }
    }
}
