//! Records become one: by name, or as the duplicates that were found (rules 7).

use crate::support::{Api, System, WAIT, convert_and_wait, lead_of, new_id_text, refusal, soon};
use opportune_contract::v1::{
    Conversion, ConversionMode, ConversionState, ConvertLeadRequest, DuplicatePolicy, Lead, LeadStatus, LeadType,
    MergeLeadsRequest,
};

fn merge(leads: &[&Lead]) -> MergeLeadsRequest {
    MergeLeadsRequest {
        lead_ids: leads.iter().map(|lead| lead.id.clone()).collect(),
        wait: WAIT,
        ..MergeLeadsRequest::default()
    }
}

async fn merged(api: &Api, request: MergeLeadsRequest) -> Conversion {
    let answer = api.conversions().merge_leads(request).await.unwrap();
    let conversion = answer.into_inner().conversion.unwrap();
    assert_eq!(conversion.state(), ConversionState::Succeeded, "{:?}", conversion.error);
    conversion
}

#[tokio::test]
async fn merged_records_are_one_and_every_id_still_answers() {
    let system = System::start().await;
    let api = system.api();
    let first = api.create(lead_of("Ann Lee")).await;
    let second = api
        .create(Lead {
            phone: "+31 20 624 1111".into(),
            external_id: "crm-2".into(),
            ..lead_of("Anna Lee")
        })
        .await;
    let conversion = merged(&api, merge(&[&second, &first])).await;
    let plan = conversion.plan.unwrap();
    assert_eq!(
        (plan.survivor_id.as_str(), plan.resulting_type()),
        (&*first.id, LeadType::Lead)
    );
    assert!(
        plan.customer.is_none(),
        "a merge alone has no customer step (rules 7.9)"
    );
    assert!(plan.not_carried.iter().any(|left| left.value == second.email));

    let survivor = api.lead(&first.id).await;
    assert_eq!(
        (survivor.phone.as_str(), survivor.external_id.as_str()),
        ("+31 20 624 1111", "crm-2")
    );
    assert_eq!(
        (survivor.email.as_str(), survivor.r#type()),
        (first.email.as_str(), LeadType::Lead)
    );
    assert_eq!(survivor.merged_lead_ids, [second.id.as_str()]);
    let tombstone = api.lead(&second.id).await;
    assert_eq!(
        (tombstone.status(), tombstone.survivor_id.as_str()),
        (LeadStatus::Merged, &*first.id)
    );
    assert_eq!(tombstone.email, second.email, "a tombstone keeps what it had");
    assert_eq!(api.all_leads(Default::default()).await.len(), 1);

    let told = soon("the events come", || async {
        system.heard.about("lead.merged", &second.id)
    })
    .await;
    assert_eq!(told.body["survivorId"], first.id.as_str());
    soon("the survivor's event comes", || async {
        system.heard.about("lead.updated", &first.id)
    })
    .await;
    assert!(system.heard.of("opportunity.created").is_empty());
}

#[tokio::test]
async fn an_import_under_the_name_of_an_absorbed_record_fills_what_its_survivor_lacks() {
    let system = System::start().await;
    let api = system.api();
    let first = api
        .create(Lead {
            external_id: "crm-1".into(),
            ..lead_of("Ann Lee")
        })
        .await;
    let second = api
        .create(Lead {
            external_id: "crm-2".into(),
            ..lead_of("Anna Lee")
        })
        .await;
    merged(&api, merge(&[&first, &second])).await;
    let row = Lead {
        external_id: "crm-2".into(),
        title: "Another title".into(),
        job_title: "Buyer".into(),
        ..Lead::default()
    };
    let imported = api.import(vec![row]).await;
    assert_eq!(
        (imported.created_count, imported.updated_count, imported.rejected_count),
        (0, 1, 0)
    );
    let survivor = api.lead(&first.id).await;
    assert_eq!(
        (survivor.title.as_str(), survivor.job_title.as_str()),
        (first.title.as_str(), "Buyer")
    );
    assert_eq!(survivor.external_id, "crm-1");
    let taken = api
        .try_create(Lead {
            external_id: "crm-2".into(),
            ..lead_of("Bob Ray")
        })
        .await;
    assert_eq!(refusal(taken).1, "EXTERNAL_ID_TAKEN");
}

#[tokio::test]
async fn what_was_previewed_is_what_is_merged_and_converted() {
    let system = System::start().await;
    let api = system.api();
    let first = api.create(lead_of("Ann Lee")).await;
    let second = api
        .create(Lead {
            job_title: "Buyer".into(),
            ..lead_of("Ann Lee")
        })
        .await;
    let asked = ConvertLeadRequest {
        mode: ConversionMode::Merge.into(),
        ..convert_and_wait(&second.id)
    };
    let preview = ConvertLeadRequest {
        validate_only: true,
        ..asked.clone()
    };
    let planned = api.convert(preview).await.unwrap().plan.unwrap();
    assert_eq!(planned.merged_lead_ids, [second.id.as_str()]);
    assert_eq!(api.lead(&second.id).await, second, "a preview changes nothing");
    let expecting = ConvertLeadRequest {
        expected_plan_digest: planned.digest.clone(),
        ..asked
    };
    let conversion = api.convert(expecting).await.unwrap();
    assert_eq!(conversion.state(), ConversionState::Succeeded, "{:?}", conversion.error);
    assert_eq!(conversion.plan.unwrap().digest, planned.digest);
    let opportunity = api.lead(&first.id).await;
    assert_eq!(
        (opportunity.r#type(), opportunity.job_title.as_str()),
        (LeadType::Opportunity, "Buyer")
    );
    assert!(!opportunity.customer_id.is_empty());
    let event = soon("the event comes", || async {
        system.heard.about("opportunity.created", &first.id)
    })
    .await;
    assert_eq!(event.body["mergedLeadIds"], serde_json::json!([second.id]));
    assert_eq!(event.body["sourceLeadId"], second.id.as_str());
}

#[tokio::test]
async fn a_merge_that_is_repeated_with_its_request_id_happens_once() {
    let system = System::start().await;
    let api = system.api();
    let leads = [
        api.create(lead_of("Ann Lee")).await,
        api.create(lead_of("Bob Ray")).await,
    ];
    let request = MergeLeadsRequest {
        request_id: new_id_text(),
        ..merge(&[&leads[0], &leads[1]])
    };
    let once = merged(&api, request.clone()).await;
    assert_eq!(merged(&api, request.clone()).await.id, once.id);
    let other = MergeLeadsRequest {
        lead_ids: vec![leads[1].id.clone(), leads[0].id.clone()],
        ..request
    };
    assert_eq!(
        refusal(api.conversions().merge_leads(other).await).1,
        "REQUEST_ID_REUSED"
    );
}

#[tokio::test]
async fn what_cannot_be_merged_is_refused_at_the_call() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await;
    let unknown = Lead {
        id: new_id_text(),
        ..Lead::default()
    };
    let cases = [
        (merge(&[]), "NOTHING_TO_MERGE"),
        (merge(&[&lead, &lead]), "NOTHING_TO_MERGE"),
        (merge(&[&lead, &unknown]), "LEAD_NOT_FOUND"),
    ];
    for (request, reason) in cases {
        assert_eq!(refusal(api.conversions().merge_leads(request).await).1, reason);
    }
    let many = MergeLeadsRequest {
        lead_ids: (0..101).map(|_| new_id_text()).collect(),
        ..MergeLeadsRequest::default()
    };
    assert_eq!(
        refusal(api.conversions().merge_leads(many).await).1,
        "TOO_MANY_MERGE_SOURCES"
    );
    assert_eq!(api.lead(&lead.id).await, lead);
}

#[tokio::test]
async fn merges_that_meet_in_one_micro_batch_end_as_one_record() {
    let system = System::start().await;
    let api = system.api();
    let mut leads = Vec::new();
    for _ in 0..12 {
        leads.push(api.create(lead_of("Ann Lee")).await);
    }
    let asks = leads.iter().map(|lead| ConvertLeadRequest {
        on_duplicates: DuplicatePolicy::Merge.into(),
        ..convert_and_wait(&lead.id)
    });
    let answers = futures_util::future::join_all(asks.map(|ask| api.convert(ask))).await;
    let succeeded = answers
        .iter()
        .flatten()
        .filter(|one| one.state() == ConversionState::Succeeded);
    assert!(succeeded.count() >= 1);
    let survivor = api.lead(&leads[0].id).await;
    assert_eq!(
        (survivor.r#type(), survivor.status()),
        (LeadType::Opportunity, LeadStatus::Open)
    );
    assert_eq!(survivor.merged_lead_ids.len(), leads.len() - 1);
    assert_eq!(api.all_leads(Default::default()).await.len(), 1);
}
