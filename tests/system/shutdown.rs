//! Being told to stop: what has begun is finished, what was accepted is never lost.

use crate::support::{Api, Heard, Site, System, lead_of, new_id_text, soon, within};
use futures_util::future::join_all;
use opportune_contract::v1::{ConversionState, ConvertLeadRequest, LeadFilter};
use std::time::Duration;
use tonic::Status;

const LEADS: usize = 300;

async fn leads(api: &Api) -> Vec<String> {
    api.import((0..LEADS).map(|number| lead_of(&format!("Person {number}"))).collect())
        .await;
    api.all_leads(LeadFilter::default())
        .await
        .into_iter()
        .map(|lead| lead.id)
        .collect()
}

fn request(lead: &str) -> ConvertLeadRequest {
    ConvertLeadRequest {
        lead_id: lead.to_owned(),
        request_id: new_id_text(),
        ..ConvertLeadRequest::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_told_to_stop_finishes_what_it_has_begun() {
    let System { node, heard, site, .. } = System::start().await;
    let api = Api::new(&node.grpc);
    let leads = leads(&api).await;
    let calls: Vec<_> = leads
        .iter()
        .map(|lead| {
            let (api, request) = (api.clone(), request(lead));
            tokio::spawn(async move { api.convert(request).await })
        })
        .collect();
    soon("some have ended", || async {
        (api.count_conversions(ConversionState::Succeeded).await.unwrap_or(0) > 0).then_some(())
    })
    .await;
    let ended = node.stop().await;
    assert_eq!(ended.code(), Some(0), "{ended}");
    let answers: Vec<Result<_, Status>> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    let accepted = answers.iter().filter(|answer| answer.is_ok()).count();

    let node = site.start(&["serve", "--all"]).await;
    let api = api.at(&node.grpc);
    let all = i64::try_from(accepted).unwrap();
    within(Duration::from_secs(90), "every accepted conversion ends", || async {
        let done = api.count_conversions(ConversionState::Succeeded).await.ok()?;
        assert!(done >= 0);
        (done >= all && live(&api).await == 0).then_some(())
    })
    .await;
    // A call whose answer was lost may have been accepted all the same.
    let done = usize::try_from(api.count_conversions(ConversionState::Succeeded).await.unwrap()).unwrap();
    within(Duration::from_secs(60), "every event comes", || async {
        (heard.ids_by_subject("opportunity.created").len() == done).then_some(())
    })
    .await;
    assert!(
        heard
            .ids_by_subject("opportunity.created")
            .values()
            .all(|ids| ids.len() == 1)
    );
    assert!(node.stop().await.success());
}

async fn live(api: &Api) -> i64 {
    let queued = api.count_conversions(ConversionState::Queued).await.unwrap();
    queued + api.count_conversions(ConversionState::Running).await.unwrap()
}

#[tokio::test]
async fn each_role_ends_in_order_while_it_has_nothing_to_do() {
    let site = Site::new().await;
    let _heard = Heard::begin(site.broker.url()).await;
    for role in ["serve", "work", "relay"] {
        let ended = site.start(&[role]).await.stop().await;
        assert_eq!(ended.code(), Some(0), "{role}: {ended}");
    }
}

#[tokio::test]
async fn a_caller_that_waits_is_answered_before_the_server_ends() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await.id;
    // Nobody works: the call waits for its whole time, unless the end comes first.
    let system = system.without_worker().await;
    let waiting = {
        let api = api.at(&system.node.grpc);
        let wait = Some(prost_types::Duration { seconds: 3, nanos: 0 });
        let request = ConvertLeadRequest { wait, ..request(&lead) };
        tokio::spawn(async move { api.convert(request).await })
    };
    let reader = api.at(&system.node.grpc);
    soon("it is accepted", || async { (live(&reader).await == 1).then_some(()) }).await;
    let System { node, site, .. } = system;
    assert!(node.stop().await.success());
    let answer = waiting.await.unwrap().unwrap();
    assert_eq!(answer.state(), ConversionState::Queued);
    let node = site.start(&["serve", "--all"]).await;
    let api = api.at(&node.grpc);
    soon("it is converted", || async {
        (api.conversion(&answer.id).await.state() == ConversionState::Succeeded).then_some(())
    })
    .await;
}
