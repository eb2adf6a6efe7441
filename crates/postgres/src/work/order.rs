//! The order in which locks are taken. Whoever takes them in one order never waits in a circle.

use crate::error::Setback;
use crate::load::AdvisoryKey;
use opportune_application::ports::Needs;
use opportune_domain::ids::TenantId;
use uuid::Uuid;

/// What can be locked, in the order in which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// The tenant's set-up.
    Config,
    /// Keys that are being made anew.
    Rekeys,
    /// Imports.
    Imports,
    /// Batches, to be changed as a whole. (Their counts are locked last of all.)
    Batches,
    /// Conversions.
    Conversions,
    /// Leads.
    Leads,
    /// Customer keys.
    CustomerKeys,
    /// Customers.
    Customers,
}

/// A place in the order: within a class by id, or by key.
pub(super) type Place = (Class, u128);

/// How far in the order the locks go that are held.
#[derive(Debug, Default)]
pub(super) struct LockOrder(Option<Place>);

impl LockOrder {
    /// Everything up to `place` may be locked from now on only by starting over.
    pub(super) fn hold(&mut self, place: Place) {
        self.0 = self.0.max(Some(place));
    }

    /// All locks that `needs` asks for come after those that are held.
    pub(super) fn admit(&self, needs: &Needs, tenant: TenantId) -> Result<(), Setback> {
        let Some(held) = self.0 else { return Ok(()) };
        match first_place(needs, tenant) {
            Some(first) if first <= held => Err(Setback::OutOfOrder),
            _ => Ok(()),
        }
    }
}

fn first_place(needs: &Needs, tenant: TenantId) -> Option<Place> {
    let first_key = needs.customer_keys_locked.iter();
    let first_key = first_key.map(|key| AdvisoryKey::of(tenant, *key)).min();
    let places = [
        needs.config.then_some((Class::Config, 0)),
        of_id(Class::Rekeys, needs.rekeys.first().copied()),
        of_id(Class::Imports, needs.imports.first().map(|id| id.0)),
        of_id(Class::Batches, needs.batches.first().map(|id| id.0)),
        of_id(Class::Conversions, needs.conversions.first().map(|id| id.0)),
        // Which leads have these is not known yet.
        (!needs.external_ids.is_empty()).then_some((Class::Leads, 0)),
        of_id(Class::Leads, needs.leads.first().map(|id| id.0)),
        first_key.map(of_key),
        of_id(Class::Customers, needs.customers_locked.first().map(|id| id.0)),
    ];
    places.into_iter().flatten().min()
}

fn of_id(class: Class, id: Option<Uuid>) -> Option<Place> {
    id.map(|id| (class, id.as_u128()))
}

/// The place of a customer key's lock; negative ones first.
pub(super) fn of_key(key: AdvisoryKey) -> Place {
    let shifted = i128::from(key.0) - i128::from(i64::MIN);
    (Class::CustomerKeys, shifted.unsigned_abs())
}
