//! The broker or the database goes away, and comes back.

use crate::support::{
    Api, Event, Heard, Node, Site, convert_and_wait, expected, heard, lead_of, new_id_text, open_folder, refusal,
    within,
};
use lapin::options::BasicGetOptions;
use lapin::{Channel, Connection, ConnectionProperties};
use opportune_contract::v1::{ConversionState, ConvertLeadRequest, GetLeadRequest, LeadFilter, LeadType};
use opportune_sandbox::{BinarySearch, PostgresOptions, PrivatePostgres, PrivateRabbit, RabbitOptions};
use opportune_testkit::ChaosProxy;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::{Instant, sleep, timeout};
use tonic::Code;
use tonic_types::StatusExt;

const AWAY: Duration = Duration::from_secs(20);
const BACK: Duration = Duration::from_secs(90);
/// "At once": a caller with a person behind it does not notice.
const AT_ONCE: Duration = Duration::from_secs(3);

async fn private_broker(folder: &TempDir) -> PrivateRabbit {
    let data_dir = folder.path().join("rabbitmq");
    PrivateRabbit::start(RabbitOptions {
        data_dir,
        port: None,
        search: BinarySearch::default(),
    })
    .await
    .unwrap()
}

async fn private_database(folder: &TempDir) -> PrivatePostgres {
    let data_dir = folder.path().join("postgres");
    let search = BinarySearch::default();
    PrivatePostgres::start(PostgresOptions {
        data_dir,
        fsync: false,
        port: None,
        search,
    })
    .await
    .unwrap()
}

async fn convert(api: &Api, lead: &str) -> String {
    let request = ConvertLeadRequest {
        request_id: new_id_text(),
        wait: None,
        ..convert_and_wait(lead)
    };
    let answer = timeout(AT_ONCE, api.convert(request))
        .await
        .expect("a call is not held up by the broker");
    answer.unwrap().id
}

/// Imports leads and returns their ids.
async fn import(api: &Api, count: usize) -> Vec<String> {
    api.import((0..count).map(|number| lead_of(&format!("Person {number}"))).collect())
        .await;
    api.all_leads(LeadFilter::default())
        .await
        .into_iter()
        .map(|lead| lead.id)
        .collect()
}

/// Takes everything out of a queue.
async fn all_of(channel: &Channel, queue: &str) -> Vec<Event> {
    let mut events = Vec::new();
    while let Some(got) = channel
        .basic_get(queue.into(), BasicGetOptions { no_ack: true })
        .await
        .unwrap()
    {
        events.push(heard::read(&got.delivery));
    }
    events
}

