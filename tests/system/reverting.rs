//! A conversion is taken back completely, or not at all (rules 10).

use crate::support::{Api, System, convert_and_wait, lead_of, metadata, new_id_text, refusal, soon};
use opportune_contract::v1::{
    Conversion, ConversionMode, ConversionState, ConvertLeadRequest, GetCustomerRequest, Lead, LeadStatus, LeadType,
    MarkLeadLostRequest, RevertConversionRequest, RevertConversionResponse,
};
use tonic::{Code, Status};

async fn try_revert(api: &Api, id: &str, validate_only: bool) -> Result<RevertConversionResponse, Status> {
    let request = RevertConversionRequest {
        id: id.to_owned(),
        validate_only,
        ..RevertConversionRequest::default()
    };
    Ok(api.conversions().revert_conversion(request).await?.into_inner())
}

async fn reverted(api: &Api, id: &str) -> RevertConversionResponse {
    try_revert(api, id, false).await.unwrap()
}

fn company_lead() -> Lead {
    Lead {
        company_name: "Tulip Tools".into(),
        ..lead_of("Ann Lee")
    }
}

/// But for what moves on with every change.
fn settled(lead: Lead) -> Lead {
    Lead {
        etag: String::new(),
        update_time: None,
        ..lead
    }
}

async fn merged(api: &Api, lead: &Lead) -> Conversion {
    let asked = ConvertLeadRequest {
        mode: ConversionMode::Merge.into(),
        ..convert_and_wait(&lead.id)
    };
    let conversion = api.convert(asked).await.unwrap();
    assert_eq!(conversion.state(), ConversionState::Succeeded, "{:?}", conversion.error);
    conversion
}

#[tokio::test]
async fn a_reverted_conversion_leaves_nothing_behind_and_can_be_repeated() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(company_lead()).await;
    let conversion = api.converted(&lead.id).await;

    let preview = try_revert(&api, &conversion.id, true).await.unwrap();
    assert_eq!(preview.removed_customer_ids.len(), 2);
    assert_eq!(
        api.lead(&lead.id).await.r#type(),
        LeadType::Opportunity,
        "a preview changes nothing"
    );

    let answer = reverted(&api, &conversion.id).await;
    assert_eq!(answer.conversion.as_ref().unwrap().state(), ConversionState::Reverted);
    assert_eq!(answer.removed_customer_ids, preview.removed_customer_ids);
    assert_eq!(settled(api.lead(&lead.id).await), settled(lead.clone()));
    assert_eq!(api.count_customers().await, 0);
    let gone = GetCustomerRequest {
        id: answer.removed_customer_ids[0].clone(),
    };
    assert_eq!(
        refusal(api.customers().get_customer(gone).await).1,
        "CUSTOMER_NOT_FOUND"
    );
    assert_eq!(reverted(&api, &conversion.id).await, answer, "twice is once");

    for kind in ["opportunity.reverted", "conversion.reverted", "customer.removed"] {
        let subject = match kind {
            "opportunity.reverted" => &lead.id,
            "conversion.reverted" => &conversion.id,
            _ => &answer.removed_customer_ids[0],
        };
        soon(kind, || async { system.heard.about(kind, subject) }).await;
    }
    let again = api.converted(&lead.id).await;
    assert_ne!(again.id, conversion.id);
    assert_eq!(api.count_customers().await, 2);
}

#[tokio::test]
async fn a_reverted_merge_gives_every_record_back() {
    let system = System::start().await;
    let api = system.api();
    let first = api.create(lead_of("Ann Lee")).await;
    let second = api
        .create(Lead {
            external_id: "crm-2".into(),
            job_title: "Buyer".into(),
            ..lead_of("Ann Lee")
        })
        .await;
    let conversion = merged(&api, &second).await;
    assert_eq!(api.lead(&first.id).await.external_id, "crm-2");
    reverted(&api, &conversion.id).await;
    assert_eq!(settled(api.lead(&first.id).await), settled(first.clone()));
    assert_eq!(settled(api.lead(&second.id).await), settled(second.clone()));
    let back = soon("the event comes", || async {
        system.heard.about("lead.unmerged", &second.id)
    })
    .await;
    assert_eq!(back.body["survivorId"], first.id.as_str());
    assert_eq!(
        merged(&api, &first).await.result.unwrap().merged_lead_ids,
        [second.id.as_str()]
    );
}

#[tokio::test]
async fn a_customer_that_another_record_refers_to_stays() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(company_lead()).await;
    let conversion = api.converted(&lead.id).await;
    let customer_id = conversion.result.as_ref().unwrap().customer_id.clone();
    let other = api
        .create(Lead {
            customer_id: customer_id.clone(),
            ..lead_of("Bob Ray")
        })
        .await;
    let answer = reverted(&api, &conversion.id).await;
    assert_eq!(
        (answer.removed_customer_ids.len(), answer.kept_customer_ids.len()),
        (0, 2)
    );
    assert_eq!(api.lead(&other.id).await.customer_id, customer_id);
    assert_eq!(api.lead(&lead.id).await.customer_id, "");
}

#[tokio::test]
async fn what_happened_since_is_never_overwritten() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await;
    let conversion = api.converted(&lead.id).await;
    let lost = MarkLeadLostRequest {
        id: lead.id.clone(),
        lost_reason: "too dear".into(),
        ..MarkLeadLostRequest::default()
    };
    api.leads().mark_lead_lost(lost).await.unwrap();
    let before = api.lead(&lead.id).await;
    let refused = try_revert(&api, &conversion.id, false).await.unwrap_err();
    assert_eq!(
        (metadata(&refused, "lead_id"), metadata(&refused, "fields")),
        (lead.id.clone(), "status".to_owned())
    );
    assert_eq!(
        refusal::<()>(Err(refused)),
        (Code::FailedPrecondition, "REVERT_CONFLICT".to_owned())
    );
    assert_eq!(api.lead(&lead.id).await, before);
    assert_eq!(
        (before.status(), before.r#type()),
        (LeadStatus::Lost, LeadType::Opportunity)
    );
}

#[tokio::test]
async fn only_a_conversion_that_has_succeeded_can_be_taken_back() {
    let system = System::start().await;
    let api = system.api();
    let unknown = try_revert(&api, &new_id_text(), false).await;
    assert_eq!(refusal(unknown), (Code::NotFound, "CONVERSION_NOT_FOUND".to_owned()));
    api.create(lead_of("Ann Lee")).await;
    let second = api.create(lead_of("Ann Lee")).await;
    let failed = api.convert(convert_and_wait(&second.id)).await.unwrap();
    assert_eq!(failed.state(), ConversionState::Failed);
    let refused = try_revert(&api, &failed.id, false).await;
    assert_eq!(
        refusal(refused),
        (Code::FailedPrecondition, "CONVERSION_STATE_INVALID".to_owned())
    );
}
