//! Callers that wait for a conversion to end, in this process.
//!
//! A waiter registers before its conversion is committed, so that it cannot miss the notice. Notices come from a worker
//! in this process with the conversion itself, or from the broker with its id; behind them stands a slow poll.

use opportune_domain::conversion::Conversion;
use opportune_domain::ids::ConversionId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// What a waiter hears.
#[derive(Debug, Clone, Default)]
pub enum Notice {
    /// Nothing yet.
    #[default]
    Waiting,
    /// It ended; read it.
    Ended,
    /// It ended like this.
    EndedAs(Arc<Conversion>),
}

type Registry = HashMap<ConversionId, (usize, watch::Sender<Notice>)>;

/// The registry of waiters.
#[derive(Debug, Clone, Default)]
pub struct Waiters(Arc<Mutex<Registry>>);

/// One waiter; forgets itself when dropped.
#[derive(Debug)]
pub struct Waiter {
    waiters: Waiters,
    id: ConversionId,
    receiver: watch::Receiver<Notice>,
}

impl Waiters {
    /// Begins to wait for a conversion.
    pub fn register(&self, id: ConversionId) -> Waiter {
        let mut registry = self.lock();
        let (count, sender) = registry
            .entry(id)
            .or_insert_with(|| (0, watch::channel(Notice::Waiting).0));
        *count += 1;
        let receiver = sender.subscribe();
        Waiter {
            waiters: self.clone(),
            id,
            receiver,
        }
    }

    /// Conversions ended in this process.
    pub fn ended_here(&self, conversions: &[Arc<Conversion>]) {
        let registry = self.lock();
        for conversion in conversions {
            if let Some((_, sender)) = registry.get(&conversion.id) {
                sender.send_replace(Notice::EndedAs(conversion.clone()));
            }
        }
    }

    /// Conversions ended somewhere else.
    pub fn ended_elsewhere(&self, ids: &[ConversionId]) {
        let registry = self.lock();
        for id in ids {
            if let Some((_, sender)) = registry.get(id) {
                sender.send_if_modified(|notice| {
                    let first = matches!(notice, Notice::Waiting);
                    if first {
                        *notice = Notice::Ended;
                    }
                    first
                });
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        // The map is whole after any panic: every change of it is one call.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter {
    /// Waits for a notice. Cancel-safe.
    pub async fn noticed(&mut self) -> Notice {
        match self
            .receiver
            .wait_for(|notice| !matches!(notice, Notice::Waiting))
            .await
        {
            Ok(notice) => notice.clone(),
            Err(_) => Notice::Ended,
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut registry = self.waiters.lock();
        if let Some((count, _)) = registry.get_mut(&self.id) {
            *count -= 1;
            if *count == 0 {
                registry.remove(&self.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[tokio::test]
    async fn a_notice_before_the_wait_is_heard() {
        let waiters = Waiters::default();
        let mut waiter = waiters.register(ConversionId(Uuid::nil()));
        waiters.ended_elsewhere(&[ConversionId(Uuid::nil())]);
        assert!(matches!(waiter.noticed().await, Notice::Ended));
    }

    #[tokio::test]
    async fn the_last_waiter_leaves_nothing_behind() {
        let waiters = Waiters::default();
        let first = waiters.register(ConversionId(Uuid::nil()));
        let second = waiters.register(ConversionId(Uuid::nil()));
        drop(first);
        assert_eq!(waiters.lock().len(), 1);
        drop(second);
        assert!(waiters.lock().is_empty());
    }
}
