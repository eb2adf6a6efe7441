//! `customers`.

use super::Corrupt;
use chrono::{DateTime, Utc};
use opportune_domain::address::Address;
use opportune_domain::customer::Customer;
use opportune_domain::ids::{CustomerId, SalespersonId};
use uuid::Uuid;

/// A row of `customers`; see [`select_customers`](crate::rows::customer::select_customers).
#[derive(Debug)]
pub(crate) struct CustomerRow {
    pub id: Uuid,
    pub name: String,
    pub is_company: bool,
    pub parent_id: Option<Uuid>,
    pub email: String,
    pub phone: String,
    pub job_title: String,
    pub website: String,
    pub language: String,
    pub street: String,
    pub street2: String,
    pub city: String,
    pub state: String,
    pub postal_code: String,
    pub country: String,
    pub description: String,
    pub tags: Vec<String>,
    pub salesperson_id: Option<Uuid>,
    pub external_id: String,
    pub version: i64,
    pub create_time: DateTime<Utc>,
    pub update_time: DateTime<Utc>,
}

/// A checked query for [`CustomerRow`]s: all columns of `customers`, then what follows `FROM customers` as one
/// literal, then the arguments.
macro_rules! select_customers {
    ($tail:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            $crate::rows::customer::CustomerRow,
            r#"SELECT customers.id, customers.name, customers.is_company, customers.parent_id, customers.email,
                customers.phone, customers.job_title, customers.website, customers.language, customers.street,
                customers.street2, customers.city, customers.state, customers.postal_code, customers.country,
                customers.description, customers.tags, customers.salesperson_id, customers.external_id,
                customers.version, customers.create_time, customers.update_time
            FROM customers "# + $tail
            $(, $argument)*
        )
    };
}
pub(crate) use select_customers;

/// Nothing of a customer can be corrupt; the signature is that of the other rows, so that all are read alike.
impl TryFrom<CustomerRow> for Customer {
    type Error = Corrupt;

    fn try_from(row: CustomerRow) -> Result<Self, Corrupt> {
        Ok(Self {
            id: CustomerId(row.id),
            name: row.name,
            is_company: row.is_company,
            parent_id: row.parent_id.map(CustomerId),
            email: row.email,
            phone: row.phone,
            job_title: row.job_title,
            website: row.website,
            language: row.language,
            address: Address {
                street: row.street,
                street2: row.street2,
                city: row.city,
                state: row.state,
                postal_code: row.postal_code,
                country: row.country,
            },
            description: row.description,
            tags: row.tags,
            salesperson_id: row.salesperson_id.map(SalespersonId),
            external_id: row.external_id,
            version: row.version,
            create_time: row.create_time,
            update_time: row.update_time,
        })
    }
}
