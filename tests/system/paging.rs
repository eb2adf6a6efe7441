//! Pages: stable while records are added, and tokens that belong to their list.

use crate::support::{Api, System, expected, lead_of, new_id, refusal};
use opportune_contract::v1::{
    LeadFilter, LeadType, ListConversionsRequest, ListCustomersRequest, ListLeadsRequest, ListLeadsResponse,
};
use std::collections::BTreeSet;
use tonic::Code;

async fn page(api: &Api, order_by: &str, token: &str) -> ListLeadsResponse {
    let request = ListLeadsRequest {
        page_size: 7,
        page_token: token.to_owned(),
        order_by: order_by.to_owned(),
        ..ListLeadsRequest::default()
    };
    api.leads().list_leads(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn pages_hold_every_record_once_while_others_are_added() {
    let system = System::start().await;
    let api = system.api();
    let leads = (0..40).map(|number| lead_of(&format!("Before {number}"))).collect();
    assert_eq!(api.import(leads).await.created_count, 40);
    let before: BTreeSet<String> = api
        .all_leads(LeadFilter::default())
        .await
        .into_iter()
        .map(|lead| lead.id)
        .collect();
    for order in [
        "create_time",
        "create_time desc",
        "update_time",
        "expected_revenue desc",
        "priority",
    ] {
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            let page = page(&api, order, &token).await;
            seen.extend(page.leads.into_iter().map(|lead| lead.id));
            if page.next_page_token.is_empty() {
                break;
            }
            assert!(page.total_size >= 40);
            token = page.next_page_token;
            api.create(lead_of(&format!("Between {}", new_id()))).await;
        }
        let distinct: BTreeSet<String> = seen.iter().cloned().collect();
        assert_eq!(distinct.len(), seen.len(), "{order}: none twice");
        assert!(before.is_subset(&distinct), "{order}: none is missed");
    }
}

#[tokio::test]
async fn records_of_one_moment_are_all_on_some_page() {
    let system = System::start().await;
    let api = system.api();
    // Rows of one transaction have one creation time.
    api.import((0..60).map(|number| lead_of(&format!("Person {number}"))).collect())
        .await;
    let (mut seen, mut token) = (BTreeSet::new(), String::new());
    loop {
        let page = page(&api, "create_time desc", &token).await;
        assert_eq!(page.total_size, 60);
        seen.extend(page.leads.into_iter().map(|lead| lead.id));
        if page.next_page_token.is_empty() {
            break;
        }
        token = page.next_page_token;
    }
    assert_eq!(seen.len(), 60);
}

#[tokio::test]
async fn a_token_of_another_list_or_tenant_is_refused() {
    let system = System::start().await;
    let api = system.api();
    api.import((0..10).map(|number| lead_of(&format!("Person {number}"))).collect())
        .await;
    let token = page(&api, "", "").await.next_page_token;
    let invalid = expected(Code::InvalidArgument, "FIELD_INVALID");
    let ask = |request: ListLeadsRequest| {
        let mut leads = api.leads();
        async move { leads.list_leads(request).await }
    };
    let with_token = ListLeadsRequest {
        page_token: token.clone(),
        ..ListLeadsRequest::default()
    };
    let other_filter = LeadFilter {
        r#type: LeadType::Lead.into(),
        ..LeadFilter::default()
    };
    for request in [
        ListLeadsRequest {
            order_by: "priority".into(),
            ..with_token.clone()
        },
        ListLeadsRequest {
            filter: Some(other_filter),
            ..with_token.clone()
        },
        ListLeadsRequest {
            page_token: "made up".into(),
            ..ListLeadsRequest::default()
        },
    ] {
        assert_eq!(refusal(ask(request).await), invalid);
    }
    let other = api.as_tenant(new_id());
    assert_eq!(refusal(other.leads().list_leads(with_token.clone()).await), invalid);
    let customers = ListCustomersRequest {
        page_token: token.clone(),
        ..ListCustomersRequest::default()
    };
    assert_eq!(refusal(api.customers().list_customers(customers).await), invalid);
    let conversions = ListConversionsRequest {
        page_token: token,
        ..ListConversionsRequest::default()
    };
    assert_eq!(refusal(api.conversions().list_conversions(conversions).await), invalid);
    assert!(ask(with_token).await.is_ok(), "and it is good for its own list");
}
