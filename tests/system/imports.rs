//! Leads that come in as a stream (rules 8.4).

use crate::support::{Api, System, die, expected, import_stream, lead_of, new_id_text, refusal, soon};
use opportune_contract::v1::import_leads_request::Payload;
use opportune_contract::v1::{
    GetImportRequest, ImportHeader, ImportLeadsRequest, ImportRow, Lead, LeadFilter, ListImportRejectsRequest,
};
use tonic::Code;

fn header(request_id: &str) -> ImportHeader {
    ImportHeader {
        request_id: request_id.to_owned(),
        ..ImportHeader::default()
    }
}

fn numbered(number: usize) -> Lead {
    Lead {
        external_id: format!("x-{number}"),
        ..lead_of(&format!("Person {number}"))
    }
}

#[tokio::test]
async fn good_rows_go_in_and_bad_ones_are_reported_by_line() {
    let system = System::start().await;
    let api = system.api();
    let request_id = new_id_text();
    let rows = vec![
        numbered(1),
        Lead {
            priority: 9,
            country: "xx".into(),
            ..numbered(2)
        },
        numbered(3),
        Lead {
            team_id: "north".into(),
            ..numbered(4)
        },
        Lead {
            team_id: new_id_text(),
            ..numbered(5)
        },
        numbered(6),
    ];
    let answer = api
        .leads()
        .import_leads(tokio_stream::iter(import_stream(header(&request_id), rows)))
        .await;
    let answer = answer.unwrap().into_inner();
    assert_eq!(
        (answer.created_count, answer.updated_count, answer.rejected_count),
        (3, 0, 3)
    );
    assert_eq!(answer.next_line, 7);
    let told: Vec<_> = answer
        .rejects
        .iter()
        .map(|reject| (reject.line, reject.field.as_str(), reject.reason.as_str()))
        .collect();
    assert_eq!(told.len(), 4, "one for each wrong field: {told:?}");
    for reject in [
        (2, "priority", "FIELD_INVALID"),
        (2, "country", "FIELD_INVALID"),
        (4, "team_id", "FIELD_INVALID"),
    ] {
        assert!(told.contains(&reject), "{reject:?} in {told:?}");
    }
    assert!(
        told.iter()
            .any(|(line, _, reason)| (*line, *reason) == (5, "TEAM_NOT_FOUND")),
        "{told:?}"
    );
    let request = ListImportRejectsRequest {
        request_id,
        ..ListImportRejectsRequest::default()
    };
    let listed = api.leads().list_import_rejects(request).await.unwrap().into_inner();
    assert_eq!(listed.rejects, answer.rejects);
    assert_eq!(api.all_leads(LeadFilter::default()).await.len(), 3);
    soon("each has its event", || async {
        (system.heard.of("lead.created").len() == 3).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_import_that_was_cut_is_taken_up_where_it_ended() {
    let system = System::start().await;
    let api = system.api();
    let request_id = new_id_text();
    let messages = import_stream(header(&request_id), (1..=900).map(numbered).collect());

    let (sender, call) = api.begin_import();
    for message in messages.iter().take(601).cloned() {
        sender.send(message).await.unwrap();
    }
    let progress = soon("some rows are committed", || async {
        let import = api.progress(&request_id).await?;
        (import.created_count >= 250).then_some(import)
    })
    .await;
    die(&call, &sender).await;
    assert!(!progress.finished);

    // Once the cut has reached the server, nothing moves any more.
    let at_rest = api.progress(&request_id).await.unwrap();
    let again = ImportHeader {
        resume_from: at_rest.next_line,
        ..header(&request_id)
    };
    let rest = std::iter::once(ImportLeadsRequest {
        payload: Some(Payload::Header(again)),
    })
    .chain(messages.into_iter().skip(usize::try_from(at_rest.next_line).unwrap()));
    let answer = api
        .leads()
        .import_leads(tokio_stream::iter(rest.collect::<Vec<_>>()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (answer.created_count, answer.updated_count, answer.rejected_count),
        (900, 0, 0),
        "of all streams"
    );
    let import = api.progress(&request_id).await.unwrap();
    assert!(import.finished && import.next_line == 901);
    assert_eq!(api.all_leads(LeadFilter::default()).await.len(), 900);
}

#[tokio::test]
async fn an_external_id_that_is_known_changes_only_the_fields_given() {
    let system = System::start().await;
    let api = system.api();
    let known = api
        .create(Lead {
            city: "Delft".into(),
            ..numbered(1)
        })
        .await;
    let change = Lead {
        external_id: "x-1".into(),
        phone: "+31 20 624 1111".into(),
        ..Lead::default()
    };
    let answer = api
        .import(vec![
            change,
            numbered(2),
            Lead {
                city: "Gouda".into(),
                ..numbered(2)
            },
        ])
        .await;
    assert_eq!(
        (answer.created_count, answer.updated_count),
        (1, 2),
        "also a record of the same import"
    );
    let changed = api.lead(&known.id).await;
    assert_eq!(
        (changed.city.as_str(), changed.phone.as_str()),
        ("Delft", "+31 20 624 1111")
    );
    assert_eq!(changed.title, known.title);
}

#[tokio::test]
async fn an_import_that_comes_again_does_nothing_again() {
    let system = System::start().await;
    let api = system.api();
    let messages = import_stream(header(&new_id_text()), (1..=10).map(numbered).collect());
    let first = api
        .leads()
        .import_leads(tokio_stream::iter(messages.clone()))
        .await
        .unwrap()
        .into_inner();
    let second = api
        .leads()
        .import_leads(tokio_stream::iter(messages.clone()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(second, first);
    assert_eq!(api.all_leads(LeadFilter::default()).await.len(), 10);
}

#[tokio::test]
async fn a_stream_without_a_header_and_an_unknown_import_are_refused() {
    let system = System::start().await;
    let api = system.api();
    let invalid = expected(Code::InvalidArgument, "FIELD_INVALID");
    let row = |line| ImportLeadsRequest {
        payload: Some(Payload::Row(ImportRow {
            line,
            lead: Some(numbered(1)),
        })),
    };
    let start = ImportLeadsRequest {
        payload: Some(Payload::Header(header(&new_id_text()))),
    };
    let unset = ImportLeadsRequest { payload: None };
    for stream in [
        vec![],
        vec![row(1)],
        vec![start.clone(), start.clone()],
        vec![start.clone(), unset],
        vec![start.clone(), row(0)],
        vec![start, row(2), row(2)],
    ] {
        assert_eq!(
            refusal(api.leads().import_leads(tokio_stream::iter(stream)).await),
            invalid
        );
    }
    let get = GetImportRequest {
        request_id: new_id_text(),
    };
    assert_eq!(
        refusal(api.leads().get_import(get).await),
        expected(Code::NotFound, "IMPORT_NOT_FOUND")
    );
}

/// How many imports have ended at the server, in this way; empty = in any.
async fn ended(system: &System, code: &str) -> u32 {
    let metrics = system.node.metrics().await;
    metrics
        .lines()
        .filter(|line| line.starts_with("rpc_server_call_duration_seconds_count{"))
        .filter(|line| line.contains("LeadService/ImportLeads\"") && line.contains(code))
        .filter_map(|line| line.rsplit_once(' ')?.1.parse::<u32>().ok())
        .sum()
}

/// Cancelled calls.
const COUNT: u32 = 20;

/// Sends rows, some of which go in, cancels the call, and says of which import.
async fn cancelled(api: &Api) -> String {
    let request_id = new_id_text();
    let (sender, call) = api.begin_import();
    for message in import_stream(header(&request_id), (1..=300).map(numbered).collect()) {
        sender.send(message).await.unwrap();
    }
    soon("some rows are committed", || async {
        let import = api.progress(&request_id).await?;
        (import.next_line > 1).then_some(())
    })
    .await;
    die(&call, &sender).await;
    request_id
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_its_caller_cancels_is_never_taken_for_a_whole_one() {
    let system = System::start().await;
    let api = system.api();
    // What the server is doing when it hears of it is another thing each time.
    for count in 1..=COUNT {
        let request_id = cancelled(&api).await;
        soon("the server has heard of it", || async {
            (ended(&system, "").await == count).then_some(())
        })
        .await;
        let import = api.progress(&request_id).await.unwrap();
        assert!(!import.finished && import.next_line == 251, "{count}: {import:?}");
    }
    assert_eq!(ended(&system, "\"CANCELLED\"").await, COUNT);
}
