//! Idempotency inside a unit of work: the same call again finds what the first one did.

use opportune_domain::ids::RequestId;
use opportune_domain::refusal::Refusal;
use opportune_domain::request::RequestClaim;
use opportune_domain::world::World;
use uuid::Uuid;

/// What is known about a call's request id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed {
    /// It was not seen before.
    Fresh,
    /// This very call was made before and made or changed this record.
    Replay(Uuid),
}

/// Looks a claim up, before any state is checked.
///
/// # Errors
/// `REQUEST_ID_REUSED`.
pub(super) fn look_up(world: &World, claim: Option<&RequestClaim>) -> Result<Claimed, Refusal> {
    match claim.and_then(|claim| Some((claim, world.seen.get(&claim.id)?))) {
        Some((claim, seen)) => seen.replay(claim).map(Claimed::Replay),
        None => Ok(Claimed::Fresh),
    }
}

/// The call took effect: its claim is written with the record it made or changed.
pub(super) fn take(world: &mut World, claim: Option<&RequestClaim>, resource: Uuid) {
    let Some(claim) = claim else { return };
    let seen = opportune_domain::request::SeenRequest {
        id: claim.id,
        rpc: claim.rpc.to_owned(),
        actor: claim.actor,
        fingerprint: claim.fingerprint.to_vec(),
        resource,
    };
    // The same key may come again in this very unit of work.
    world.seen.insert(claim.id, seen);
    world.changes.requests.push((claim.clone(), resource));
}

/// The ids to be looked up for a claim.
pub(super) fn wanted(claim: Option<&RequestClaim>) -> impl Iterator<Item = RequestId> {
    claim.map(|claim| claim.id).into_iter()
}
