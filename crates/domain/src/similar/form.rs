//! What matching looks at of a record: its normal forms, side by side.

use crate::address::Address;
use crate::customer::Customer;
use crate::ids::CustomerId;
use crate::keys::{self, ContactKeys, Key};
use crate::lead::Lead;
use crate::normal::{self, CompanyName, PersonName};
use crate::world::World;
use std::collections::BTreeSet;

/// The normal forms of one record.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// E-mail, phone, domains.
    pub contact: ContactKeys,
    /// The person.
    pub person: Option<PersonName>,
    /// The company.
    pub company: Option<CompanyName>,
    /// The address.
    pub address: Address,
    /// The customer, and whether that is a person.
    pub customer: Option<(CustomerId, bool)>,
    /// The topmost company of the customer's hierarchy.
    pub entity: Option<CustomerId>,
}

impl Form {
    /// The form of a lead; its customer and the customer's companies should be loaded.
    pub fn of_lead(world: &World, lead: &Lead) -> Self {
        let default_country = &world.config.settings.default_country;
        let name = if lead.contact_name.trim().is_empty() {
            normal::display_name(&lead.email)
        } else {
            None
        };
        let customer = lead.customer_id.and_then(|id| world.customers.get(&id));
        Self {
            contact: keys::contact_of_lead(lead, world.customer_country(lead), default_country),
            person: normal::person(name.as_deref().unwrap_or(&lead.contact_name)),
            company: normal::company(&lead.company_name),
            address: lead.address.clone(),
            customer: lead
                .customer_id
                .map(|id| (id, customer.is_some_and(|customer| !customer.is_company))),
            entity: lead.customer_id.map(|id| world.commercial_entity(id)),
        }
    }

    /// The form of a customer, to be compared with a lead's.
    pub fn of_customer(world: &World, customer: &Customer) -> Self {
        let parent = customer.parent_id.and_then(|id| world.customers.get(&id));
        let company = if customer.is_company {
            Some(&customer.name)
        } else {
            parent.map(|parent| &parent.name)
        };
        Self {
            contact: keys::contact_of_customer(customer, &world.config.settings.default_country),
            person: if customer.is_company {
                None
            } else {
                normal::person(&customer.name)
            },
            company: company.and_then(|name| normal::company(name)),
            address: customer.address.clone(),
            customer: Some((customer.id, !customer.is_company)),
            entity: Some(world.commercial_entity(customer.id)),
        }
    }
}

/// Which keys to look under for records like a lead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Keys whose shared value alone can make a match STRONG: e-mail, folded e-mail, phone, customer.
    pub strong: BTreeSet<Key>,
    /// Domains that are not generic: they raise a score, they never decide.
    pub domains: BTreeSet<Key>,
    /// Keys of the other customers of the same commercial entity.
    pub entity: BTreeSet<Key>,
}

impl Asked {
    /// Everything together.
    pub fn all(&self) -> BTreeSet<Key> {
        self.strong
            .iter()
            .chain(&self.domains)
            .chain(&self.entity)
            .copied()
            .collect()
    }
}

/// The keys to look under for records like `lead` (rules 3.2). Customers of the same commercial entity are those that
/// the world has loaded.
pub fn ask_for(world: &World, lead: &Lead) -> Asked {
    let settings = &world.config.settings;
    let contact = keys::contact_of_lead(lead, world.customer_country(lead), &settings.default_country);
    let mut asked = Asked {
        strong: contact
            .email_keys()
            .chain(contact.folded_lookups())
            .chain(contact.phone_key())
            .collect(),
        domains: contact
            .domains
            .iter()
            .filter(|domain| !settings.is_generic(&domain.domain))
            .map(|domain| domain.key)
            .collect(),
        entity: BTreeSet::new(),
    };
    if let Some(own) = lead.customer_id {
        asked.strong.insert(Key::of_customer(own));
        let top = world.commercial_entity(own);
        let family = world
            .customers
            .keys()
            .filter(|id| **id != own && world.commercial_entity(**id) == top);
        asked.entity.extend(family.map(|id| Key::of_customer(*id)));
    }
    asked
}
