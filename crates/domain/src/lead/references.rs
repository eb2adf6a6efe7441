//! Other records that an input names: they must exist in the tenant.

use super::LeadPatch;
use crate::customer::Customer;
use crate::ids::{CustomerId, SalespersonId, StageId, TeamId};
use crate::refusal::{Reason, Refusal};
use crate::world::World;

/// Refuses when the input names a stage, salesperson, team or customer that is not there.
pub fn check_references(world: &World, given: &LeadPatch) -> Result<(), Refusal> {
    given.stage_id.flatten().map_or(Ok(()), |id| stage_exists(world, id))?;
    given
        .salesperson_id
        .flatten()
        .map_or(Ok(()), |id| salesperson_works(world, id))?;
    given.team_id.flatten().map_or(Ok(()), |id| team_exists(world, id))?;
    given
        .customer_id
        .flatten()
        .map_or(Ok(()), |id| customer_exists(world, id))
}

/// The stage exists.
pub fn stage_exists(world: &World, id: StageId) -> Result<(), Refusal> {
    world
        .config
        .stage(id)
        .map(|_| ())
        .ok_or_else(|| Refusal::not_found(Reason::StageNotFound, id))
}

/// The salesperson exists and is active.
pub fn salesperson_works(world: &World, id: SalespersonId) -> Result<(), Refusal> {
    match world.config.salespeople.get(&id) {
        None => Err(Refusal::not_found(Reason::SalespersonNotFound, id)),
        Some(person) if !person.active => Err(Refusal::field("salesperson_id", "is not active any more")),
        Some(_) => Ok(()),
    }
}

/// The team exists.
pub fn team_exists(world: &World, id: TeamId) -> Result<(), Refusal> {
    world
        .config
        .team(id)
        .map(|_| ())
        .ok_or_else(|| Refusal::not_found(Reason::TeamNotFound, id))
}

/// The customer exists.
pub fn customer_exists(world: &World, id: CustomerId) -> Result<(), Refusal> {
    linked_customer(world, id)
        .map(|_| ())
        .ok_or_else(|| Refusal::not_found(Reason::CustomerNotFound, id))
}

/// The customer, if it is there.
pub fn linked_customer(world: &World, id: CustomerId) -> Option<&Customer> {
    world.customers.get(&id)
}
