//! Reading, listing and following conversions.

use crate::support::{Api, System, convert_and_wait, expected, lead_of, new_id_text, refusal};
use opportune_contract::v1::{
    CancelConversionRequest, Conversion, ConversionState, ConvertLeadRequest, GetConversionRequest,
    ListConversionsRequest, RetryConversionRequest, WatchConversionRequest,
};
use tonic::{Code, Status};

async fn list(api: &Api, request: ListConversionsRequest) -> Vec<Conversion> {
    api.conversions()
        .list_conversions(request)
        .await
        .unwrap()
        .into_inner()
        .conversions
}

/// The states that a follower of a conversion is told, each once.
async fn watched(api: &Api, id: &str) -> Result<Vec<ConversionState>, Status> {
    let request = WatchConversionRequest { id: id.to_owned() };
    let mut changes = api.conversions().watch_conversion(request).await?.into_inner();
    let mut states = Vec::new();
    while let Some(change) = changes.message().await? {
        states.push(change.conversion.unwrap().state());
    }
    Ok(states)
}

#[tokio::test]
async fn conversions_are_listed_newest_first_by_lead_and_by_state() {
    let system = System::start().await;
    let api = system.api();
    let mut done = Vec::new();
    for name in ["Ann Lee", "Bo Berg", "Cy Cole"] {
        let lead = api.create(lead_of(name)).await;
        done.push(api.converted(&lead.id).await);
    }
    done.reverse();
    assert_eq!(list(&api, ListConversionsRequest::default()).await, done);
    let of_lead = ListConversionsRequest {
        lead_id: done[1].lead_id.clone(),
        ..ListConversionsRequest::default()
    };
    assert_eq!(list(&api, of_lead).await, done[1..2]);
    for (state, count) in [(ConversionState::Succeeded, 3), (ConversionState::Failed, 0)] {
        assert_eq!(api.count_conversions(state).await.unwrap(), count, "{state:?}");
    }
    assert_eq!(api.conversion(&done[2].id).await, done[2]);
}

#[tokio::test]
async fn a_follower_hears_of_the_end() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await;
    let request = ConvertLeadRequest {
        lead_id: lead.id,
        ..ConvertLeadRequest::default()
    };
    let accepted = api.convert(request).await.unwrap();
    let states = watched(&api, &accepted.id).await.unwrap();
    assert_eq!(states.last(), Some(&ConversionState::Succeeded), "{states:?}");
    assert_eq!(
        watched(&api, &accepted.id).await.unwrap(),
        [ConversionState::Succeeded],
        "at once when it has ended"
    );
}

#[tokio::test]
async fn what_nobody_asked_for_is_not_found() {
    let system = System::start().await;
    let api = system.api();
    let not_found = expected(Code::NotFound, "CONVERSION_NOT_FOUND");
    let id = new_id_text();
    assert_eq!(
        refusal(
            api.conversions()
                .get_conversion(GetConversionRequest { id: id.clone() })
                .await
        ),
        not_found
    );
    assert_eq!(refusal(watched(&api, &id).await), not_found);
    let cancel = CancelConversionRequest { id: id.clone() };
    assert_eq!(refusal(api.conversions().cancel_conversion(cancel).await), not_found);
    assert_eq!(
        refusal(api.conversions().retry_conversion(RetryConversionRequest { id }).await),
        not_found
    );
    assert_eq!(
        refusal(api.convert(convert_and_wait(&new_id_text())).await),
        expected(Code::NotFound, "LEAD_NOT_FOUND")
    );
}

#[tokio::test]
async fn what_has_succeeded_can_neither_be_cancelled_nor_tried_again() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await;
    let id = api.converted(&lead.id).await.id;
    let invalid = expected(Code::FailedPrecondition, "CONVERSION_STATE_INVALID");
    let cancel = CancelConversionRequest { id: id.clone() };
    assert_eq!(refusal(api.conversions().cancel_conversion(cancel).await), invalid);
    assert_eq!(
        refusal(api.conversions().retry_conversion(RetryConversionRequest { id }).await),
        invalid
    );
}

#[tokio::test]
async fn a_conversion_that_failed_can_be_tried_again_when_its_reason_is_gone() {
    let system = System::start().await;
    let api = system.api();
    let (first, second) = (
        api.create(lead_of("Ann Lee")).await,
        api.create(lead_of("Ann Lee")).await,
    );
    let answer = api.convert(convert_and_wait(&second.id)).await;
    // Refused at the call or by the worker: a duplicate may be found by either.
    let Ok(failed) = answer else {
        assert_eq!(refusal(answer), expected(Code::AlreadyExists, "DUPLICATES_FOUND"));
        return;
    };
    assert_eq!(failed.state(), ConversionState::Failed);
    let archive = opportune_contract::v1::ArchiveLeadRequest { id: first.id };
    api.leads().archive_lead(archive).await.unwrap();
    api.conversions()
        .retry_conversion(RetryConversionRequest { id: failed.id.clone() })
        .await
        .unwrap();
    assert_eq!(
        watched(&api, &failed.id).await.unwrap().last(),
        Some(&ConversionState::Succeeded)
    );
    let again = api.conversion(&failed.id).await;
    assert!(again.error.is_none() && again.result.is_some());
}
