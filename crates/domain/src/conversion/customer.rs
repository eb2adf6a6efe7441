//! Which customer the opportunity gets (rules 5).

mod create;
mod find;

use super::plan::{CustomerAction, CustomerDecision};
use super::{ConvertCommand, CustomerChoice};
use crate::customer::Customer;
use crate::ids::{CustomerId, NewIds};
use crate::keys::{self, Key};
use crate::lead::{Lead, fill_from_customer};
use crate::tenant::Settings;
use crate::world::World;
use std::collections::BTreeSet;

/// What the customer step looks at: to be loaded before it is decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerNeeds {
    /// Customers to be loaded by id.
    pub ids: BTreeSet<CustomerId>,
    /// Customers to be loaded by key.
    pub keys: BTreeSet<Key>,
}

/// What the customer step of `command` needs to know about `lead`, in a tenant with these settings.
pub fn customer_needs(settings: &Settings, lead: &Lead, command: &ConvertCommand) -> CustomerNeeds {
    let mut needs = CustomerNeeds {
        ids: lead.customer_id.into_iter().collect(),
        ..CustomerNeeds::default()
    };
    match command.customer {
        CustomerChoice::None => {}
        CustomerChoice::Link(id) => {
            needs.ids.insert(id);
        }
        CustomerChoice::Create | CustomerChoice::MatchOrCreate if lead.customer_id.is_some() => {}
        CustomerChoice::Create => needs.keys.extend(keys::company_key(&lead.company_name)),
        CustomerChoice::MatchOrCreate => {
            // Only e-mail addresses are needed of the contact data; the phone is not read here, it is slow to read.
            let contact = keys::ContactKeys::read(&lead.email, "", "", None, &settings.placeholder_emails);
            needs.keys.extend(contact.email_keys());
            needs.keys.extend(keys::company_key(&lead.company_name));
        }
    }
    needs
}

/// Of the keys that the customer step needs those under which it would make a customer, as far as `world` shows: two
/// conversions that make a customer of one key go one after another (rules 5.7). Whoever links to what exists waits for
/// nobody.
pub fn keys_of_new_customers(world: &World, lead: &Lead, command: &ConvertCommand) -> BTreeSet<Key> {
    let mut keys = customer_needs(&world.config.settings, lead, command).keys;
    if command.customer == CustomerChoice::MatchOrCreate && find::by_email(world, lead).is_some() {
        return BTreeSet::new();
    }
    if let Some(key) = keys::company_key(&lead.company_name).filter(|_| find::company(world, lead).is_some()) {
        keys.remove(&key);
    }
    keys
}

/// The customer step's result; the record has been linked and filled already.
pub(super) struct Chosen {
    pub decision: CustomerDecision,
    /// Fields of the record that were empty and got a value (rules 5.6).
    pub filled: Vec<(&'static str, String)>,
}

/// Chooses the customer and links it to `lead`.
pub(super) fn choose_customer(world: &World, lead: &mut Lead, choice: CustomerChoice, ids: &mut dyn NewIds) -> Chosen {
    match (choice, lead.customer_id) {
        (CustomerChoice::None, _) => none(lead),
        (CustomerChoice::Link(id), _) => link(world, lead, id, "the chosen customer".to_owned()),
        (CustomerChoice::Create | CustomerChoice::MatchOrCreate, Some(own)) => keep(world, own),
        (CustomerChoice::Create, None) => create::create(world, lead, ids),
        (CustomerChoice::MatchOrCreate, None) => match find::by_email(world, lead) {
            Some((customer, reason)) => link(world, lead, customer.id, reason),
            None => create::create(world, lead, ids),
        },
    }
}

/// Rules 5.5: a customer that it had is unlinked.
fn none(lead: &mut Lead) -> Chosen {
    let reason = if lead.customer_id.is_some() {
        "no customer wanted: unlinked"
    } else {
        "no customer wanted"
    };
    lead.customer_id = None;
    Chosen {
        decision: decision(CustomerAction::None, None, None, reason.to_owned()),
        filled: Vec::new(),
    }
}

fn keep(world: &World, own: CustomerId) -> Chosen {
    let company = world
        .customers
        .get(&own)
        .and_then(|customer| company_of(world, customer))
        .map(|company| company.id);
    let reason = "the record has a customer".to_owned();
    Chosen {
        decision: decision(CustomerAction::Keep, Some(own), company, reason),
        filled: Vec::new(),
    }
}

/// Rules 5.1 and 5.6.
fn link(world: &World, lead: &mut Lead, id: CustomerId, reason: String) -> Chosen {
    lead.customer_id = Some(id);
    let Some(customer) = world.customers.get(&id) else {
        return Chosen {
            decision: decision(CustomerAction::Link, Some(id), None, reason),
            filled: Vec::new(),
        };
    };
    let company = company_of(world, customer);
    let filled = fill_from_customer(lead, customer, company);
    let mut decision = decision(
        CustomerAction::Link,
        Some(id),
        company.map(|company| company.id),
        reason,
    );
    decision.differences = filled.differences;
    Chosen {
        decision,
        filled: filled.fields,
    }
}

fn company_of<'w>(world: &'w World, customer: &Customer) -> Option<&'w Customer> {
    customer.parent_id.and_then(|parent| world.customers.get(&parent))
}

fn decision(
    action: CustomerAction,
    customer_id: Option<CustomerId>,
    company_id: Option<CustomerId>,
    reason: String,
) -> CustomerDecision {
    CustomerDecision {
        action,
        customer_id,
        company_id,
        reason,
        differences: Vec::new(),
        new_person: None,
        new_company: None,
    }
}
