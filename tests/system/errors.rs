//! The errors of a conversion, each with its code, its reason and what a program needs to act upon it.

use crate::support::{Api, System, convert_and_wait, expected, lead_of, metadata, new_id_text, refusal, soon};
use opportune_contract::events::ConversionFailed;
use opportune_contract::google::rpc::ErrorInfo;
use opportune_contract::json::from_json;
use opportune_contract::v1::{
    ArchiveLeadRequest, Conversion, ConversionState, ConvertLeadRequest, GetLeadRequest, Lead, LeadType,
    MarkLeadLostRequest, MarkLeadWonRequest, RestoreLeadRequest, Settings, UpdateLeadRequest, UpdateSettingsRequest,
};
use prost::Message;
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// The refusal of a conversion, whether the call or the worker knew of it: code, reason, metadata.
async fn refused(api: &Api, request: ConvertLeadRequest) -> (Code, ErrorInfo) {
    match api.convert(request).await {
        Err(status) => {
            let details = status.get_error_details();
            let info = details.error_info().unwrap().clone();
            let metadata = info.metadata.into_iter().collect();
            (
                status.code(),
                ErrorInfo {
                    reason: info.reason,
                    domain: info.domain,
                    metadata,
                },
            )
        }
        Ok(conversion) => failure(&conversion),
    }
}

/// What a conversion failed of.
fn failure(conversion: &Conversion) -> (Code, ErrorInfo) {
    assert_eq!(conversion.state(), ConversionState::Failed);
    let error = conversion.error.clone().unwrap();
    let info = error
        .details
        .iter()
        .find(|any| any.type_url.ends_with("google.rpc.ErrorInfo"))
        .unwrap();
    (
        Code::from(error.code),
        ErrorInfo::decode(info.value.as_slice()).unwrap(),
    )
}

#[tokio::test]
async fn a_lead_that_is_closed_is_refused_with_the_reason() {
    let system = System::start().await;
    let api = system.api();
    let (won, lost, archived) = (
        api.create(lead_of("Ann Lee")).await.id,
        api.create(lead_of("Bo Berg")).await.id,
        api.create(lead_of("Cy Cole")).await.id,
    );
    api.leads()
        .mark_lead_won(MarkLeadWonRequest { id: won.clone() })
        .await
        .unwrap();
    let lose = MarkLeadLostRequest {
        id: lost.clone(),
        lost_reason: "too dear".into(),
        ..Default::default()
    };
    api.leads().mark_lead_lost(lose).await.unwrap();
    api.leads()
        .archive_lead(ArchiveLeadRequest { id: archived.clone() })
        .await
        .unwrap();
    for (lead, reason) in [(&won, "LEAD_WON"), (&lost, "LEAD_LOST"), (&archived, "LEAD_ARCHIVED")] {
        let status = api.convert(convert_and_wait(lead)).await.unwrap_err();
        let details = status.get_error_details();
        let failed = details.precondition_failure().unwrap().violations[0].clone();
        assert_eq!((failed.r#type.as_str(), &failed.subject), (reason, lead));
        assert_eq!(
            refusal(Err::<(), Status>(status)),
            expected(Code::FailedPrecondition, reason)
        );
    }
    api.leads()
        .restore_lead(RestoreLeadRequest { id: lost.clone() })
        .await
        .unwrap();
    api.converted(&lost).await;
}

#[tokio::test]
async fn a_lead_that_was_converted_names_the_opportunity() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await.id;
    api.converted(&lead).await;
    let status = api.convert(convert_and_wait(&lead)).await.unwrap_err();
    assert_eq!(metadata(&status, "opportunity_id"), lead);
    assert_eq!(
        refusal(Err::<(), Status>(status)),
        expected(Code::FailedPrecondition, "LEAD_ALREADY_CONVERTED")
    );
}

#[tokio::test]
async fn ids_that_are_nobodys_are_not_found_by_kind() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await.id;
    let id = new_id_text();
    let salesperson = ConvertLeadRequest {
        salesperson_id: id.clone(),
        ..convert_and_wait(&lead)
    };
    let team = ConvertLeadRequest {
        team_id: id.clone(),
        ..convert_and_wait(&lead)
    };
    for (request, reason) in [
        (convert_and_wait(&id), "LEAD_NOT_FOUND"),
        (salesperson, "SALESPERSON_NOT_FOUND"),
        (team, "TEAM_NOT_FOUND"),
    ] {
        let status = api.convert(request).await.unwrap_err();
        let details = status.get_error_details();
        assert_eq!(details.resource_info().unwrap().resource_name, id, "{reason}");
        assert_eq!(refusal(Err::<(), Status>(status)), expected(Code::NotFound, reason));
    }
    let request = GetLeadRequest {
        id,
        ..GetLeadRequest::default()
    };
    assert_eq!(
        refusal(api.leads().get_lead(request).await),
        expected(Code::NotFound, "LEAD_NOT_FOUND")
    );
    let given = [
        (
            Lead {
                stage_id: new_id_text(),
                ..lead_of("Bo Berg")
            },
            "STAGE_NOT_FOUND",
        ),
        (
            Lead {
                team_id: new_id_text(),
                ..lead_of("Bo Berg")
            },
            "TEAM_NOT_FOUND",
        ),
        (
            Lead {
                salesperson_id: new_id_text(),
                ..lead_of("Bo Berg")
            },
            "SALESPERSON_NOT_FOUND",
        ),
        (
            Lead {
                customer_id: new_id_text(),
                ..lead_of("Bo Berg")
            },
            "CUSTOMER_NOT_FOUND",
        ),
    ];
    for (lead, reason) in given {
        assert_eq!(refusal(api.try_create(lead).await), expected(Code::NotFound, reason));
    }
}

