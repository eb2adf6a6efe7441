//! Who may see and do what.

use crate::support::{Api, System, convert_and_wait, expected, lead_of, refusal};
use opportune_contract::v1::convert_lead_request::Customer as Choice;
use opportune_contract::v1::find_similar_request::Subject;
use opportune_contract::v1::{
    ArchiveLeadRequest, ConvertLeadRequest, CreateTeamRequest, FindSimilarRequest, GetConversionRequest,
    GetCustomerRequest, GetLeadRequest, GetSettingsRequest, Lead, LeadFilter, ListLeadsRequest, ListSalespeopleRequest,
    Settings, Team, UpdateSettingsRequest,
};
use tonic::Code;

/// Ids of another tenant answer as if they did not exist.
pub async fn nothing_is_found(api: &Api, lead: &str, customer: &str, conversion: &str) {
    let get = GetLeadRequest {
        id: lead.to_owned(),
        include_similar_count: false,
    };
    let no_lead = expected(Code::NotFound, "LEAD_NOT_FOUND");
    assert_eq!(refusal(api.leads().get_lead(get).await), no_lead);
    assert_eq!(
        refusal(
            api.leads()
                .archive_lead(ArchiveLeadRequest { id: lead.to_owned() })
                .await
        ),
        no_lead
    );
    assert_eq!(refusal(api.convert(convert_and_wait(lead)).await), no_lead);
    let similar = FindSimilarRequest {
        subject: Some(Subject::LeadId(lead.to_owned())),
        ..Default::default()
    };
    assert_eq!(refusal(api.conversions().find_similar(similar).await), no_lead);
    let get = GetCustomerRequest {
        id: customer.to_owned(),
    };
    let no_customer = expected(Code::NotFound, "CUSTOMER_NOT_FOUND");
    assert_eq!(refusal(api.customers().get_customer(get).await), no_customer);
    let own = api.create(lead_of("Their Own")).await.id;
    let link = ConvertLeadRequest {
        customer: Some(Choice::LinkCustomerId(customer.to_owned())),
        ..convert_and_wait(&own)
    };
    assert_eq!(refusal(api.convert(link).await), no_customer);
    api.leads().archive_lead(ArchiveLeadRequest { id: own }).await.unwrap();
    let get = GetConversionRequest {
        id: conversion.to_owned(),
    };
    assert_eq!(
        refusal(api.conversions().get_conversion(get).await),
        expected(Code::NotFound, "CONVERSION_NOT_FOUND")
    );
}

#[tokio::test]
async fn a_salesperson_of_the_own_records_sees_own_and_unassigned_ones() {
    let system = System::start().await;
    let manager = system.api();
    let (ann, bo) = (
        manager.create_salesperson("Ann").await.id,
        manager.create_salesperson("Bo").await.id,
    );
    let own = manager
        .create(Lead {
            salesperson_id: ann.clone(),
            ..lead_of("Own One")
        })
        .await
        .id;
    let free = manager.create(lead_of("Free One")).await.id;
    let others = manager
        .create(Lead {
            salesperson_id: bo,
            ..lead_of("Others One")
        })
        .await
        .id;

    let api = manager.with("x-actor", &ann).with("x-role", "salesperson_own");
    let seen: Vec<String> = api
        .all_leads(LeadFilter::default())
        .await
        .into_iter()
        .map(|lead| lead.id)
        .collect();
    assert_eq!(seen, [own.clone(), free]);
    let denied = expected(Code::PermissionDenied, "PERMISSION_DENIED");
    let get = GetLeadRequest {
        id: others.clone(),
        ..GetLeadRequest::default()
    };
    assert_eq!(refusal(api.leads().get_lead(get).await), denied);
    assert_eq!(refusal(api.convert(convert_and_wait(&others)).await), denied);
    api.converted(&own).await;
}

#[tokio::test]
async fn only_managers_and_services_change_what_holds_for_all() {
    let system = System::start().await;
    let manager = system.api();
    let denied = expected(Code::PermissionDenied, "PERMISSION_DENIED");
    for (role, may) in [
        ("salesperson_own", false),
        ("salesperson_all", false),
        ("operator", false),
        ("manager", true),
        ("service", true),
    ] {
        let api = manager.with("x-role", role);
        let settings = Settings {
            default_country: "NL".into(),
            ..Settings::default()
        };
        let settings = UpdateSettingsRequest {
            settings: Some(settings),
            update_mask: None,
        };
        let team = Team {
            name: "North".into(),
            ..Team::default()
        };
        let team = CreateTeamRequest {
            team: Some(team),
            request_id: String::new(),
        };
        let (settings, team) = (
            api.settings().update_settings(settings).await,
            api.teams().create_team(team).await,
        );
        if may {
            assert!(settings.is_ok() && team.is_ok(), "{role}");
        } else {
            assert_eq!(
                (refusal(settings), refusal(team)),
                (denied.clone(), denied.clone()),
                "{role}"
            );
        }
    }
}

#[tokio::test]
async fn an_operator_sees_no_personal_data() {
    let system = System::start().await;
    let lead = system.api().create(lead_of("Ann Lee")).await.id;
    let api = system.api().with("x-role", "operator");
    let denied = expected(Code::PermissionDenied, "PERMISSION_DENIED");
    let get = GetLeadRequest {
        id: lead.clone(),
        ..GetLeadRequest::default()
    };
    assert_eq!(refusal(api.leads().get_lead(get).await), denied);
    assert_eq!(
        refusal(api.leads().list_leads(ListLeadsRequest::default()).await),
        denied
    );
    assert_eq!(refusal(api.convert(convert_and_wait(&lead)).await), denied);
    let people = ListSalespeopleRequest::default();
    assert_eq!(refusal(api.teams().list_salespeople(people).await), denied);
}

#[tokio::test]
async fn a_caller_that_says_nothing_is_a_manager_of_the_default_tenant() {
    let system = System::start().await;
    let api = system.api().without("x-tenant-id");
    let lead = api.create(lead_of("Ann Lee")).await.id;
    api.settings().get_settings(GetSettingsRequest {}).await.unwrap();
    api.converted(&lead).await;
}
