//! Many conversions at once (rules 8.1): items, counts, turns, what is refused.

use crate::support::{
    Api, System, batch_of, expected, fields, item_override, lead_of, new_id_text, on_duplicates, reason, refusal, soon,
};
use futures_util::future::join_all;
use opportune_contract::v1::{
    BatchConvertLeadsRequest, BatchState, CancelBatchRequest, ConversionState, ConvertInstruction, DuplicatePolicy,
    GetBatchRequest, Lead, LeadFilter, LeadType, MarkLeadLostRequest, RestoreLeadRequest, WatchBatchRequest,
    convert_instruction::Customer,
};
use std::collections::BTreeSet;
use tonic::Code;

pub async fn people(api: &Api, count: usize) -> Vec<String> {
    let leads = (0..count).map(|number| lead_of(&format!("Person {number}"))).collect();
    api.import(leads).await;
    let leads = api.all_leads(LeadFilter::default()).await;
    leads.into_iter().map(|lead| lead.id).collect()
}

pub async fn lose(api: &Api, id: &str) {
    let request = MarkLeadLostRequest {
        id: id.to_owned(),
        ..MarkLeadLostRequest::default()
    };
    api.leads().mark_lead_lost(request).await.unwrap();
}

pub async fn restore(api: &Api, id: &str) {
    let request = RestoreLeadRequest { id: id.to_owned() };
    api.leads().restore_lead(request).await.unwrap();
}

