//! A file that is imported and converted by one command.

use super::Desk;
use opportune_contract::v1::LeadFilter;

const FILE: &str = "Title,Contact,E-mail\n\
    Desks,Ann Lee,ann@harbor.example\n\
    Lamps,Bo Berg,bo@meadow.example\n\
    Chairs,Ann Lee,ann@harbor.example\n\
    Shelves,Cy Cole,cy@orchard.example\n";

#[tokio::test]
async fn what_a_file_brings_is_converted_in_turns_and_the_batch_can_be_followed() {
    let desk = Desk::new().await;
    let pool = [
        desk.api.create_salesperson("Di").await.id,
        desk.api.create_salesperson("Ed").await.id,
    ];
    let file = desk.file("leads.csv", FILE);
    let file = file.to_str().unwrap();
    let pool_text = pool.join(",");
    let command = [
        "import",
        file,
        "--convert",
        "--on-duplicates",
        "merge",
        "--pool",
        &pool_text,
    ];
    let (report, code) = desk.json(&command).await;
    assert_eq!((report["created"].as_i64(), code), (Some(4), 0), "{report}");
    let batch = report["batch_id"].as_str().unwrap();

    let watched = desk.run(&["batch", "watch", batch, "--json"]).await;
    let lines = String::from_utf8(watched.stdout).unwrap();
    let last: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(last["batch"]["succeeded_count"], "4", "{lines}");
    let leads = desk.api.all_leads(LeadFilter::default()).await;
    let mut opportunities: Vec<(&str, bool)> = leads
        .iter()
        .filter(|lead| lead.convert_time.is_some() && lead.survivor_id.is_empty())
        .map(|lead| (lead.title.as_str(), pool.contains(&lead.salesperson_id)))
        .collect();
    opportunities.sort_unstable();
    assert_eq!(
        opportunities,
        [("Desks", true), ("Lamps", true), ("Shelves", true)],
        "the chairs went into the desks"
    );

    let (again, code) = desk.json(&command).await;
    assert_eq!(
        (again["batch_id"].as_str(), code),
        (Some(batch), 0),
        "the same file again is the same import: {again}"
    );
    assert_eq!(desk.api.get_batch(batch).await.total_count, 4);
}

#[tokio::test]
async fn how_to_convert_means_nothing_without_convert() {
    let desk = Desk::new().await;
    let file = desk.file("leads.csv", FILE);
    let file = file.to_str().unwrap();
    let ran = desk.run(&["import", file, "--on-duplicates", "merge"]).await;
    assert_eq!(ran.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("--convert is missing"));
    assert!(desk.titles().await.is_empty(), "nothing was sent");
}
