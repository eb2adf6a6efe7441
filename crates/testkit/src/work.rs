//! Units of work written as closures.

use opportune_application::ports::{Committed, Needs, Store, StoreError, Work};
use opportune_domain::ids::TenantId;
use opportune_domain::world::World;

struct Steps<N, D> {
    needs: N,
    decide: D,
}

impl<N, D> Work for Steps<N, D>
where
    N: FnMut(&World) -> Needs + Send,
    D: FnMut(&mut World) + Send,
{
    fn needs(&mut self, world: &World) -> Needs {
        (self.needs)(world)
    }

    fn decide(&mut self, world: &mut World) {
        (self.decide)(world);
    }
}

/// A unit of work that asks by one closure and decides by another.
pub fn steps<N, D>(needs: N, decide: D) -> impl Work
where
    N: FnMut(&World) -> Needs + Send,
    D: FnMut(&mut World) + Send,
{
    Steps { needs, decide }
}

/// Runs a unit of work that needs to see nothing.
///
/// # Errors
/// The store's.
pub async fn write(
    store: &dyn Store,
    tenant: TenantId,
    decide: impl FnMut(&mut World) + Send,
) -> Result<Committed, StoreError> {
    store
        .work(tenant, &mut steps(|_: &World| Needs::default(), decide))
        .await
}

/// The world as a reader sees it who needs `needs`.
///
/// # Errors
/// The store's.
pub async fn look(store: &dyn Store, tenant: TenantId, needs: Needs) -> Result<World, StoreError> {
    let mut seen = None;
    let mut work = steps(
        |_: &World| needs.clone(),
        |world: &mut World| seen = Some(world.clone()),
    );
    store.peek(tenant, &mut work).await?;
    drop(work);
    Ok(seen.expect("a unit of work that was run has decided"))
}
