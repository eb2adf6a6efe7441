//! New customers made from a record (rules 5.2, 5.3).

use super::{Chosen, decision, find};
use crate::address::Address;
use crate::conversion::plan::CustomerAction;
use crate::customer::Customer;
use crate::ids::{CustomerId, NewIds};
use crate::lead::Lead;
use crate::normal;
use crate::world::World;

/// The contact's name: the record's, or the display name of its e-mail (rules 2.7, 5.2).
pub(super) fn contact_name(lead: &Lead) -> Option<String> {
    let own = lead.contact_name.trim();
    if own.is_empty() {
        normal::display_name(&lead.email)
    } else {
        Some(own.to_owned())
    }
}

/// A person, a company, or a person under a company, linked to the record.
pub(super) fn create(world: &World, lead: &mut Lead, ids: &mut dyn NewIds) -> Chosen {
    let contact = contact_name(lead);
    let company = company(world, lead, contact.is_none(), ids);
    let person = match (&contact, &company) {
        (None, Some(_)) => None,
        (name, _) => Some(person(
            world,
            lead,
            name.as_deref(),
            company.as_ref().map(|company| company.id),
            ids,
        )),
    };
    let company_id = company.as_ref().map(|company| company.id);
    let reason = reason(contact.as_deref(), company.as_ref());
    let new_company = company.and_then(|company| company.new);
    lead.customer_id = person.as_ref().map(|person| person.id).or(company_id);
    // A reused company with nobody to add is a link, and a link fills what is empty (rules 5.6).
    if let (None, None, Some(id)) = (&person, &new_company, company_id) {
        return super::link(world, lead, id, reason);
    }
    let mut decision = decision(CustomerAction::Create, lead.customer_id, None, reason);
    decision.company_id = company_id.filter(|id| Some(*id) != lead.customer_id);
    decision.new_person = person.map(Box::new);
    decision.new_company = new_company.map(Box::new);
    Chosen {
        decision,
        filled: Vec::new(),
    }
}

struct Company {
    id: CustomerId,
    /// The row to be made; `None` = reused.
    new: Option<Customer>,
    /// What agreed besides the name.
    evidence: Option<&'static str>,
}

fn company(world: &World, lead: &Lead, alone: bool, ids: &mut dyn NewIds) -> Option<Company> {
    if lead.company_name.trim().is_empty() {
        return None;
    }
    if let Some((known, evidence)) = find::company(world, lead) {
        return Some(Company {
            id: known.id,
            new: None,
            evidence: Some(evidence),
        });
    }
    let id = CustomerId(ids.next());
    let mut company = Customer::named(id, lead.company_name.trim(), true, world.now);
    company.website.clone_from(&lead.website);
    company.address = lead.address.clone();
    // E-mail and phone are the person's, if there is one (rules 5.3).
    if alone {
        company.email = first_address(lead);
        company.phone.clone_from(&lead.phone);
    }
    Some(Company {
        id,
        new: Some(company),
        evidence: None,
    })
}

fn person(
    world: &World,
    lead: &Lead,
    name: Option<&str>,
    company: Option<CustomerId>,
    ids: &mut dyn NewIds,
) -> Customer {
    let name = name.unwrap_or_else(|| fallback_name(lead));
    let mut person = Customer::named(CustomerId(ids.next()), name, false, world.now);
    person.parent_id = company;
    person.email = first_address(lead);
    person.phone.clone_from(&lead.phone);
    person.job_title.clone_from(&lead.job_title);
    person.language.clone_from(&lead.language);
    person.address = Address::clone(&lead.address);
    person.website.clone_from(&lead.website);
    person
}

/// Neither contact nor company: a person named after the title, or after whatever the record has.
fn fallback_name(lead: &Lead) -> &str {
    [&lead.title, &lead.email, &lead.phone]
        .into_iter()
        .map(|text| text.trim())
        .find(|text| !text.is_empty())
        .unwrap_or("?")
}

fn first_address(lead: &Lead) -> String {
    normal::emails(&lead.email)
        .first()
        .map(normal::Email::address)
        .unwrap_or_default()
}

fn reason(contact: Option<&str>, company: Option<&Company>) -> String {
    let company = match company {
        Some(Company {
            evidence: Some(evidence),
            ..
        }) => format!("existing company: same name and {evidence}"),
        Some(_) => "new company".to_owned(),
        None => String::new(),
    };
    match (contact, company.is_empty()) {
        (Some(_), true) => "new person".to_owned(),
        (Some(_), false) => format!("new person under: {company}"),
        (None, false) => company,
        (None, true) => "new person named after the title".to_owned(),
    }
}
