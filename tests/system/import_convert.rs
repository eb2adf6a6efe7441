//! Imports whose records are converted as one batch (rules 8.4).

use crate::support::{
    Api, Heard, Node, Site, System, die, expected, import_stream, lead_of, new_id_text, on_duplicates, reason, refusal,
    soon, within,
};
use opportune_contract::v1::import_leads_request::Payload;
use opportune_contract::v1::{
    BatchState, ConversionState, ConvertInstruction, DuplicatePolicy, ImportHeader, ImportLeadsRequest,
    ImportLeadsResponse, ImportRow, Lead, LeadFilter, LeadType,
};
use opportune_testkit::ChaosProxy;
use std::collections::BTreeSet;
use std::time::Duration;
use tonic::{Code, Status};

fn header(request_id: &str) -> ImportHeader {
    ImportHeader {
        request_id: request_id.to_owned(),
        convert: Some(ConvertInstruction::default()),
        ..ImportHeader::default()
    }
}

fn numbered(number: usize) -> Lead {
    Lead {
        external_id: format!("x-{number}"),
        ..lead_of(&format!("Person {number}"))
    }
}

async fn import(api: &Api, header: ImportHeader, rows: Vec<Lead>) -> Result<ImportLeadsResponse, Status> {
    let stream = tokio_stream::iter(import_stream(header, rows));
    Ok(api.leads().import_leads(stream).await?.into_inner())
}

#[tokio::test]
async fn what_is_imported_becomes_one_batch_with_turns_and_duplicates_of_its_own() {
    let system = System::start().await;
    let api = system.api();
    let (ann, bob) = (
        api.create_salesperson("Ann").await.id,
        api.create_salesperson("Bob").await.id,
    );
    // A lead that waits, one that is lost, an opportunity: each is in the file again.
    let waiting = api.create(numbered(1)).await;
    let done = Lead {
        r#type: LeadType::Opportunity.into(),
        ..numbered(2)
    };
    let done = api.create(done).await;
    let twin = |number| Lead {
        external_id: format!("twin-{number}"),
        title: "Chairs".into(),
        email: "kim@harbor.example".into(),
        ..Lead::default()
    };
    let rows = vec![
        numbered(1),
        numbered(2),
        numbered(3),
        Lead {
            priority: 9,
            ..numbered(4)
        },
        twin(1),
        twin(2),
        Lead {
            city: "Delft".into(),
            ..numbered(3)
        },
    ];
    let header = ImportHeader {
        salesperson_ids: vec![ann.clone(), bob.clone()],
        ..header(&new_id_text())
    };
    let answer = import(&api, header.clone(), rows.clone()).await.unwrap();
    assert_eq!(
        (answer.created_count, answer.updated_count, answer.rejected_count),
        (3, 3, 1)
    );
    let batch = api.over(&answer.batch.unwrap().id).await;
    assert_eq!(batch.state(), BatchState::Finished);
    assert_eq!(
        (batch.total_count, batch.succeeded_count, batch.failed_count),
        (4, 3, 1),
        "an opportunity is no item, and a record that came twice is one"
    );
    let import_now = api.progress(&header.request_id).await.unwrap();
    assert_eq!(import_now.batch_id, batch.id);
    let items = api.items(&batch.id).await;
    assert!(items.contains_key(&waiting.id) && !items.contains_key(&done.id));
    let leads = api.all_leads(LeadFilter::default()).await;
    let by_name = |name: &str| leads.iter().find(|lead| lead.external_id == name).unwrap();
    assert_eq!(by_name("x-1").salesperson_id, ann);
    assert_eq!(by_name("x-3").salesperson_id, bob);
    assert_eq!(by_name("twin-1").r#type(), LeadType::Opportunity);
    assert_eq!(reason(&items[&by_name("twin-2").id]), "DUPLICATES_FOUND");
    let again = import(&api, header, rows).await.unwrap();
    assert_eq!(
        again.batch.unwrap().id,
        batch.id,
        "the same import again is the same batch"
    );
    assert_eq!(api.get_batch(&batch.id).await.total_count, 4);
}

#[tokio::test]
async fn nothing_is_converted_before_the_last_row_is_in_and_a_wrong_instruction_is_refused_first() {
    let system = System::start().await;
    let api = system.api();
    let wrong = ImportHeader {
        salesperson_ids: vec![new_id_text()],
        ..header(&new_id_text())
    };
    assert_eq!(
        refusal(import(&api, wrong.clone(), vec![numbered(1)]).await),
        expected(Code::NotFound, "SALESPERSON_NOT_FOUND")
    );
    assert!(api.progress(&wrong.request_id).await.is_none() && api.all_leads(LeadFilter::default()).await.is_empty());
    let header = header(&new_id_text());
    let id = header.request_id.clone();
    let (sender, call) = api.begin_import();
    let messages = import_stream(header.clone(), (1..=600).map(numbered).collect());
    for message in messages.iter().take(501).cloned() {
        sender.send(message).await.unwrap();
    }
    soon("some rows are in", || async {
        api.progress(&id).await.filter(|import| import.created_count >= 250)
    })
    .await;
    die(&call, &sender).await;
    let at_rest = api.progress(&id).await.unwrap();
    assert_eq!(at_rest.batch_id, "", "there is no batch to speak of yet");
    assert_eq!(api.count_conversions(ConversionState::Unspecified).await.unwrap(), 0);
    let answer = import(&api, header, (1..=600).map(numbered).collect()).await.unwrap();
    let batch = api.over(&answer.batch.unwrap().id).await;
    assert_eq!((batch.total_count, batch.succeeded_count), (600, 600));
}

/// How many rows: all of them take minutes.
fn rows() -> usize {
    let given = std::env::var("OPPORTUNE_TEST_IMPORT_ROWS").ok();
    given.and_then(|rows| rows.parse().ok()).unwrap_or(3_000)
}

/// Rows that go in together.
const SET: usize = 250;

/// Every hundredth row is wrong.
fn row(number: usize) -> Lead {
    Lead {
        priority: if number.is_multiple_of(100) { 9 } else { 1 },
        ..numbered(number)
    }
}

/// How a stream ends.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// Its client dies when its last full set of rows is in.
    Dies,
    /// It goes no further, until its server dies.
    Waits,
    /// It is whole.
    Comes,
}

