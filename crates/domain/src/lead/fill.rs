//! What linking a customer does to a record: empty contact fields are filled, none is overwritten (rules 5.6).

use crate::customer::Customer;
use crate::lead::Lead;

/// What linking filled and where record and customer disagree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// Field and the value it was given.
    pub fields: Vec<(&'static str, String)>,
    /// One text a field: `phone: record "…", customer "…"`.
    pub differences: Vec<String>,
}

/// Fills the empty contact fields of `lead` from `customer` (and the company it belongs to), the address as one field.
pub fn fill_from_customer(lead: &mut Lead, customer: &Customer, company: Option<&Customer>) -> Filled {
    let mut filled = Filled::default();
    let (contact, organisation) = names(customer, company);
    let mut text = |name, field: &mut String, value: &str| {
        if value.is_empty() || field == value {
            return;
        }
        if field.is_empty() {
            value.clone_into(field);
            filled.fields.push((name, value.to_owned()));
        } else {
            filled.differences.push(difference(name, field, value));
        }
    };
    text("contact_name", &mut lead.contact_name, contact);
    text("company_name", &mut lead.company_name, organisation);
    text("email", &mut lead.email, &customer.email);
    text("phone", &mut lead.phone, &customer.phone);
    text("job_title", &mut lead.job_title, &customer.job_title);
    text("website", &mut lead.website, &customer.website);
    text("language", &mut lead.language, &customer.language);
    fill_address(lead, customer, &mut filled);
    filled
}

fn names<'a>(customer: &'a Customer, company: Option<&'a Customer>) -> (&'a str, &'a str) {
    if customer.is_company {
        ("", &customer.name)
    } else {
        (&customer.name, company.map_or("", |company| &company.name))
    }
}

fn fill_address(lead: &mut Lead, customer: &Customer, filled: &mut Filled) {
    if customer.address.is_empty() || lead.address == customer.address {
        return;
    }
    if lead.address.is_empty() {
        lead.address = customer.address.clone();
        filled.fields.push(("address", lead.address.one_line()));
    } else {
        filled.differences.push(difference(
            "address",
            &lead.address.one_line(),
            &customer.address.one_line(),
        ));
    }
}

fn difference(name: &str, ours: &str, theirs: &str) -> String {
    format!("{name}: record \"{ours}\", customer \"{theirs}\"")
}
