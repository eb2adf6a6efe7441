//! Units of work: one transaction each, started over when others were in the way.

mod batch_rounds;
mod found;
mod needs;
mod order;
mod rounds;
mod session;

use crate::error::{DbError, Setback};
use crate::growth::added;
use crate::pool::Access;
use crate::store::PgStore;
use opportune_application::ports::{Committed, Needs, StoreError, Work};
use opportune_domain::ids::TenantId;
use session::Session;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// How often a unit of work is tried.
const TRIES: u32 = 10;
/// Longest pause before another try, in milliseconds.
const LONGEST_PAUSE: u64 = 20;

/// Loads, locks, decides, writes and commits; or nothing at all.
pub(crate) async fn run(store: &PgStore, tenant: TenantId, work: &mut dyn Work) -> Result<Committed, StoreError> {
    // Everything that was asked for in any try: the next one asks for it at once, so that locks are taken in order.
    let mut wanted = Needs::default();
    for attempt in 1..=TRIES {
        match attempt_once(store, tenant, work, &mut wanted).await {
            Ok(committed) => return Ok(committed),
            Err(Setback::Error(error)) => return Err(error.into()),
            Err(Setback::OutOfOrder) => {
                tracing::debug!(attempt, "starts over to lock in order");
                store.meter.started_over("order");
            }
            Err(Setback::Conflict) => {
                tracing::debug!(attempt, "starts over, others were faster");
                store.meter.started_over("conflict");
                tokio::time::sleep(pause()).await;
            }
        }
    }
    tracing::warn!(%tenant, tries = TRIES, "a unit of work gave up: others were in the way each time");
    Err(StoreError::Contended)
}

/// Loads and decides; nothing is locked and nothing is written.
pub(crate) async fn peek(store: &PgStore, tenant: TenantId, work: &mut dyn Work) -> Result<(), StoreError> {
    let mut session = Session::open(store, tenant, Access::Snapshot).await?;
    // It holds nothing that somebody waits for: however it ends, it is rolled back in the background.
    match session.show(work, &mut Needs::default()).await {
        Ok(()) => {
            work.decide(&mut session.world);
            Ok(())
        }
        Err(Setback::Error(error)) => Err(error.into()),
        Err(Setback::OutOfOrder | Setback::Conflict) => Err(StoreError::Contended),
    }
}

async fn attempt_once(
    store: &PgStore,
    tenant: TenantId,
    work: &mut dyn Work,
    wanted: &mut Needs,
) -> Result<Committed, Setback> {
    let mut session = Session::open(store, tenant, Access::Write).await?;
    match session.show(work, wanted).await {
        Ok(()) => {}
        Err(setback) => {
            session.roll_back().await;
            return Err(setback);
        }
    }
    work.decide(&mut session.world);
    let added = added(&session.world.changes);
    match session.write().await {
        Ok(committed) => {
            session.commit().await.map_err(DbError::from)?;
            store.growth.add(added);
            Ok(committed)
        }
        Err(setback) => {
            session.roll_back().await;
            Err(setback)
        }
    }
}

/// Not the same for everybody, or those who met once meet again.
fn pause() -> Duration {
    Duration::from_millis(1 + RandomState::new().hash_one(()) % LONGEST_PAUSE)
}