/// Streams rows up to `last`, from where the import stands. `None` = it was cut.
async fn stream(api: &Api, request_id: &str, last: usize, end: End) -> Option<ImportLeadsResponse> {
    let next = api
        .progress(request_id)
        .await
        .map_or(1, |import| import.next_line.max(1));
    let header = ImportHeader {
        resume_from: next,
        convert: on_duplicates(DuplicatePolicy::Ignore),
        ..header(request_id)
    };
    let (sender, call) = api.begin_import();
    let rows = (usize::try_from(next).unwrap()..=last).map(|number| {
        let line = i64::try_from(number).unwrap();
        Payload::Row(ImportRow {
            line,
            lead: Some(row(number)),
        })
    });
    for payload in std::iter::once(Payload::Header(header)).chain(rows) {
        let message = ImportLeadsRequest { payload: Some(payload) };
        // The call has ended: the server is gone.
        if sender.send(message).await.is_err() {
            return None;
        }
    }
    match end {
        End::Dies => {
            reached(api, request_id, last - SET).await;
            die(&call, &sender).await;
            None
        }
        End::Waits => call.await.unwrap().ok(),
        End::Comes => {
            drop(sender);
            call.await.unwrap().ok()
        }
    }
}

async fn reached(api: &Api, request_id: &str, line: usize) {
    let what = format!("line {line} is committed");
    within(Duration::from_secs(600), &what, || async {
        let import = api.progress(request_id).await?;
        (usize::try_from(import.next_line).unwrap() >= line).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_cut_in_every_way_ends_with_no_row_doubled_and_none_missing() {
    let count = rows();
    let began = std::time::Instant::now();
    let site = Site::new().await;
    let heard = Heard::begin(site.broker.url()).await;
    let proxy = ChaosProxy::before(site.broker.url()).await.unwrap();
    let site = site.with("OPPORTUNE__BROKER__URL", &proxy.url());
    let mut server: Node = site.start(&["serve"]).await;
    let address = server.grpc.clone();
    let _others = [site.start(&["work"]).await, site.start(&["relay"]).await];
    let api = Api::new(&address);
    let request_id = new_id_text();

    // The broker is away from a quarter on; the client dies at 60 %.
    let (cut, _) = tokio::join!(stream(&api, &request_id, count * 6 / 10, End::Dies), async {
        reached(&api, &request_id, count / 4).await;
        proxy.cut();
    });
    assert!(cut.is_none());
    println!("the client died after {:?}", began.elapsed());

    // The one that takes it up sees the server die.
    let streaming = tokio::spawn({
        let (api, request_id) = (api.clone(), request_id.clone());
        async move { stream(&api, &request_id, count * 8 / 10, End::Waits).await }
    });
    reached(&api, &request_id, count * 7 / 10).await;
    server.kill().await;
    assert!(streaming.await.unwrap().is_none());
    println!("the server died after {:?}", began.elapsed());
    // A process needs the broker when it starts, not when it works.
    proxy.restore();
    server = site.start(&["serve", "--address", &address]).await;
    let answer = stream(&api, &request_id, count, End::Comes).await.unwrap();
    println!("all rows were in after {:?}", began.elapsed());

    let wrong = count / 100;
    let number = |count: usize| i64::try_from(count).unwrap();
    assert_eq!(
        (answer.created_count, answer.updated_count, answer.rejected_count),
        (number(count - wrong), 0, number(wrong))
    );
    let leads = api.all_leads(LeadFilter::default()).await;
    let names: BTreeSet<&String> = leads.iter().map(|lead| &lead.external_id).collect();
    assert_eq!((leads.len(), names.len()), (count - wrong, count - wrong));
    let batch = within(Duration::from_secs(1_800), "the batch is over", || async {
        let batch = api.get_batch(&answer.batch.as_ref()?.id).await;
        (batch.state() == BatchState::Finished).then_some(batch)
    })
    .await;
    println!("all were converted after {:?}", began.elapsed());
    assert_eq!(
        (batch.total_count, batch.succeeded_count),
        (number(count - wrong), number(count - wrong))
    );
    within(Duration::from_secs(600), "each has its event", || async {
        (heard.ids_by_subject("opportunity.created").len() == count - wrong).then_some(())
    })
    .await;
    assert!(
        heard
            .ids_by_subject("opportunity.created")
            .values()
            .all(|ids| ids.len() == 1)
    );
    assert!(server.stop().await.success());
}
