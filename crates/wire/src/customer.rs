//! Customers.

use crate::fields::Fields;
use crate::ids::{parse_id, text};
use crate::time::timestamp;
use opportune_contract::v1;
use opportune_domain::customer::{Customer, CustomerPatch};
use opportune_domain::refusal::Refusal;

/// The paths that the field mask of a change may name.
const CHANGEABLE: [&str; 18] = [
    "name",
    "is_company",
    "parent_id",
    "email",
    "phone",
    "job_title",
    "website",
    "language",
    "street",
    "street2",
    "city",
    "state",
    "postal_code",
    "country",
    "description",
    "tags",
    "salesperson_id",
    "external_id",
];

/// A customer as a message.
pub fn customer(customer: &Customer) -> v1::Customer {
    v1::Customer {
        id: customer.id.to_string(),
        name: customer.name.clone(),
        is_company: customer.is_company,
        parent_id: text(customer.parent_id),
        email: customer.email.clone(),
        phone: customer.phone.clone(),
        job_title: customer.job_title.clone(),
        website: customer.website.clone(),
        language: customer.language.clone(),
        street: customer.address.street.clone(),
        street2: customer.address.street2.clone(),
        city: customer.address.city.clone(),
        state: customer.address.state.clone(),
        postal_code: customer.address.postal_code.clone(),
        country: customer.address.country.clone(),
        description: customer.description.clone(),
        tags: customer.tags.clone(),
        salesperson_id: text(customer.salesperson_id),
        external_id: customer.external_id.clone(),
        etag: customer.etag(),
        create_time: Some(timestamp(customer.create_time)),
        update_time: Some(timestamp(customer.update_time)),
    }
}

/// What a caller gives about a customer. `paths` is the field mask of a change, `None` on creation: then everything
/// that is not empty is given, as with an empty mask. Lengths are checked by `CustomerPatch::check`.
///
/// # Errors
/// `FIELD_INVALID` naming every field that cannot be read, and `update_mask` when it names what cannot be changed.
pub fn customer_patch(customer: v1::Customer, paths: Option<&[String]>) -> Result<CustomerPatch, Refusal> {
    let mut fields = Fields::new(paths, &CHANGEABLE);
    let patch = CustomerPatch {
        name: fields.take("name", customer.name),
        is_company: fields.take("is_company", customer.is_company),
        parent_id: fields.parse("parent_id", || parse_id("parent_id", &customer.parent_id)),
        email: fields.take("email", customer.email),
        phone: fields.take("phone", customer.phone),
        job_title: fields.take("job_title", customer.job_title),
        website: fields.take("website", customer.website),
        language: fields.take("language", customer.language),
        street: fields.take("street", customer.street),
        street2: fields.take("street2", customer.street2),
        city: fields.take("city", customer.city),
        state: fields.take("state", customer.state),
        postal_code: fields.take("postal_code", customer.postal_code),
        country: fields.take("country", customer.country),
        description: fields.take("description", customer.description),
        tags: fields.take("tags", customer.tags),
        salesperson_id: fields.parse("salesperson_id", || {
            parse_id("salesperson_id", &customer.salesperson_id)
        }),
        external_id: fields.take("external_id", customer.external_id),
    };
    fields.finish(patch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use opportune_domain::ids::CustomerId;
    use uuid::Uuid;

    #[test]
    fn what_is_sent_back_unchanged_gives_every_field_as_it_was() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let mut before = Customer::named(CustomerId(Uuid::from_u128(1)), "Acme", true, now);
        before.parent_id = Some(CustomerId(Uuid::from_u128(2)));
        before.address.country = "BE".into();
        before.tags = vec!["gold".into()];
        let patch = customer_patch(customer(&before), Some(&[])).unwrap();
        let mut after = Customer::named(before.id, "", false, now);
        patch.write(&mut after);
        assert_eq!(after, before);
    }

    #[test]
    fn a_mask_makes_a_person_of_a_company() {
        let patch = customer_patch(v1::Customer::default(), Some(&["is_company".to_owned()])).unwrap();
        assert_eq!(
            patch,
            CustomerPatch {
                is_company: Some(false),
                ..CustomerPatch::default()
            }
        );
    }

    #[test]
    fn every_changeable_path_is_one_that_is_read() {
        for path in CHANGEABLE {
            let patch = customer_patch(v1::Customer::default(), Some(&[path.to_owned()])).unwrap();
            assert_ne!(patch, CustomerPatch::default(), "{path}");
        }
    }
}
