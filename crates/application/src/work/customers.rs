//! Creating and changing a customer.

use super::request::{self, Claimed};
use crate::call::Call;
use crate::ids::IdSource;
use crate::ports::{Needs, Work};
use opportune_domain::customer::{Customer, CustomerPatch};
use opportune_domain::event::EventBody;
use opportune_domain::ids::CustomerId;
use opportune_domain::lead::references::salesperson_works;
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::request::RequestClaim;
use opportune_domain::world::World;

/// How deep a hierarchy of companies may be.
const DEPTH: usize = 16;

/// Create, or change.
#[derive(Debug, Clone)]
pub enum CustomerChange {
    /// A new one, with this id.
    Create(CustomerId, Option<RequestClaim>),
    /// An existing one; it must still have the etag, if given.
    Update(CustomerId, Option<String>),
}

/// Creates or changes one customer.
pub struct ChangeCustomer {
    /// Who calls.
    pub call: Call,
    /// Which, and how.
    pub change: CustomerChange,
    /// What was given.
    pub given: CustomerPatch,
    /// New ids.
    pub ids: IdSource,
    /// The customer, or why not; or the id of the one that the same call made before.
    pub result: Option<Result<Result<Customer, CustomerId>, Refusal>>,
}

impl Work for ChangeCustomer {
    fn needs(&mut self, _world: &World) -> Needs {
        let mut needs = Needs {
            customers: self.given.parent_id.flatten().into_iter().collect(),
            ..Needs::default()
        };
        match &self.change {
            CustomerChange::Create(_, claim) => needs.requests.extend(request::wanted(claim.as_ref())),
            CustomerChange::Update(id, _) => {
                needs.customers_locked.insert(*id);
            }
        }
        needs
    }

    fn decide(&mut self, world: &mut World) {
        self.result = Some(match self.change.clone() {
            CustomerChange::Create(id, claim) => self.create(world, id, claim.as_ref()),
            CustomerChange::Update(id, etag) => self.update(world, id, etag.as_deref()).map(Ok),
        });
    }
}

impl ChangeCustomer {
    fn create(
        &mut self,
        world: &mut World,
        id: CustomerId,
        claim: Option<&RequestClaim>,
    ) -> Result<Result<Customer, CustomerId>, Refusal> {
        if let Claimed::Replay(id) = request::look_up(world, claim)? {
            return Ok(Err(CustomerId(id)));
        }
        let mut customer = Customer::named(id, "", false, world.now);
        self.write(world, &mut customer)?;
        let customer = world.put_customer(customer).clone();
        let body = EventBody::CustomerCreated {
            customer: Box::new(customer.clone()),
            conversion_id: None,
        };
        world.emit(&mut self.ids, customer.version, body, &self.call.traceparent);
        request::take(world, claim, id.0);
        Ok(Ok(customer))
    }

    fn update(&mut self, world: &mut World, id: CustomerId, etag: Option<&str>) -> Result<Customer, Refusal> {
        let known = world
            .customers
            .get(&id)
            .ok_or_else(|| Refusal::not_found(Reason::CustomerNotFound, id))?;
        let mut customer = known.clone();
        if etag.is_some_and(|etag| !etag.is_empty() && etag != customer.etag()) {
            return Err(
                Refusal::new(Reason::EtagMismatch, "the customer was changed since it was read")
                    .with("etag", customer.etag()),
            );
        }
        self.write(world, &mut customer)?;
        Ok(world.put_customer(customer).clone())
    }

    fn write(&self, world: &World, customer: &mut Customer) -> Result<(), Refusal> {
        self.given.check()?;
        self.given.write(customer);
        if customer.name.trim().is_empty() {
            return Err(Refusal::field("name", "must not be empty"));
        }
        self.given
            .salesperson_id
            .flatten()
            .map_or(Ok(()), |id| salesperson_works(world, id))?;
        self.given
            .parent_id
            .flatten()
            .map_or(Ok(()), |parent| check_parent(world, customer.id, parent))
    }
}

/// The parent is a company, and the hierarchy stays a tree.
fn check_parent(world: &World, id: CustomerId, parent: CustomerId) -> Result<(), Refusal> {
    let company = world
        .customers
        .get(&parent)
        .ok_or_else(|| Refusal::not_found(Reason::CustomerNotFound, parent))?;
    if !company.is_company {
        return Err(Refusal::field("parent_id", "is not a company"));
    }
    let mut above = Some(parent);
    for _ in 0..DEPTH {
        match above {
            None => return Ok(()),
            Some(ancestor) if ancestor == id => break,
            Some(ancestor) => above = world.customers.get(&ancestor).and_then(|company| company.parent_id),
        }
    }
    Err(Refusal::field(
        "parent_id",
        "would make the hierarchy a circle or deeper than 16",
    ))
}