#[tokio::test]
async fn a_stale_etag_and_a_changed_plan_are_refused() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await;
    let preview = ConvertLeadRequest {
        validate_only: true,
        ..convert_and_wait(&lead.id)
    };
    let digest = api.convert(preview).await.unwrap().plan.unwrap().digest;
    let change = Lead {
        id: lead.id.clone(),
        company_name: "Lee & Co".into(),
        ..Lead::default()
    };
    let update = UpdateLeadRequest {
        lead: Some(change),
        update_mask: None,
    };
    let changed = api
        .leads()
        .update_lead(update)
        .await
        .unwrap()
        .into_inner()
        .lead
        .unwrap();

    let stale = ConvertLeadRequest {
        etag: lead.etag.clone(),
        ..convert_and_wait(&lead.id)
    };
    assert_eq!(
        refusal(api.convert(stale).await),
        expected(Code::Aborted, "ETAG_MISMATCH")
    );
    let planned = ConvertLeadRequest {
        expected_plan_digest: digest,
        ..convert_and_wait(&lead.id)
    };
    let (code, info) = refused(&api, planned).await;
    assert_eq!((code, info.reason.as_str()), (Code::Aborted, "PLAN_CHANGED"));
    assert_eq!(api.lead(&lead.id).await, changed, "nothing was done");

    let request = Lead {
        id: lead.id.clone(),
        title: "x".into(),
        etag: lead.etag,
        ..Lead::default()
    };
    let update = UpdateLeadRequest {
        lead: Some(request),
        update_mask: None,
    };
    assert_eq!(
        refusal(api.leads().update_lead(update).await),
        expected(Code::Aborted, "ETAG_MISMATCH")
    );
    let fresh = ConvertLeadRequest {
        etag: changed.etag,
        ..convert_and_wait(&lead.id)
    };
    assert_eq!(api.convert(fresh).await.unwrap().state(), ConversionState::Succeeded);
}

#[tokio::test]
async fn duplicates_are_named_and_nothing_happens() {
    let system = System::start().await;
    let api = system.api();
    let (first, second) = (
        api.create(lead_of("Ann Lee")).await,
        api.create(lead_of("Ann Lee")).await,
    );
    let (code, info) = refused(&api, convert_and_wait(&second.id)).await;
    assert_eq!((code, info.reason.as_str()), (Code::AlreadyExists, "DUPLICATES_FOUND"));
    assert!(
        info.metadata.values().any(|value| value.contains(&first.id)),
        "{:?}",
        info.metadata
    );
    assert_eq!(api.lead(&second.id).await, second);
    assert_eq!(api.count_customers().await, 0);
    let preview = ConvertLeadRequest {
        validate_only: true,
        ..convert_and_wait(&second.id)
    };
    let previewed = api.convert(preview).await;
    assert_eq!(
        refusal(previewed),
        expected(Code::AlreadyExists, "DUPLICATES_FOUND"),
        "a preview runs the same checks"
    );
}

#[tokio::test]
async fn what_only_the_worker_knows_ends_on_the_conversion_and_is_told() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await.id;
    let planned = ConvertLeadRequest {
        expected_plan_digest: "0".repeat(64),
        ..convert_and_wait(&lead)
    };
    let Ok(conversion) = api.convert(planned).await else {
        return;
    };
    let (code, info) = failure(&conversion);
    assert_eq!((code, info.reason.as_str()), (Code::Aborted, "PLAN_CHANGED"));
    let event = soon("the failure is told", || async {
        system.heard.about("conversion.failed", &conversion.id)
    })
    .await;
    let body: ConversionFailed = from_json(&event.body.to_string()).unwrap();
    assert_eq!((body.lead_id, body.error), (lead, conversion.error));
}

#[tokio::test]
async fn where_leads_are_switched_off_none_can_be_made_and_those_that_exist_can_be_converted() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await.id;
    let off = UpdateSettingsRequest {
        settings: Some(Settings {
            leads_enabled: false,
            ..Settings::default()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["leads_enabled".into()],
        }),
    };
    api.settings().update_settings(off).await.unwrap();
    let asked = Lead {
        r#type: LeadType::Lead.into(),
        ..lead_of("Bo Berg")
    };
    assert_eq!(
        refusal(api.try_create(asked).await),
        expected(Code::FailedPrecondition, "LEADS_DISABLED")
    );
    assert_eq!(api.create(lead_of("Bo Berg")).await.r#type(), LeadType::Opportunity);
    api.converted(&lead).await;
}

#[tokio::test]
async fn an_external_id_is_one_records_only() {
    let system = System::start().await;
    let api = system.api();
    let with_id = |name| Lead {
        external_id: "crm-7".into(),
        ..lead_of(name)
    };
    api.create(with_id("Ann Lee")).await;
    let taken = expected(Code::AlreadyExists, "EXTERNAL_ID_TAKEN");
    assert_eq!(refusal(api.try_create(with_id("Bo Berg")).await), taken);
    let other = api.create(lead_of("Cy Cole")).await;
    let change = Lead {
        id: other.id,
        external_id: "crm-7".into(),
        ..Lead::default()
    };
    let update = UpdateLeadRequest {
        lead: Some(change),
        update_mask: None,
    };
    assert_eq!(refusal(api.leads().update_lead(update).await), taken);
}
