//! SIGKILL at any moment, then a restart: everything that was accepted ends, once.

use crate::support::{Api, Heard, Node, Site, convert_and_wait, lead_of, new_id_text, within};
use futures_util::StreamExt;
use futures_util::stream;
use opportune_contract::v1::{ConversionState, ConvertLeadRequest, DuplicatePolicy, Lead, LeadFilter, LeadType};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tonic::Code;

const LEADS: usize = 1_000;
/// Leads of one person: their conversions want the same customer.
const SAME: usize = 4;
const IN_FLIGHT: usize = 32;
const ROLES: [&str; 4] = ["serve", "work", "relay", "work"];
const KILLS: usize = 12;
/// How many conversions have been accepted and have not ended.
const LIVE: &str = "SELECT count(*) FROM conversions WHERE state IN ('queued', 'running')";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_killed_every_accepted_conversion_ends_exactly_once() {
    let seed: u64 = std::env::var("OPPORTUNE_TEST_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(20_261_123);
    println!("seed {seed} (OPPORTUNE_TEST_SEED)");
    let site = Arc::new(Site::new().await);
    let heard = Heard::begin(site.broker.url()).await;
    let mut nodes = Vec::new();
    for role in ROLES {
        nodes.push(site.start(&[role]).await);
    }
    // The server comes back on its port: to callers it is the same one.
    let address = nodes[0].grpc.clone();
    let api = Api::new(&address);
    let leads = import(&api).await;

    // Calls are let go in shares, one with each kill: every kill strikes while something is under way.
    let released = Arc::new(Semaphore::new(0));
    let calls = tokio::spawn(convert_all(api.clone(), leads, released.clone()));
    let nodes = kill_at_random(&site, nodes, &address, &released, seed).await;
    let ids = calls.await.unwrap();
    assert_eq!(
        ids.len(),
        LEADS,
        "one conversion each, however often its call was repeated"
    );

    within(
        Duration::from_secs(150),
        "every accepted conversion has ended",
        || async {
            let succeeded = api.count_conversions(ConversionState::Succeeded).await.ok()?;
            (succeeded == i64::try_from(LEADS).unwrap()).then_some(())
        },
    )
    .await;
    assert_eq!(
        api.count_conversions(ConversionState::Unspecified).await.unwrap(),
        i64::try_from(LEADS).unwrap()
    );
    let opportunities = LeadFilter {
        r#type: LeadType::Opportunity.into(),
        ..LeadFilter::default()
    };
    assert_eq!(api.all_leads(opportunities).await.len(), LEADS);
    assert_eq!(
        api.count_customers().await,
        i64::try_from(LEADS / SAME).unwrap(),
        "no customer is doubled"
    );

    within(Duration::from_secs(120), "every event has come", || async {
        let all = heard.ids_by_subject("opportunity.created").len() == LEADS
            && heard.ids_by_subject("customer.created").len() == LEADS / SAME
            && heard.ids_by_subject("lead.created").len() == LEADS;
        all.then_some(())
    })
    .await;
    for kind in ["lead.created", "opportunity.created", "customer.created"] {
        let ids = heard.ids_by_subject(kind);
        assert!(
            ids.values().all(|ids| ids.len() == 1),
            "each {kind} has one distinct id"
        );
    }
    assert!(heard.of("conversion.failed").is_empty());
    for node in nodes {
        assert!(node.stop().await.success());
    }
    assert_eq!(site.database.stale_forms().await.unwrap(), 0);
}

async fn import(api: &Api) -> Vec<String> {
    let leads = (0..LEADS).map(|number| lead_of(&format!("Person {}", number / SAME)));
    assert_eq!(
        api.import(leads.collect()).await.created_count,
        i64::try_from(LEADS).unwrap()
    );
    let leads: Vec<Lead> = api.all_leads(LeadFilter::default()).await;
    leads.into_iter().map(|lead| lead.id).collect()
}

/// Every call is repeated until it is answered, as a caller with a request id does.
async fn convert_all(api: Api, leads: Vec<String>, released: Arc<Semaphore>) -> BTreeSet<String> {
    stream::iter(leads)
        .map(|lead| convert(api.clone(), lead, released.clone()))
        .buffer_unordered(IN_FLIGHT)
        .collect()
        .await
}

async fn convert(api: Api, lead: String, released: Arc<Semaphore>) -> String {
    released.acquire().await.unwrap().forget();
    let request = ConvertLeadRequest {
        request_id: new_id_text(),
        on_duplicates: DuplicatePolicy::Ignore.into(),
        wait: None,
        ..convert_and_wait(&lead)
    };
    loop {
        match api.convert(request.clone()).await {
            Ok(conversion) => return conversion.id,
            Err(status) => {
                let passing = [
                    Code::Unavailable,
                    Code::Cancelled,
                    Code::Unknown,
                    Code::Internal,
                    Code::DeadlineExceeded,
                ];
                assert!(passing.contains(&status.code()), "{status:?}");
                // A fault that the server itself tells of is no lost connection.
                assert!(
                    status.code() != Code::Internal || status.details().is_empty(),
                    "{status:?}"
                );
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Kills one process after another while conversions are accepted and run, each starts again at once.
async fn kill_at_random(
    site: &Site,
    mut nodes: Vec<Node>,
    address: &str,
    released: &Semaphore,
    seed: u64,
) -> Vec<Node> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut struck = 0;
    for kill in 0..KILLS {
        released.add_permits(LEADS / KILLS);
        sleep(Duration::from_millis(random.random_range(0..200))).await;
        struck += usize::from(site.database.number(LIVE).await.unwrap() > 0);
        // Everybody is hit, in the order of chance.
        let victim = if kill < ROLES.len() {
            kill
        } else {
            random.random_range(0..ROLES.len())
        };
        nodes.remove(victim).kill().await;
        let arguments = match ROLES[victim] {
            "serve" => vec!["serve", "--address", address],
            role => vec![role],
        };
        nodes.insert(victim, site.start(&arguments).await);
    }
    println!("{struck} of {KILLS} kills struck while conversions were under way");
    assert!(struck > KILLS / 2);
    released.add_permits(LEADS);
    nodes
}
