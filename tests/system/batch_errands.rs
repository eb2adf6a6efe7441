//! What happens to a batch as a whole: it is cancelled, tried again, followed, taken up by another process.

use crate::batches::{lose, people, restore};
use crate::support::{Api, Site, System, batch_of, convert_and_wait, expected, new_id_text, refusal};
use opportune_contract::v1::{BatchConvertLeadsRequest, BatchState, CancelBatchRequest, ConversionState};
use std::collections::BTreeSet;
use tonic::Code;

#[tokio::test]
async fn cancelling_stops_what_has_not_begun_and_nothing_else() {
    let system = System::start().await.without_worker().await;
    let api = system.api().at(&system.node.grpc);
    let leads = people(&api, 2_300).await;
    let single = leads[7].clone();
    let begun = api.try_batch(batch_of(&leads)).await.unwrap();
    assert_eq!(begun.total_count, 2_300);
    let in_the_way = api.convert(convert_and_wait(&single)).await;
    assert_eq!(refusal(in_the_way), expected(Code::Aborted, "CONVERSION_IN_PROGRESS"));
    let cancel = CancelBatchRequest { id: begun.id.clone() };
    let answer = api.conversions().cancel_batch(cancel.clone()).await.unwrap();
    let cancelled = answer.into_inner().batch.unwrap();
    assert_eq!(cancelled.state(), BatchState::Cancelled);
    assert_eq!((cancelled.cancelled_count, cancelled.queued_count), (2_300, 0));
    let again = api
        .conversions()
        .cancel_batch(cancel)
        .await
        .unwrap()
        .into_inner()
        .batch
        .unwrap();
    assert_eq!(again, cancelled, "it stays as it is");
    assert_eq!(
        refusal(api.retry_batch(&begun.id, "").await),
        expected(Code::FailedPrecondition, "CONVERSION_STATE_INVALID")
    );
    // The leads are free again; jobs of the cancelled items do nothing.
    let _worker = system.site.start(&["work"]).await;
    assert_eq!(api.converted(&single).await.lead_id, single);
    assert_eq!(api.count_conversions(ConversionState::Succeeded).await.unwrap(), 1);
}

#[tokio::test]
async fn trying_again_runs_the_failed_items_and_no_others() {
    let system = System::start().await;
    let api = system.api();
    let leads = people(&api, 6).await;
    for lead in &leads[..3] {
        lose(&api, lead).await;
    }
    let batch = api.batch(batch_of(&leads)).await;
    assert_eq!((batch.succeeded_count, batch.failed_count), (3, 3));
    let before = api.lead(&leads[5]).await;
    restore(&api, &leads[0]).await;
    restore(&api, &leads[1]).await;
    let request_id = new_id_text();
    let again = api.retry_batch(&batch.id, &request_id).await.unwrap();
    assert_ne!(again.state(), BatchState::Cancelled);
    let over = api.over(&batch.id).await;
    assert_eq!((over.total_count, over.succeeded_count, over.failed_count), (6, 5, 1));
    let items = api.items(&batch.id).await;
    let attempts: Vec<i32> = leads.iter().map(|lead| items[lead].attempt).collect();
    assert_eq!(attempts, [2, 2, 2, 1, 1, 1]);
    assert_eq!(api.lead(&leads[5]).await, before);
    restore(&api, &leads[2]).await;
    api.retry_batch(&batch.id, &request_id).await.unwrap();
    assert_eq!(
        api.over(&batch.id).await.failed_count,
        1,
        "the same call again does nothing again"
    );
    api.retry_batch(&batch.id, &new_id_text()).await.unwrap();
    assert_eq!(api.over(&batch.id).await.failed_count, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_who_goes_on_after_the_last_sequence_sees_each_end_once() {
    let system = System::start().await;
    let api = system.api();
    let mut leads = people(&api, 120).await;
    leads.extend((0..5).map(|_| new_id_text()));
    let batch = api.try_batch(batch_of(&leads)).await.unwrap();
    let (mut seen, mut after, mut last) = (Vec::new(), 0, None);
    loop {
        // A connection that breaks again and again.
        let messages = api.watched(&batch.id, after, 20).await;
        assert_eq!(messages[0].sequence, after, "first the batch itself");
        assert!(messages[0].conversion.is_none());
        for message in &messages {
            assert!(message.sequence >= after, "sequences rise");
            after = message.sequence;
            seen.extend(message.conversion.iter().map(|ended| ended.lead_id.clone()));
        }
        let full = messages.len() == 20;
        last = messages.into_iter().last().or(last);
        if !full {
            break;
        }
    }
    assert_eq!(last.unwrap().batch.unwrap().state(), BatchState::Finished);
    let distinct: BTreeSet<&String> = seen.iter().collect();
    assert_eq!((seen.len(), distinct.len()), (125, 125));
    let rest = api.watched(&batch.id, after, 10).await;
    assert_eq!(rest.len(), 1, "nothing is left but the batch itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_whose_server_died_in_the_middle_is_finished_by_the_relay() {
    let site = Site::new().await;
    let server = site.start(&["serve"]).await;
    let api = Api::new(&server.grpc);
    let ids: Vec<String> = (0..6_000).map(|_| new_id_text()).collect();
    let request = BatchConvertLeadsRequest {
        request_id: new_id_text(),
        ..batch_of(&ids)
    };
    let batch = api.try_batch(request.clone()).await.unwrap();
    server.kill().await;
    let left = site.database.number("SELECT count(*) FROM batch_parts").await.unwrap();
    assert!(left > 0, "there is something left to be done");
    let node = site.start(&["serve", "--all"]).await;
    let api = api.at(&node.grpc);
    assert_eq!(
        api.try_batch(request).await.unwrap().id,
        batch.id,
        "asked again it is the same batch"
    );
    let over = api.over(&batch.id).await;
    assert_eq!((over.total_count, over.failed_count), (6_000, 6_000));
    assert_eq!(api.items(&batch.id).await.len(), 6_000);
}
