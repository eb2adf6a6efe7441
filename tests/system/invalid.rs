//! Invalid input of every field of every request: refused with the field named, and nothing is written.

mod case;
mod contact;
mod conversions;
mod leads;
mod people;
mod questions;
mod setup;
mod timeline;

use crate::support::{Api, System, fields, import_stream, lead_of, new_id_text, refusal};
use case::Case;
use opportune_contract::v1::{
    CreateCustomerRequest, CreateLeadRequest, Customer, GetSettingsRequest, ImportHeader, Lead, ListLeadsRequest,
};
use tonic::{Code, Status};

/// Runs every case and reports all that went otherwise than expected at once.
async fn all_are_refused(cases: impl FnOnce(&Lead) -> Vec<Case>) {
    let system = System::start().await;
    let api = system.api();
    // The tenant, and what the cases refer to, are there before the rows are counted.
    api.settings().get_settings(GetSettingsRequest {}).await.unwrap();
    let lead = api.create(lead_of("Ann Lee")).await;
    let before = system.site.count_rows().await;
    let mut wrong = Vec::new();
    for case in cases(&lead) {
        if let Err(difference) = case.check((case.call)(api.clone()).await) {
            wrong.push(difference);
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(system.site.count_rows().await, before, "nothing is written");
    assert_eq!(api.lead(&lead.id).await, lead, "nothing is changed");
}

#[tokio::test]
async fn records_that_cannot_be_created_or_changed() {
    all_are_refused(leads::cases).await;
}

#[tokio::test]
async fn questions_and_orders_about_records_that_make_no_sense() {
    all_are_refused(questions::cases).await;
}

#[tokio::test]
async fn entries_that_no_timeline_takes() {
    all_are_refused(timeline::cases).await;
}

#[tokio::test]
async fn customers_that_cannot_be_created_or_changed() {
    all_are_refused(|_| contact::customers()).await;
}

#[tokio::test]
async fn conversions_and_searches_that_make_no_sense() {
    all_are_refused(conversions::cases).await;
}

#[tokio::test]
async fn settings_stages_teams_and_salespeople_that_make_no_sense() {
    all_are_refused(|_| setup::cases().into_iter().chain(people::cases()).collect()).await;
}

#[tokio::test]
async fn an_import_rejects_the_same_records_by_the_same_fields() {
    let system = System::start().await;
    let api = system.api();
    let wrong = leads::wrong_records();
    let header = ImportHeader {
        request_id: new_id_text(),
        ..ImportHeader::default()
    };
    let rows = wrong.iter().map(|(_, lead)| lead.clone()).collect();
    let answer = api
        .leads()
        .import_leads(tokio_stream::iter(import_stream(header, rows)))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.created_count, 0);
    assert_eq!(answer.rejected_count, i64::try_from(wrong.len()).unwrap());
    for (line, (field, _)) in (1..).zip(&wrong) {
        let named: Vec<_> = answer
            .rejects
            .iter()
            .filter(|reject| reject.line == line)
            .map(|reject| reject.field.as_str())
            .collect();
        assert_eq!(named, [field.as_str()], "line {line}");
    }
}

#[tokio::test]
async fn texts_of_exactly_the_longest_length_go_in_as_they_are() {
    let system = System::start().await;
    let api = system.api();
    let mut lead = lead_of("Ann Lee");
    for (_, text, longest) in contact::lead_texts() {
        // Lengths are counted in characters, not in bytes.
        *text(&mut lead) = "é".repeat(longest);
    }
    let made = api.create(lead.clone()).await;
    for (field, text, longest) in contact::lead_texts() {
        assert_eq!(text(&mut made.clone()).chars().count(), longest, "{field}");
    }
    let mut customer = Customer {
        name: "Ann Lee".into(),
        ..Customer::default()
    };
    for (_, text, longest) in contact::customer_texts() {
        *text(&mut customer) = "é".repeat(longest);
    }
    api.create_customer(customer).await;
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let system = System::start().await;
    let api = system.api();
    let lead = Lead {
        priority: 9,
        country: "xx".into(),
        email: "x".repeat(1_001),
        ..lead_of("Ann Lee")
    };
    let named = fields(&api.try_create(lead).await.unwrap_err());
    for field in ["lead.priority", "lead.country", "lead.email"] {
        assert!(named.iter().any(|name| name == field), "{field} in {named:?}");
    }
}

#[tokio::test]
async fn a_message_of_five_megabytes_is_too_large() {
    let system = System::start().await;
    let api = system.api();
    let before = system.site.count_rows().await;
    let large = "x".repeat(5 * 1024 * 1024);
    let lead = Lead {
        description: large.clone(),
        ..lead_of("Ann Lee")
    };
    let create = CreateLeadRequest {
        lead: Some(lead),
        ..CreateLeadRequest::default()
    };
    let customer = Customer {
        name: "Ann".into(),
        description: large.clone(),
        ..Customer::default()
    };
    let customer = CreateCustomerRequest {
        customer: Some(customer),
        ..CreateCustomerRequest::default()
    };
    let list = ListLeadsRequest {
        order_by: large,
        ..ListLeadsRequest::default()
    };
    let too_large = (Code::ResourceExhausted, "MESSAGE_TOO_LARGE".to_owned());
    assert_eq!(refusal(api.leads().create_lead(create).await), too_large);
    assert_eq!(refusal(api.customers().create_customer(customer).await), too_large);
    assert_eq!(refusal(api.leads().list_leads(list).await), too_large);
    assert_eq!(system.site.count_rows().await, before);
    api.create(lead_of("Ann Lee")).await;
}

#[tokio::test]
async fn headers_that_cannot_be_read_are_named() {
    let system = System::start().await;
    let api = system.api();
    for (header, value) in [("x-tenant-id", "acme"), ("x-actor", "7"), ("x-role", "king")] {
        let status: Status = ask(&api.with(header, value)).await.unwrap_err();
        assert_eq!(
            (status.code(), fields(&status)),
            (Code::InvalidArgument, vec![header.to_owned()])
        );
    }
}

async fn ask(api: &Api) -> Result<(), Status> {
    api.settings().get_settings(GetSettingsRequest {}).await.map(drop)
}