#[tokio::test]
async fn each_lead_is_an_item_with_an_end_of_its_own() {
    let system = System::start().await;
    let api = system.api();
    let leads = people(&api, 4).await;
    lose(&api, &leads[2]).await;
    let unknown = new_id_text();
    let mut ids = leads.clone();
    ids.insert(1, unknown.clone());
    ids.push(leads[0].clone());
    let batch = api.batch(batch_of(&ids)).await;
    assert_eq!(batch.state(), BatchState::Finished);
    assert_eq!(
        (
            batch.total_count,
            batch.queued_count,
            batch.succeeded_count,
            batch.failed_count
        ),
        (5, 0, 3, 2),
        "a lead that is listed twice is one item"
    );
    assert!(batch.end_time.is_some());
    let items = api.items(&batch.id).await;
    assert_eq!(items.len(), 5);
    for lead in [&leads[0], &leads[1], &leads[3]] {
        let item = &items[lead];
        assert_eq!(item.state(), ConversionState::Succeeded, "{item:?}");
        assert_eq!(item.batch_id, batch.id);
        assert_eq!(&item.result.as_ref().unwrap().opportunity_id, lead);
    }
    assert_eq!(reason(&items[&unknown]), "LEAD_NOT_FOUND");
    assert_eq!(reason(&items[&leads[2]]), "LEAD_LOST");
    soon("each end has its event", || async {
        let converted = system.heard.of("opportunity.created").len() == 3;
        let failed = system.heard.of("conversion.failed");
        let named = failed.iter().all(|event| event.body["batchId"] == batch.id.as_str());
        (converted && failed.len() == 2 && named).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_the_instruction_is_refused_at_the_call() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await.id;
    let person = api.create_salesperson("Bo Berg").await.id;
    let before = system.site.count_rows().await;
    let instruction = |instruction| BatchConvertLeadsRequest {
        instruction: Some(instruction),
        ..batch_of(&[&lead])
    };
    let plain = ConvertInstruction::default();
    for (request, answer) in [
        (
            BatchConvertLeadsRequest::default(),
            (Code::InvalidArgument, "FIELD_INVALID"),
        ),
        (
            BatchConvertLeadsRequest {
                filter: Some(LeadFilter::default()),
                ..batch_of(&[&lead])
            },
            (Code::InvalidArgument, "FIELD_INVALID"),
        ),
        (
            instruction(ConvertInstruction {
                salesperson_id: new_id_text(),
                ..plain.clone()
            }),
            (Code::NotFound, "SALESPERSON_NOT_FOUND"),
        ),
        (
            BatchConvertLeadsRequest {
                salesperson_ids: vec![person.clone(), new_id_text()],
                ..batch_of(&[&lead])
            },
            (Code::NotFound, "SALESPERSON_NOT_FOUND"),
        ),
        (
            BatchConvertLeadsRequest {
                salesperson_ids: vec![person.clone()],
                ..instruction(ConvertInstruction {
                    salesperson_id: person.clone(),
                    ..plain.clone()
                })
            },
            (Code::InvalidArgument, "FIELD_INVALID"),
        ),
        (
            instruction(ConvertInstruction {
                team_id: new_id_text(),
                ..plain.clone()
            }),
            (Code::NotFound, "TEAM_NOT_FOUND"),
        ),
        (
            instruction(ConvertInstruction {
                customer: Some(Customer::LinkCustomerId(new_id_text())),
                ..plain.clone()
            }),
            (Code::NotFound, "CUSTOMER_NOT_FOUND"),
        ),
        (
            BatchConvertLeadsRequest {
                overrides: vec![item_override(&new_id_text(), plain.clone())],
                ..batch_of(&[&lead])
            },
            (Code::InvalidArgument, "FIELD_INVALID"),
        ),
    ] {
        let what = format!("{request:?}");
        assert_eq!(
            refusal(api.try_batch(request).await),
            expected(answer.0, answer.1),
            "{what}"
        );
    }
    assert_eq!(system.site.count_rows().await, before, "nothing was written");
    let missing = expected(Code::NotFound, "BATCH_NOT_FOUND");
    let mut conversions = api.conversions();
    assert_eq!(
        refusal(conversions.get_batch(GetBatchRequest { id: new_id_text() }).await),
        missing
    );
    assert_eq!(
        refusal(conversions.cancel_batch(CancelBatchRequest { id: new_id_text() }).await),
        missing
    );
    assert_eq!(refusal(api.retry_batch(&new_id_text(), "").await), missing);
    let watch = |id: String, after_sequence| WatchBatchRequest { id, after_sequence };
    assert_eq!(refusal(conversions.watch_batch(watch(new_id_text(), 0)).await), missing);
    let wrong = conversions.watch_batch(watch(new_id_text(), -1)).await.unwrap_err();
    assert_eq!(fields(&wrong), ["after_sequence"]);
}

#[tokio::test]
async fn a_filter_means_what_it_lets_through_at_the_call_and_a_preview_only_counts() {
    let system = System::start().await;
    let api = system.api();
    let team = api.create_team("North").await.id;
    let of_team = |name: &str| Lead {
        team_id: team.clone(),
        ..lead_of(name)
    };
    let first = api.create(of_team("Ann Lee")).await.id;
    let second = api.create(of_team("Bo Berg")).await.id;
    let opportunity = Lead {
        r#type: LeadType::Opportunity.into(),
        ..of_team("Cy Cole")
    };
    let opportunity = api.create(opportunity).await.id;
    api.create(lead_of("Di Dahl")).await;
    let request = BatchConvertLeadsRequest {
        filter: Some(LeadFilter {
            team_id: team,
            ..LeadFilter::default()
        }),
        request_id: new_id_text(),
        ..BatchConvertLeadsRequest::default()
    };
    let before = system.site.count_rows().await;
    let preview = BatchConvertLeadsRequest {
        validate_only: true,
        ..request.clone()
    };
    let preview = api.try_batch(preview).await.unwrap();
    assert_eq!((preview.id.as_str(), preview.state()), ("", BatchState::Unspecified));
    assert_eq!(
        (preview.total_count, preview.queued_count, preview.failed_count),
        (3, 2, 1)
    );
    assert_eq!(system.site.count_rows().await, before, "a preview writes nothing");
    let batch = api.batch(request.clone()).await;
    assert_eq!(
        (batch.total_count, batch.succeeded_count, batch.failed_count),
        (3, 2, 1)
    );
    let items = api.items(&batch.id).await;
    assert_eq!(reason(&items[&opportunity]), "LEAD_ALREADY_CONVERTED");
    assert!(items.contains_key(&first) && items.contains_key(&second));
    api.create(of_team_again(&api.lead(&first).await)).await;
    assert_eq!(
        api.try_batch(request).await.unwrap().id,
        batch.id,
        "asked again it is the same batch"
    );
    let nothing = BatchConvertLeadsRequest {
        filter: Some(LeadFilter {
            external_id: "nobody's".into(),
            ..LeadFilter::default()
        }),
        ..BatchConvertLeadsRequest::default()
    };
    let empty = api.batch(nothing).await;
    assert_eq!((empty.total_count, empty.state()), (0, BatchState::Finished));
}

/// Another lead of the same team.
fn of_team_again(lead: &Lead) -> Lead {
    Lead {
        team_id: lead.team_id.clone(),
        ..lead_of("Ed Eek")
    }
}

#[tokio::test]
async fn salespeople_take_turns_over_the_records_that_are_to_be_assigned() {
    let system = System::start().await;
    let api = system.api();
    let mut pool = Vec::new();
    for name in ["Ann Lee", "Bo Berg", "Cy Cole"] {
        pool.push(api.create_salesperson(name).await.id);
    }
    let other = api.create_salesperson("Di Dahl").await.id;
    let mut leads = people(&api, 6).await;
    let assigned = api
        .create(Lead {
            salesperson_id: other.clone(),
            ..lead_of("Ed Eek")
        })
        .await
        .id;
    lose(&api, &leads[4]).await;
    leads.insert(1, assigned.clone());
    leads.reverse();
    let special = leads[0].clone();
    let request = BatchConvertLeadsRequest {
        salesperson_ids: pool.clone(),
        overrides: vec![item_override(
            &special,
            ConvertInstruction {
                salesperson_id: other.clone(),
                ..ConvertInstruction::default()
            },
        )],
        ..batch_of(&leads)
    };
    let batch = api.batch(request).await;
    assert_eq!((batch.succeeded_count, batch.failed_count), (6, 1));
    // In the order of the request: the override, the lost one, then those who take turns, the assigned one between them.
    let mut owners = Vec::new();
    for lead in &leads {
        owners.push(api.lead(lead).await.salesperson_id);
    }
    let nobody = String::new();
    assert_eq!(
        owners,
        [&other, &nobody, &pool[0], &pool[1], &pool[2], &other, &pool[0]].map(Clone::clone)
    );
    let lost = &leads[1];
    restore(&api, lost).await;
    api.retry_batch(&batch.id, "").await.unwrap();
    assert_eq!(api.over(&batch.id).await.succeeded_count, 7);
    assert_eq!(
        api.lead(lost).await.salesperson_id,
        "",
        "a retry decides nothing anew (rules 6.4)"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_calls_with_one_request_id_are_one_batch() {
    let system = System::start().await;
    let api = system.api();
    let leads = people(&api, 30).await;
    let request = BatchConvertLeadsRequest {
        request_id: new_id_text(),
        ..batch_of(&leads)
    };
    let calls = (0..20).map(|_| {
        let (api, request) = (api.clone(), request.clone());
        tokio::spawn(async move { api.try_batch(request).await.unwrap().id })
    });
    let ids: BTreeSet<String> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let batch = api.over(ids.first().unwrap()).await;
    assert_eq!((batch.total_count, batch.succeeded_count), (30, 30));
    assert_eq!(api.count_conversions(ConversionState::Unspecified).await.unwrap(), 30);
    let other = BatchConvertLeadsRequest {
        instruction: on_duplicates(DuplicatePolicy::Ignore),
        ..request
    };
    assert_eq!(
        refusal(api.try_batch(other).await),
        expected(Code::InvalidArgument, "REQUEST_ID_REUSED")
    );
}

#[tokio::test]
async fn another_salesperson_sees_no_batch_of_his_colleague() {
    let system = System::start().await;
    let api = system.api();
    let (ann, bob) = (new_id_text(), new_id_text());
    let own = |actor: &str| api.with("x-role", "salesperson_own").with("x-actor", actor);
    let lead = api.create(lead_of("Ann Lee")).await.id;
    let batch = own(&ann).batch(batch_of(&[&lead])).await;
    let get = GetBatchRequest { id: batch.id.clone() };
    let denied = expected(Code::PermissionDenied, "PERMISSION_DENIED");
    assert_eq!(refusal(own(&bob).conversions().get_batch(get.clone()).await), denied);
    assert_eq!(refusal(own(&bob).retry_batch(&batch.id, "").await), denied);
    assert!(api.conversions().get_batch(get).await.is_ok());
    let operator = api.with("x-role", "operator");
    assert_eq!(refusal(operator.try_batch(batch_of(&[&lead])).await), denied);
}
