//! Existing customers that a record may be linked to without a human (rules 5.2, 5.4).

use crate::customer::Customer;
use crate::keys::{self, ContactKeys, Key, KeyKind};
use crate::lead::Lead;
use crate::normal::{self, NameAgreement};
use crate::world::World;

/// The customer with the same normal e-mail address, and the reason in words (rules 5.4): a person before a company,
/// then the oldest. Never by name alone.
pub(super) fn by_email<'w>(world: &'w World, lead: &Lead) -> Option<(&'w Customer, String)> {
    let placeholders = &world.config.settings.placeholder_emails;
    let addresses = ContactKeys::read(&lead.email, "", "", None, placeholders).emails;
    let mut found: Vec<&Customer> = Vec::new();
    for address in &addresses {
        let key = Key::new(KeyKind::Email, &address.address());
        let customers = world.customer_hits.of(key).filter_map(|id| world.customers.get(&id));
        for customer in customers {
            let known = found.iter().any(|other| other.id == customer.id);
            let stranger = address.is_role_mailbox() && is_another_person(lead, customer);
            if !known && !stranger {
                found.push(customer);
            }
        }
    }
    let best = found
        .iter()
        .min_by_key(|customer| (customer.is_company, customer.create_time, customer.id))?;
    let reason = match found.len() {
        1 => "same e-mail address".to_owned(),
        several => format!("same e-mail address; {several} customers have it, the oldest (people first) was taken"),
    };
    Some((best, reason))
}

/// A role mailbox such as `info@` belongs to many: it says nothing about somebody with another name.
fn is_another_person(lead: &Lead, customer: &Customer) -> bool {
    let ours = super::create::contact_name(lead).and_then(|name| normal::person(&name));
    let theirs = normal::person(&customer.name);
    !customer.is_company && normal::compare(ours.as_ref(), theirs.as_ref()) == NameAgreement::Conflict
}

/// A company with the same normal name for which a second kind of evidence agrees (rules 5.2), the oldest first.
pub(super) fn company<'w>(world: &'w World, lead: &Lead) -> Option<(&'w Customer, &'static str)> {
    let key = keys::company_key(&lead.company_name)?;
    let reading = world.config.settings.reading();
    let ours = keys::contact_of_lead(lead, world.customer_country(lead), reading);
    world
        .customer_hits
        .of(key)
        .filter_map(|id| world.customers.get(&id))
        .filter(|customer| customer.is_company)
        .filter_map(|customer| second_evidence(world, lead, &ours, customer).map(|evidence| (customer, evidence)))
        .min_by_key(|(customer, _)| (customer.create_time, customer.id))
}

fn second_evidence(world: &World, lead: &Lead, ours: &ContactKeys, company: &Customer) -> Option<&'static str> {
    let theirs = keys::contact_of_customer(company, world.config.settings.reading());
    let own_domain = |domain: &str| !world.config.settings.is_generic(domain);
    if ours
        .domains
        .iter()
        .any(|domain| own_domain(&domain.domain) && theirs.domains.contains(domain))
    {
        Some("domain")
    } else if ours.emails.iter().any(|email| theirs.emails.contains(email)) {
        Some("e-mail address")
    } else if ours.phone.is_some() && ours.phone == theirs.phone {
        Some("phone number")
    } else if crate::address::same_place(&lead.address, &company.address) {
        Some("address")
    } else {
        None
    }
}