async fn all_succeed(api: &Api, count: usize) {
    within(BACK, "all conversions end", || async {
        let done = api.count_conversions(ConversionState::Succeeded).await.ok()?;
        (usize::try_from(done).unwrap() == count).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_stopped_for_twenty_seconds_is_not_noticed_by_callers() {
    let folder = open_folder();
    let broker = private_broker(&folder).await;
    let site = Site::new().await.with("OPPORTUNE__BROKER__URL", &broker.url("/"));
    let queue = {
        let connection = Connection::connect(&broker.url("/"), ConnectionProperties::default())
            .await
            .unwrap();
        heard::bind(&connection.create_channel().await.unwrap(), true).await
    };
    let node = site.start(&["serve", "--all"]).await;
    let api = Api::new(&node.grpc);
    let leads = import(&api, 60).await;
    for lead in &leads[..20] {
        convert(&api, lead).await;
    }
    let stopped = Instant::now();
    broker.stop_app().await.unwrap();
    for lead in &leads[20..40] {
        convert(&api, lead).await;
    }
    let made = api.create(lead_of("Made Meanwhile")).await.id;
    assert_eq!(api.lead(&made).await.r#type(), LeadType::Lead);
    tokio::time::sleep_until(stopped + AWAY).await;
    broker.start_app().await.unwrap();
    for lead in &leads[40..] {
        convert(&api, lead).await;
    }
    all_succeed(&api, 60).await;

    let connection = Connection::connect(&broker.url("/"), ConnectionProperties::default())
        .await
        .unwrap();
    let channel = connection.create_channel().await.unwrap();
    let opportunities = Mutex::new(BTreeSet::new());
    within(BACK, "every event comes", || async {
        let created = all_of(&channel, &queue)
            .await
            .into_iter()
            .filter(|event| event.kind() == "opportunity.created");
        let mut opportunities = opportunities.lock().unwrap();
        opportunities.extend(created.map(|event| (event.attribute("subject").to_owned(), event.id().to_owned())));
        let subjects: BTreeSet<_> = opportunities.iter().map(|(subject, _)| subject).collect();
        (subjects.len() == 60).then_some(())
    })
    .await;
    assert_eq!(
        opportunities.into_inner().unwrap().len(),
        60,
        "each opportunity has one distinct event"
    );
    assert!(node.stop().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_hangs_or_drops_connections_loses_nothing() {
    let site = Site::new().await;
    let proxy = ChaosProxy::before(site.broker.url()).await.unwrap();
    let site = site.with("OPPORTUNE__BROKER__URL", &proxy.url());
    let heard = Heard::begin(site.broker.url()).await;
    let node = site.start(&["serve", "--all"]).await;
    let api = Api::new(&node.grpc);
    let mut count = 0;
    for round in 0..4 {
        for number in 0..15 {
            let lead = api.create(lead_of(&format!("Person {round} {number}"))).await.id;
            convert(&api, &lead).await;
            count += 1;
            if number == 5 {
                if round % 2 == 0 { proxy.cut() } else { proxy.freeze() }
            }
        }
        sleep(Duration::from_millis(500)).await;
        proxy.restore();
    }
    all_succeed(&api, count).await;
    within(BACK, "every event comes", || async {
        (heard.ids_by_subject("opportunity.created").len() == count).then_some(())
    })
    .await;
    assert!(
        heard
            .ids_by_subject("opportunity.created")
            .values()
            .all(|ids| ids.len() == 1)
    );
}

/// What a caller is told while the database is away.
async fn is_told_to_try_again(api: &Api, lead: &str) {
    let began = Instant::now();
    let get = GetLeadRequest {
        id: lead.to_owned(),
        ..GetLeadRequest::default()
    };
    let (read, write, job) = tokio::join!(
        async { api.leads().get_lead(get).await.map(drop) },
        async { api.try_create(lead_of("Bo Berg")).await.map(drop) },
        async { api.convert(convert_and_wait(lead)).await.map(drop) },
    );
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    for answer in [read, write, job] {
        let status = answer.unwrap_err();
        let details = status.get_error_details();
        assert!(
            details.retry_info().is_some_and(|info| info.retry_delay.is_some()),
            "{status:?}"
        );
        assert_eq!(
            refusal(Err::<(), _>(status)),
            expected(Code::Unavailable, "STORE_UNAVAILABLE")
        );
    }
}

/// Starts everything on a private database whose schema is made first.
async fn on_private_database(database: &PrivatePostgres) -> (Site, Node, Api) {
    let site = Site::new()
        .await
        .with("OPPORTUNE__DATABASE__URL", &database.url("postgres"));
    let node = site.start(&["serve", "--all", "--migrate"]).await;
    let api = Api::new(&node.grpc);
    (site, node, api)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_stopped_answers_unavailable_at_once_and_works_again_after() {
    let folder = open_folder();
    let mut database = private_database(&folder).await;
    let (_site, node, api) = on_private_database(&database).await;
    let lead = api.create(lead_of("Ann Lee")).await.id;
    for way in ["stopped", "killed"] {
        if way == "stopped" {
            database.stop().await.unwrap()
        } else {
            database.kill().await.unwrap()
        }
        for _ in 0..3 {
            is_told_to_try_again(&api, &lead).await;
        }
        database.restart().await.unwrap();
        within(BACK, "it works again", || async {
            api.try_create(lead_of(way)).await.ok()
        })
        .await;
    }
    api.converted(&lead).await;
    assert!(node.stop().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_while_conversions_run_delays_them_only() {
    let site = Site::new().await;
    let proxy = ChaosProxy::before(&site.database.url()).await.unwrap();
    let site = site.with("OPPORTUNE__DATABASE__URL", &proxy.url());
    let heard = Heard::begin(site.broker.url()).await;
    let node = site.start(&["serve", "--all"]).await;
    let api = Api::new(&node.grpc);
    for (number, lead) in import(&api, 200).await.iter().enumerate() {
        convert(&api, lead).await;
        if number % 50 == 49 {
            proxy.cut();
            sleep(Duration::from_secs(1)).await;
            proxy.restore();
            within(BACK, "it works again", || async {
                api.count_conversions(ConversionState::Queued).await.ok()
            })
            .await;
        }
    }
    all_succeed(&api, 200).await;
    within(BACK, "every event comes", || async {
        (heard.ids_by_subject("opportunity.created").len() == 200).then_some(())
    })
    .await;
    assert!(
        heard
            .ids_by_subject("opportunity.created")
            .values()
            .all(|ids| ids.len() == 1)
    );
    assert_eq!(api.count_customers().await, 200);
}
