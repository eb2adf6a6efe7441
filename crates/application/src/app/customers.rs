//! Customers.

use super::{App, decided};
use crate::call::{Call, Key};
use crate::error::AppError;
use crate::page::{Listed, PageRequest, Paging};
use crate::work::{ChangeCustomer, CustomerChange};
use opportune_domain::customer::{Customer, CustomerPatch};
use opportune_domain::ids::CustomerId;
use opportune_domain::normal;
use opportune_domain::refusal::{Reason, Refusal};

impl App {
    /// Creates a customer.
    ///
    /// # Errors
    /// `FIELD_INVALID`, `CUSTOMER_NOT_FOUND` (the parent), `SALESPERSON_NOT_FOUND`, `REQUEST_ID_REUSED`.
    pub async fn create_customer(
        &self,
        call: &Call,
        given: CustomerPatch,
        key: Option<Key>,
    ) -> Result<Customer, AppError> {
        let claim = call.claim("CreateCustomer", key);
        self.change_customer(call, CustomerChange::Create(self.ids.make(), claim), given)
            .await
    }

    /// A customer by id.
    ///
    /// # Errors
    /// `CUSTOMER_NOT_FOUND`.
    pub async fn get_customer(&self, call: &Call, id: CustomerId) -> Result<Customer, AppError> {
        call.caller.must_handle_records()?;
        let found = self.reads.customer(call.tenant, id).await?;
        Ok(found.ok_or_else(|| Refusal::not_found(Reason::CustomerNotFound, id))?)
    }

    /// Changes a customer by hand.
    ///
    /// # Errors
    /// As [`App::create_customer`]; `ETAG_MISMATCH`.
    pub async fn update_customer(
        &self,
        call: &Call,
        id: CustomerId,
        given: CustomerPatch,
        etag: Option<String>,
    ) -> Result<Customer, AppError> {
        self.change_customer(call, CustomerChange::Update(id, etag), given)
            .await
    }

    /// A page of customers; `text` leaves those that have all of its words.
    ///
    /// # Errors
    /// `FIELD_INVALID` for a foreign token, `PAGE_TOO_LARGE`.
    pub async fn list_customers(
        &self,
        call: &Call,
        text: &str,
        page: &PageRequest,
    ) -> Result<Listed<Customer>, AppError> {
        call.caller.must_handle_records()?;
        let words = normal::words(std::iter::once(text));
        let paging = Paging::new(page, &("customers", call.tenant, &words))?;
        let total = match paging.total {
            Some(total) => total,
            None => self.reads.total_customers(call.tenant, &words).await?,
        };
        let found = self
            .reads
            .list_customers(call.tenant, &words, paging.after.as_ref(), paging.limit)
            .await?;
        Ok(paging.listed(found.items, found.next, total))
    }

    async fn change_customer(
        &self,
        call: &Call,
        change: CustomerChange,
        given: CustomerPatch,
    ) -> Result<Customer, AppError> {
        call.caller.must_handle_records()?;
        let mut work = ChangeCustomer {
            call: call.clone(),
            change,
            given,
            ids: self.ids.clone(),
            result: None,
        };
        self.run(call.tenant, &mut work).await?;
        match decided(work.result)?? {
            Ok(customer) => Ok(customer),
            Err(made_before) => self.get_customer(call, made_before).await,
        }
    }
}
