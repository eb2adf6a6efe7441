//! Asking twice does it once.

use crate::support::{Api, System, convert_and_wait, expected, lead_of, metadata, new_id_text, refusal, soon};
use futures_util::future::join_all;
use opportune_contract::v1::{
    Conversion, ConversionState, ConvertLeadRequest, CreateLeadRequest, DuplicatePolicy, Lead, LeadFilter,
};
use std::collections::BTreeSet;
use tonic::{Code, Status};

fn keyed(lead: &str, request_id: &str) -> ConvertLeadRequest {
    ConvertLeadRequest {
        request_id: request_id.to_owned(),
        ..convert_and_wait(lead)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_calls_with_one_request_id_are_one_conversion() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await.id;
    let request = keyed(&lead, &new_id_text());
    let calls = (0..200).map(|_| {
        let (api, request) = (api.clone(), request.clone());
        tokio::spawn(async move { api.convert(request).await.unwrap() })
    });
    let answers: Vec<Conversion> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    let ids: BTreeSet<_> = answers.iter().map(|conversion| &conversion.id).collect();
    assert_eq!(ids.len(), 1);
    assert!(
        answers
            .iter()
            .all(|conversion| conversion.state() == ConversionState::Succeeded)
    );
    assert_eq!(api.count_conversions(ConversionState::Unspecified).await.unwrap(), 1);

    let again = api.convert(request).await.unwrap();
    assert_eq!(&again, &answers[0], "and later it is the same answer");
    soon("the event comes", || async {
        system.heard.about("opportunity.created", &lead)
    })
    .await;
    // Behind everything that could still come: events of a lead that was made afterwards.
    let last = api.create(lead_of("Bo Berg")).await.id;
    soon("later events come", || async {
        system.heard.about("lead.created", &last)
    })
    .await;
    assert_eq!(system.heard.ids_by_subject("opportunity.created")[&lead].len(), 1);
}

#[tokio::test]
async fn another_payload_under_the_same_request_id_is_refused() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await.id;
    let other = api.create(lead_of("Bo Berg")).await.id;
    let request_id = new_id_text();
    api.convert(keyed(&lead, &request_id)).await.unwrap();
    let reused = expected(Code::InvalidArgument, "REQUEST_ID_REUSED");
    for request in [
        keyed(&other, &request_id),
        ConvertLeadRequest {
            force_assignment: true,
            ..keyed(&lead, &request_id)
        },
    ] {
        let status = api.convert(request).await.unwrap_err();
        assert_eq!(metadata(&status, "request_id"), request_id);
        assert_eq!(refusal(Err::<(), Status>(status)), reused);
    }
    let create = CreateLeadRequest {
        lead: Some(lead_of("Cy Cole")),
        request_id: request_id.clone(),
    };
    assert_eq!(
        refusal(api.leads().create_lead(create).await),
        reused,
        "nor can another rpc use it"
    );
    let later = ConvertLeadRequest {
        wait: None,
        ..keyed(&lead, &request_id)
    };
    assert_eq!(
        api.convert(later).await.unwrap().lead_id,
        lead,
        "how long to wait is not part of it"
    );
}

#[tokio::test]
async fn a_refused_call_and_a_preview_do_not_use_the_request_id_up() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await;
    let request_id = new_id_text();
    let preview = ConvertLeadRequest {
        validate_only: true,
        ..keyed(&lead.id, &request_id)
    };
    assert_eq!(api.convert(preview).await.unwrap().id, "");
    let stale = ConvertLeadRequest {
        etag: "stale".into(),
        ..keyed(&lead.id, &request_id)
    };
    assert_eq!(
        refusal(api.convert(stale).await),
        expected(Code::Aborted, "ETAG_MISMATCH")
    );
    assert_eq!(
        api.convert(keyed(&lead.id, &request_id)).await.unwrap().state(),
        ConversionState::Succeeded
    );
}

#[tokio::test]
async fn a_lead_that_is_created_twice_under_one_request_id_is_one_lead() {
    let system = System::start().await;
    let api = system.api();
    let request = CreateLeadRequest {
        lead: Some(lead_of("Ann Lee")),
        request_id: new_id_text(),
    };
    let calls = (0..20).map(|_| create(&api, request.clone()));
    let leads: BTreeSet<String> = join_all(calls).await.into_iter().map(|lead| lead.id).collect();
    assert_eq!(leads.len(), 1);
    assert_eq!(api.all_leads(LeadFilter::default()).await.len(), 1);
}

async fn create(api: &Api, request: CreateLeadRequest) -> Lead {
    api.leads()
        .create_lead(request)
        .await
        .unwrap()
        .into_inner()
        .lead
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_leads_of_one_person_that_are_converted_at_once_have_one_customer() {
    let system = System::start().await;
    let api = system.api();
    let mut leads = Vec::new();
    for number in 0..50 {
        // The same address in different disguises, and no company: one person.
        let email = if number % 2 == 0 {
            "ann@lee.example"
        } else {
            "\"Ann Lee\" <ANN@Lee.Example>"
        };
        leads.push(
            api.create(Lead {
                email: email.into(),
                ..lead_of("Ann Lee")
            })
            .await
            .id,
        );
    }
    let calls = leads.iter().map(|lead| {
        let request = ConvertLeadRequest {
            on_duplicates: DuplicatePolicy::Ignore.into(),
            ..convert_and_wait(lead)
        };
        let api = api.clone();
        tokio::spawn(async move { api.convert(request).await.unwrap() })
    });
    let conversions: Vec<Conversion> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    let customers: BTreeSet<_> = conversions
        .iter()
        .map(|conversion| {
            conversion
                .result
                .as_ref()
                .unwrap_or_else(|| panic!("{conversion:?}"))
                .customer_id
                .clone()
        })
        .collect();
    assert_eq!(customers.len(), 1);
    assert_eq!(api.count_customers().await, 1);
    let created: usize = conversions
        .iter()
        .map(|conversion| conversion.result.as_ref().unwrap().created_customer_ids.len())
        .sum();
    assert_eq!(created, 1, "one conversion says that it made the customer");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_conversions_of_one_lead_at_once_one_is_accepted() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await.id;
    let calls = (0..30).map(|_| {
        let (api, request) = (api.clone(), convert_and_wait(&lead));
        tokio::spawn(async move { api.convert(request).await })
    });
    let answers: Vec<_> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    let (accepted, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(accepted.len(), 1);
    for answer in refused {
        let (_, reason) = refusal(answer);
        assert!(
            ["CONVERSION_IN_PROGRESS", "LEAD_ALREADY_CONVERTED"].contains(&reason.as_str()),
            "{reason}"
        );
    }
}
