//! What a caller gives about a customer, for creating one and for changing one.

use crate::customer::Customer;
use crate::given::put;
use crate::ids::{CustomerId, SalespersonId};
use crate::limits::{self, Check};
use crate::refusal::Refusal;

/// The fields that are given; `None` = not given. `Some` of an empty value clears the field.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of `Customer` and are described there")]
pub struct CustomerPatch {
    pub name: Option<String>,
    pub is_company: Option<bool>,
    pub parent_id: Option<Option<CustomerId>>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub job_title: Option<String>,
    pub website: Option<String>,
    pub language: Option<String>,
    pub street: Option<String>,
    pub street2: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub postal_code: Option<String>,
    pub country: Option<String>,
    pub description: Option<String>,
    pub tags: Option<Vec<String>>,
    pub salesperson_id: Option<Option<SalespersonId>>,
    pub external_id: Option<String>,
}

impl CustomerPatch {
    /// Refuses input that is too long or malformed; names every such field.
    ///
    /// # Errors
    /// `FIELD_INVALID`.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut check = Check::default();
        let texts = [
            ("name", &self.name, limits::NAME),
            ("email", &self.email, limits::EMAIL),
            ("phone", &self.phone, limits::PHONE),
            ("job_title", &self.job_title, limits::NAME),
            ("website", &self.website, limits::LINE),
            ("street", &self.street, limits::LINE),
            ("street2", &self.street2, limits::LINE),
            ("city", &self.city, limits::NAME),
            ("state", &self.state, limits::NAME),
            ("postal_code", &self.postal_code, limits::POSTAL_CODE),
            ("description", &self.description, limits::TEXT),
            ("external_id", &self.external_id, limits::LABEL),
        ];
        for (field, value, max) in texts {
            check.text(field, value.as_ref(), max);
        }
        check.country("country", self.country.as_ref());
        check.language("language", self.language.as_ref());
        check.tags(self.tags.as_ref());
        if check.violations.is_empty() {
            Ok(())
        } else {
            Err(Refusal::fields(check.violations))
        }
    }

    /// Writes the fields that are given into `customer`.
    pub fn write(&self, customer: &mut Customer) {
        put(&mut customer.name, &self.name);
        put(&mut customer.is_company, &self.is_company);
        put(&mut customer.parent_id, &self.parent_id);
        put(&mut customer.email, &self.email);
        put(&mut customer.phone, &self.phone);
        put(&mut customer.job_title, &self.job_title);
        put(&mut customer.website, &self.website);
        put(&mut customer.language, &self.language);
        put(&mut customer.address.street, &self.street);
        put(&mut customer.address.street2, &self.street2);
        put(&mut customer.address.city, &self.city);
        put(&mut customer.address.state, &self.state);
        put(&mut customer.address.postal_code, &self.postal_code);
        put(&mut customer.address.country, &self.country);
        put(&mut customer.description, &self.description);
        put(&mut customer.tags, &self.tags);
        put(&mut customer.salesperson_id, &self.salesperson_id);
        put(&mut customer.external_id, &self.external_id);
    }
}
