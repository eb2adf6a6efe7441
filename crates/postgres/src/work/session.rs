//! One try of a unit of work: its transaction, its world, and what has been loaded and locked so far.

use super::needs;
use super::order::LockOrder;
use crate::configs::Begun;
use crate::error::{DbError, Setback};
use crate::load::Tx;
use crate::pool::Access;
use crate::store::PgStore;
use crate::write;
use opportune_application::ports::{Committed, Needs, Work};
use opportune_domain::ids::{RequestId, TenantId};
use opportune_domain::world::World;
use std::collections::BTreeSet;

/// How often a unit of work may ask for more.
const ROUNDS: usize = 64;

/// A transaction with its world.
pub(super) struct Session<'a> {
    pub(super) store: &'a PgStore,
    pub(super) tenant: TenantId,
    pub(super) tx: Tx,
    /// Locks are taken where they are asked for.
    pub(super) locking: bool,
    pub(super) world: World,
    /// What has been asked for and loaded.
    pub(super) loaded: Needs,
    pub(super) order: LockOrder,
    /// Imports that have a row.
    pub(super) known_imports: BTreeSet<RequestId>,
}

impl<'a> Session<'a> {
    /// Begins a transaction with an empty world.
    pub(super) async fn open(store: &'a PgStore, tenant: TenantId, access: Access) -> Result<Self, DbError> {
        let Begun {
            transaction,
            now,
            config,
        } = store.begin(tenant, access).await?;
        Ok(Self {
            store,
            tenant,
            tx: transaction,
            locking: access == Access::Write,
            world: World::new(now, config),
            loaded: Needs::default(),
            order: LockOrder::default(),
            known_imports: BTreeSet::new(),
        })
    }

    /// Shows `work` what it asks for until it asks for nothing new. `wanted` keeps all that was asked for.
    pub(super) async fn show(&mut self, work: &mut dyn Work, wanted: &mut Needs) -> Result<(), Setback> {
        for _ in 0..ROUNDS {
            needs::absorb(wanted, work.needs(&self.world));
            let new = needs::missing(wanted, &self.loaded);
            if needs::is_empty(&new) {
                return Ok(());
            }
            if self.locking {
                self.order.admit(&new, self.tenant)?;
                self.load(&new).await?;
            } else {
                self.load(&needs::unlocked(new.clone())).await?;
            }
            needs::absorb(&mut self.loaded, new);
        }
        Err(Setback::Error(DbError::Restless))
    }

    /// Writes what was decided.
    pub(super) async fn write(&mut self) -> Result<Committed, Setback> {
        write::all(&mut self.tx, self.tenant, &mut self.world, &self.known_imports).await
    }

    /// Makes it last.
    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        self.tx.commit().await
    }

    /// Undoes everything and lets the locks go, now and not when the connection is next used.
    pub(super) async fn roll_back(self) {
        self.tx.roll_back().await;
    }
}
