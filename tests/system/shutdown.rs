//! Being told to stop: what has begun is finished, what was accepted is never lost.

use crate::support::{Api, Heard, Site, System, expected, import_stream, lead_of, new_id_text, refusal, soon, within};
use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use opportune_contract::v1::{
    ConversionState, ConvertLeadRequest, GetImportRequest, ImportHeader, LeadFilter, WatchConversionRequest,
};
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::StatusExt;

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

#[tokio::test]
async fn streams_are_told_to_come_again_and_do_not_keep_the_server_from_ending() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await.id;
    let system = system.without_worker().await;
    let api = api.at(&system.node.grpc);
    let id = api.convert(request(&lead)).await.unwrap().id;
    let mut watching = api
        .conversions()
        .watch_conversion(WatchConversionRequest { id })
        .await
        .unwrap()
        .into_inner();
    assert!(watching.message().await.unwrap().is_some());
    let header = ImportHeader {
        request_id: new_id_text(),
        ..ImportHeader::default()
    };
    let import = GetImportRequest {
        request_id: header.request_id.clone(),
    };
    let endless = stream::iter(import_stream(header, vec![lead_of("Bea Lee")])).chain(stream::pending());
    let importing = {
        let api = api.clone();
        tokio::spawn(async move { api.leads().import_leads(endless).await })
    };
    soon("the import has begun", || async {
        api.leads().get_import(import.clone()).await.ok().map(drop)
    })
    .await;

    assert!(system.node.stop().await.success());
    let told = watching.message().await.unwrap_err();
    assert!(told.get_error_details().retry_info().is_some(), "{told:?}");
    for answer in [Err(told), importing.await.unwrap().map(drop)] {
        assert_eq!(refusal(answer), expected(Code::Unavailable, "STORE_UNAVAILABLE"));
    }
}

#[tokio::test]
async fn whoever_has_to_be_cut_off_makes_the_exit_code_1() {
    let site = Site::new().await.with("OPPORTUNE__SERVER__DRAIN_SECONDS", "2");
    let _heard = Heard::begin(site.broker.url()).await;
    let node = site.start(&["serve"]).await;
    let api = Api::new(&node.grpc);
    let lead = api.create(lead_of("Ann Lee")).await.id;
    // Nobody works: the call waits for longer than there is time to end.
    let waiting = {
        let api = api.clone();
        let wait = Some(prost_types::Duration { seconds: 30, nanos: 0 });
        let request = ConvertLeadRequest { wait, ..request(&lead) };
        tokio::spawn(async move { api.convert(request).await })
    };
    soon("it is accepted", || async { (live(&api).await == 1).then_some(()) }).await;
    let ended = node.stop().await;
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert!(waiting.await.unwrap().is_err());
}
