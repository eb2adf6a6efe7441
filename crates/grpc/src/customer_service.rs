//! Customers.

use crate::api::{Answer, Api};
use crate::fingerprint::key;
use crate::parse::{given, page, paths, required, search_text};
use opportune_contract::v1;
use opportune_contract::v1::customer_service_server::CustomerService;
use opportune_wire::customer::{customer, customer_patch};
use opportune_wire::ids::required_id;
use tonic::{Request, async_trait};

/// The service.
pub(crate) struct Customers(pub Api);

#[async_trait]
impl CustomerService for Customers {
    async fn create_customer(&self, request: Request<v1::CreateCustomerRequest>) -> Answer<v1::CreateCustomerResponse> {
        self.0
            .answer_around("customer", request, |app, call, request| async move {
                let key = key(&request)?;
                let patch = customer_patch(required("customer", request.customer)?, None)?;
                let made = app.create_customer(&call, patch, key).await?;
                Ok(v1::CreateCustomerResponse {
                    customer: Some(customer(&made)),
                })
            })
            .await
    }

    async fn get_customer(&self, request: Request<v1::GetCustomerRequest>) -> Answer<v1::GetCustomerResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let found = app.get_customer(&call, required_id("id", &request.id)?).await?;
                Ok(v1::GetCustomerResponse {
                    customer: Some(customer(&found)),
                })
            })
            .await
    }

    async fn update_customer(&self, request: Request<v1::UpdateCustomerRequest>) -> Answer<v1::UpdateCustomerResponse> {
        self.0
            .answer_around("customer", request, |app, call, request| async move {
                let mut sent = required("customer", request.customer)?;
                let id = required_id("customer.id", &sent.id)?;
                let etag = given(std::mem::take(&mut sent.etag));
                let patch = customer_patch(sent, Some(&paths(request.update_mask)))?;
                let changed = app.update_customer(&call, id, patch, etag).await?;
                Ok(v1::UpdateCustomerResponse {
                    customer: Some(customer(&changed)),
                })
            })
            .await
    }

    async fn list_customers(&self, request: Request<v1::ListCustomersRequest>) -> Answer<v1::ListCustomersResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let text = search_text("text", request.text)?;
                let page = page(request.page_size, request.page_token);
                let listed = app.list_customers(&call, &text, &page).await?;
                Ok(v1::ListCustomersResponse {
                    customers: listed.items.iter().map(customer).collect(),
                    total_size: listed.total,
                    next_page_token: listed.next_token,
                })
            })
            .await
    }
}
