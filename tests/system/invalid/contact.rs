//! Texts and their longest lengths; customers.

use super::case::{Case, case};
use crate::support::{Api, new_id_text};
use opportune_contract::v1::{
    CreateCustomerRequest, Customer, GetCustomerRequest, Lead, ListCustomersRequest, UpdateCustomerRequest,
};
use std::future::Future;
use tonic::Status;

/// A text of a message, with its name and its longest length.
pub type Text<M> = (&'static str, fn(&mut M) -> &mut String, usize);

/// The texts of a lead whose only limit is their length.
pub fn lead_texts() -> Vec<Text<Lead>> {
    vec![
        ("title", |lead| &mut lead.title, 500),
        ("contact_name", |lead| &mut lead.contact_name, 500),
        ("company_name", |lead| &mut lead.company_name, 500),
        ("email", |lead| &mut lead.email, 1_000),
        ("phone", |lead| &mut lead.phone, 100),
        ("job_title", |lead| &mut lead.job_title, 500),
        ("website", |lead| &mut lead.website, 500),
        ("street", |lead| &mut lead.street, 500),
        ("street2", |lead| &mut lead.street2, 500),
        ("city", |lead| &mut lead.city, 500),
        ("state", |lead| &mut lead.state, 500),
        ("postal_code", |lead| &mut lead.postal_code, 40),
        ("description", |lead| &mut lead.description, 100_000),
        ("source", |lead| &mut lead.source, 200),
        ("medium", |lead| &mut lead.medium, 200),
        ("campaign", |lead| &mut lead.campaign, 200),
        ("referred_by", |lead| &mut lead.referred_by, 200),
        ("external_id", |lead| &mut lead.external_id, 200),
    ]
}

/// The same of a customer.
pub fn customer_texts() -> Vec<Text<Customer>> {
    vec![
        ("name", |customer| &mut customer.name, 500),
        ("email", |customer| &mut customer.email, 1_000),
        ("phone", |customer| &mut customer.phone, 100),
        ("job_title", |customer| &mut customer.job_title, 500),
        ("website", |customer| &mut customer.website, 500),
        ("street", |customer| &mut customer.street, 500),
        ("street2", |customer| &mut customer.street2, 500),
        ("city", |customer| &mut customer.city, 500),
        ("state", |customer| &mut customer.state, 500),
        ("postal_code", |customer| &mut customer.postal_code, 40),
        ("description", |customer| &mut customer.description, 100_000),
        ("external_id", |customer| &mut customer.external_id, 200),
    ]
}

/// A message with each text too long, and with each text holding a NUL.
pub fn wrong_texts<M: Clone>(message: &M, texts: Vec<Text<M>>) -> Vec<(String, M)> {
    let mut wrong = Vec::new();
    for (field, text, longest) in texts {
        for value in ["é".repeat(longest + 1), "a\0b".to_owned()] {
            let mut message = message.clone();
            *text(&mut message) = value;
            wrong.push((field.to_owned(), message));
        }
    }
    wrong
}

fn wrong_customers() -> Vec<(String, Customer)> {
    let good = Customer {
        name: "Ann Lee".into(),
        ..Customer::default()
    };
    let mut wrong = wrong_texts(&good, customer_texts());
    let others = [
        (
            "country",
            Customer {
                country: "nl".into(),
                ..good.clone()
            },
        ),
        (
            "country",
            Customer {
                country: "NLD".into(),
                ..good.clone()
            },
        ),
        (
            "language",
            Customer {
                language: "x".repeat(36),
                ..good.clone()
            },
        ),
        (
            "tags",
            Customer {
                tags: vec!["a".into(); 101],
                ..good.clone()
            },
        ),
        (
            "tags[1]",
            Customer {
                tags: vec!["a".into(), "b".repeat(101)],
                ..good.clone()
            },
        ),
        (
            "parent_id",
            Customer {
                parent_id: "acme".into(),
                ..good.clone()
            },
        ),
        (
            "salesperson_id",
            Customer {
                salesperson_id: "bo".into(),
                ..good
            },
        ),
    ];
    wrong.extend(others.map(|(field, customer)| (field.to_owned(), customer)));
    wrong
}

/// Every request about customers.
pub fn customers() -> Vec<Case> {
    let mut cases = Vec::new();
    for (field, customer) in wrong_customers() {
        cases.push(case!(format!("customer.{field}"), |api| create(api, customer.clone())));
    }
    cases.push(case!("customer.name", |api| create(api, Customer::default())));
    cases.push(case!("customer", |api| send_create(
        api,
        CreateCustomerRequest::default()
    )));
    let named = || {
        Some(Customer {
            name: "Ann".into(),
            ..Customer::default()
        })
    };
    cases.push(case!("request_id", |api| {
        send_create(
            api,
            CreateCustomerRequest {
                customer: named(),
                request_id: "7".into(),
            },
        )
    }));
    cases.push(case!("id", |api| get(api, "x")));
    cases.push(case!("id", |api| get(api, "")));
    cases.push(case!("customer", |api| update(api, None, "name")));
    cases.push(case!("customer.id", |api| update(api, named(), "name")));
    let known = || {
        Some(Customer {
            id: new_id_text(),
            ..Customer::default()
        })
    };
    cases.push(case!("update_mask", |api| update(api, known(), "create_time")));
    cases.push(case!("update_mask", |api| update(api, known(), "no_such_field")));
    let list = ListCustomersRequest::default;
    cases.push(case!("text", |api| send_list(
        api,
        ListCustomersRequest {
            text: "x".repeat(501),
            ..list()
        }
    )));
    cases.push(case!("page_size", |api| send_list(
        api,
        ListCustomersRequest {
            page_size: -1,
            ..list()
        }
    )));
    cases.push(
        case!("", |api| send_list(
            api,
            ListCustomersRequest {
                page_size: 1_001,
                ..list()
            }
        ))
        .too_large(),
    );
    cases.push(case!("page_token", |api| send_list(
        api,
        ListCustomersRequest {
            page_token: "x".into(),
            ..list()
        }
    )));
    cases
}

fn create(api: Api, customer: Customer) -> impl Future<Output = Result<(), Status>> {
    send_create(
        api,
        CreateCustomerRequest {
            customer: Some(customer),
            ..CreateCustomerRequest::default()
        },
    )
}

async fn send_create(api: Api, request: CreateCustomerRequest) -> Result<(), Status> {
    api.customers().create_customer(request).await.map(drop)
}

async fn get(api: Api, id: &'static str) -> Result<(), Status> {
    api.customers()
        .get_customer(GetCustomerRequest { id: id.to_owned() })
        .await
        .map(drop)
}

async fn update(api: Api, customer: Option<Customer>, path: &'static str) -> Result<(), Status> {
    let update_mask = Some(prost_types::FieldMask {
        paths: vec![path.to_owned()],
    });
    api.customers()
        .update_customer(UpdateCustomerRequest { customer, update_mask })
        .await
        .map(drop)
}

async fn send_list(api: Api, request: ListCustomersRequest) -> Result<(), Status> {
    api.customers().list_customers(request).await.map(drop)
}
