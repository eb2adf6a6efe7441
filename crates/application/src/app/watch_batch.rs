//! Following a batch until all of its items have ended.

use super::App;
use super::conversions::POLL;
use crate::call::Call;
use crate::error::AppError;
use opportune_domain::batch::Batch;
use opportune_domain::conversion::Conversion;
use opportune_domain::ids::BatchId;
use opportune_domain::refusal::{Reason, Refusal};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Items that are read at once.
const PAGE: i64 = 200;
/// Steps that wait for a slow receiver.
const AHEAD: usize = 16;

/// One step of a batch.
#[derive(Debug, Clone)]
pub struct BatchStep {
    /// Its place: what a watcher gives to go on after it.
    pub sequence: i64,
    /// The batch, as it was when the item was read.
    pub batch: Arc<Batch>,
    /// The item that has ended; `None` = only the batch itself.
    pub conversion: Option<Box<Conversion>>,
}

type Steps = mpsc::Sender<Result<BatchStep, AppError>>;

impl App {
    /// The batch now, then each item whose end comes after `after`, in the order of their ends; ends with the batch, or
    /// when the receiver is dropped.
    ///
    /// # Errors
    /// As [`App::get_batch`].
    pub async fn watch_batch(
        &self,
        call: &Call,
        id: BatchId,
        after: i64,
    ) -> Result<mpsc::Receiver<Result<BatchStep, AppError>>, AppError> {
        let first = BatchStep {
            sequence: after,
            batch: Arc::new(self.get_batch(call, id).await?),
            conversion: None,
        };
        let (sender, receiver) = mpsc::channel(AHEAD);
        tokio::spawn(self.clone().follow_batch(call.clone(), id, first, sender));
        Ok(receiver)
    }

    async fn follow_batch(self, call: Call, id: BatchId, first: BatchStep, steps: Steps) {
        let mut after = first.sequence;
        let mut told = first.batch.clone();
        if steps.send(Ok(first)).await.is_err() {
            return;
        }
        loop {
            let (batch, ends) = match self.ends(&call, id, after).await {
                Ok(read) => read,
                Err(error) => {
                    // The receiver learns of it and asks again; if it is gone nobody needs to.
                    let _ = steps.send(Err(error)).await;
                    return;
                }
            };
            let more = i64::try_from(ends.len()).is_ok_and(|count| count >= PAGE);
            for (sequence, conversion) in ends {
                (after, told) = (sequence, batch.clone());
                if steps.send(Ok(step(sequence, &batch, Some(conversion)))).await.is_err() {
                    return;
                }
            }
            if !more && batch.is_over() {
                // The last message shows how it ended.
                if told.state() != batch.state() {
                    let _ = steps.send(Ok(step(after, &batch, None))).await;
                }
                return;
            }
            if !more {
                tokio::select! {
                    () = tokio::time::sleep(POLL) => {}
                    () = steps.closed() => return,
                }
            }
        }
    }

    async fn ends(
        &self,
        call: &Call,
        id: BatchId,
        after: i64,
    ) -> Result<(Arc<Batch>, Vec<(i64, Conversion)>), AppError> {
        let found = self.reads.batch_ends(call.tenant, id, after, PAGE).await?;
        let (batch, ends) = found.ok_or_else(|| Refusal::not_found(Reason::BatchNotFound, id))?;
        let ends = ends.into_iter().map(|end| (end.sequence, end.conversion));
        Ok((Arc::new(batch), ends.collect()))
    }
}

fn step(sequence: i64, batch: &Arc<Batch>, conversion: Option<Conversion>) -> BatchStep {
    BatchStep {
        sequence,
        batch: batch.clone(),
        conversion: conversion.map(Box::new),
    }
}
