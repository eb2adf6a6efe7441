//! Subcommands that come to an end.

use crate::support::{System, lead_of, soon};
use opportune_contract::v1::{LeadFilter, LeadType};
use std::process::{Output, Stdio};
use tokio::process::Command;

async fn run(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    Command::new(crate::support::node::executable())
        .args(arguments)
        .envs(settings.iter().copied())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn settings_are_printed_without_their_secrets() {
    let settings = [
        ("OPPORTUNE__DATABASE__URL", "postgres://ann:geheim@db.example:5432/x"),
        ("OPPORTUNE__BROKER__URL", "amqp://bo:geheim@mq.example:5672/%2f"),
    ];
    for arguments in [&["config"][..], &["config", "--json"]] {
        let ran = run(arguments, &settings).await;
        let printed = text(&ran.stdout);
        assert!(ran.status.success(), "{}", text(&ran.stderr));
        assert!(
            printed.contains("db.example") && printed.contains("mq.example"),
            "{printed}"
        );
        assert!(
            !printed.contains("geheim") && !text(&ran.stderr).contains("geheim"),
            "{printed}"
        );
    }
}

#[tokio::test]
async fn callers_that_say_themselves_who_they_are_are_let_in_on_loopback_only() {
    for address in ["0.0.0.0:0", "192.0.2.1:50051", "[::]:0"] {
        let ran = run(&["serve", "--address", address], &[]).await;
        let said = text(&ran.stderr);
        assert!(!ran.status.success() && said.contains("loopback"), "{address}: {said}");
    }
}

#[tokio::test]
async fn a_setting_that_does_not_exist_is_an_error_that_names_it() {
    let ran = run(&["config", "--set", "worker.slotz=3"], &[]).await;
    assert!(
        !ran.status.success() && text(&ran.stderr).contains("slotz"),
        "{}",
        text(&ran.stderr)
    );
}

#[tokio::test]
async fn the_command_line_imports_shows_previews_and_converts() {
    let system = System::start().await;
    let api = system.api();
    let tenant = api.tenant.to_string();
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    let rows = "external_id,title,contact_name,email,country\n\
        a-1,Chairs,Ann Lee,ann@lee.example,NL\n\
        a-2,Tables,Ann Lee,ann@lee.example,NL\n\
        a-3,Lamps,Bo Berg,bo@berg.example,Nowhereland\n";
    std::fs::write(file.path(), rows).unwrap();
    let global = ["--server", &system.node.grpc, "--tenant", &tenant, "--json"];
    let path = file.path().to_str().unwrap();
    let imported = system.site.run(&[&["import", path][..], &global].concat()).await;
    assert_eq!(
        imported.status.code(),
        Some(2),
        "some were rejected: {}",
        text(&imported.stderr)
    );
    let report: serde_json::Value = serde_json::from_slice(&imported.stdout).unwrap();
    assert_eq!(
        (report["created"].as_i64(), report["rejected"].as_i64()),
        (Some(2), Some(1)),
        "{report}"
    );
    assert_eq!(report["rejects"][0]["field"], "country");

    let lead = api
        .all_leads(LeadFilter {
            external_id: "a-1".into(),
            ..LeadFilter::default()
        })
        .await
        .remove(0)
        .id;
    let similar = system.site.json(&[&["similar", &lead][..], &global].concat()).await;
    assert_eq!(similar["matches"][0]["lead"]["external_id"], "a-2");
    let preview = [
        &["convert", &lead, "--preview", "--on-duplicates", "ignore"][..],
        &global,
    ]
    .concat();
    assert_eq!(
        system.site.json(&preview).await["plan"]["customer"]["action"],
        "CUSTOMER_ACTION_CREATE"
    );
    assert_eq!(api.lead(&lead).await.r#type(), LeadType::Lead);
    let many = [
        &["convert", "--all-leads", "--wait", "--on-duplicates", "ignore"][..],
        &global,
    ]
    .concat();
    let many = system.site.json(&many).await;
    assert_eq!(
        (many["asked"].as_i64(), many["succeeded"].as_i64()),
        (Some(2), Some(2)),
        "{many}"
    );
    assert_eq!(api.count_customers().await, 1);
}

#[tokio::test]
async fn stored_events_are_sent_again_in_order_to_one_queue() {
    let system = System::start().await;
    let api = system.api();
    let lead = api.create(lead_of("Ann Lee")).await;
    api.converted(&lead.id).await;
    soon("all events come", || async {
        (system.heard.all().len() == 3).then_some(())
    })
    .await;
    let connection = lapin::Connection::connect(system.site.broker.url(), Default::default())
        .await
        .unwrap();
    let channel = connection.create_channel().await.unwrap();
    let options = lapin::options::QueueDeclareOptions::durable();
    channel
        .queue_declare("late".into(), options, Default::default())
        .await
        .unwrap();
    let replayed = system
        .site
        .json(&["events", "replay", "--since", "1h", "--queue", "late", "--json"])
        .await;
    assert_eq!(replayed["replayed"], 3, "{replayed}");
    let mut again = Vec::new();
    while let Some(got) = channel
        .basic_get("late".into(), lapin::options::BasicGetOptions { no_ack: true })
        .await
        .unwrap()
    {
        again.push(crate::support::heard::read(&got.delivery));
    }
    let ids = |events: &[crate::support::Event]| {
        let mut ids: Vec<String> = events.iter().map(|event| event.id().to_owned()).collect();
        ids.sort();
        ids
    };
    assert_eq!(
        ids(&again),
        ids(&system.heard.all()),
        "the same events with the same ids"
    );
    let of_lead: Vec<_> = again
        .iter()
        .filter(|event| event.attribute("subject") == lead.id)
        .collect();
    assert!(of_lead.is_sorted_by_key(|event| event.attribute("sequence").to_owned()));
    assert_eq!(again[0].body["lead"]["id"], lead.id.as_str());
}
