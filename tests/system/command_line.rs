//! The command line as a client: what it prints for programs, and its exit codes.

mod batches;
mod import_convert;
mod merging;

use crate::support::{Api, System, lead_of, new_id_text};
use opportune_contract::v1::{Lead, LeadFilter};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::slice;
use tempfile::TempDir;

/// A system, and somebody at its command line.
struct Desk {
    system: System,
    api: Api,
    folder: TempDir,
    tenant: String,
}

impl Desk {
    async fn new() -> Self {
        let system = System::start().await;
        let api = system.api();
        Self {
            tenant: api.tenant.to_string(),
            folder: tempfile::tempdir().unwrap(),
            system,
            api,
        }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Runs a subcommand for the tenant.
    async fn run(&self, arguments: &[&str]) -> Output {
        let global = ["--server", &self.system.node.grpc, "--tenant", &self.tenant];
        self.system.site.run(&[arguments, &global].concat()).await
    }

    /// What a subcommand prints for programs, and its exit code.
    async fn json(&self, arguments: &[&str]) -> (Value, i32) {
        let ran = self.run(&[arguments, &["--json"]].concat()).await;
        let told = serde_json::from_slice(&ran.stdout)
            .unwrap_or_else(|_| panic!("{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr)));
        (told, ran.status.code().unwrap())
    }

    /// The exit code of a subcommand that is refused, and the reason that it gives to programs.
    async fn refused(&self, arguments: &[&str]) -> (i32, String) {
        let ran = self.run(&[arguments, &["--json"]].concat()).await;
        assert_eq!(String::from_utf8_lossy(&ran.stdout), "", "{arguments:?}");
        let told: Value = serde_json::from_slice(&ran.stderr).unwrap();
        let reason = told["error"]["reason"].as_str().unwrap().to_owned();
        (ran.status.code().unwrap(), reason)
    }

    /// What a subcommand prints for people; it must succeed.
    async fn text(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments).await;
        let (out, err) = (
            String::from_utf8_lossy(&ran.stdout),
            String::from_utf8_lossy(&ran.stderr),
        );
        assert!(ran.status.success(), "{arguments:?}: {err}");
        out.into_owned()
    }

    /// Imports a file, rejects to another one: created, updated, rejected, and the exit code.
    async fn import(&self, file: &Path, rejects: &Path) -> ([i64; 3], i32) {
        let (file, rejects) = (file.to_str().unwrap(), rejects.to_str().unwrap());
        let (report, code) = self.json(&["import", file, "--rejects", rejects]).await;
        (
            ["created", "updated", "rejected"].map(|name| report[name].as_i64().unwrap()),
            code,
        )
    }

    async fn titles(&self) -> Vec<String> {
        let all = self.api.all_leads(LeadFilter::default()).await;
        let mut titles: Vec<String> = all.into_iter().map(|lead| lead.title).collect();
        titles.sort();
        titles
    }
}

#[tokio::test]
async fn exit_codes_tell_what_went_wrong() {
    let desk = Desk::new().await;
    let nobody = new_id_text();
    assert_eq!(
        desk.refused(&["convert", &nobody]).await,
        (2, "LEAD_NOT_FOUND".to_owned())
    );
    assert_eq!(
        desk.refused(&["leads", "get", &nobody]).await,
        (2, "LEAD_NOT_FOUND".to_owned())
    );
    assert_eq!(desk.refused(&["timeline", "7"]).await, (2, "FIELD_INVALID".to_owned()));
    let lead = desk.api.create(lead_of("Ann Lee")).await;
    assert_eq!(desk.run(&["leads", "get", &lead.id]).await.status.code(), Some(0));

    let usage = desk.run(&["convert", "--no-such-option"]).await;
    assert_eq!(
        usage.status.code(),
        Some(64),
        "{}",
        String::from_utf8_lossy(&usage.stderr)
    );
    let help = desk.run(&["convert", "--help"]).await;
    assert_eq!(help.status.code(), Some(0));

    let away = desk
        .system
        .site
        .run(&["leads", "--server", "127.0.0.1:1", "--json"])
        .await;
    assert_eq!(away.status.code(), Some(1), "nobody answers there");
    let no_file = desk.run(&["import", "no-such-file.csv"]).await;
    assert_eq!(no_file.status.code(), Some(1));
}

#[tokio::test]
async fn a_timeline_is_added_to_and_shown() {
    let desk = Desk::new().await;
    let lead = desk.api.create(lead_of("Ann Lee")).await.id;
    let bo = desk.api.create_salesperson("Bo").await.id;
    let due = "2027-01-31T09:30:00Z";
    let plan = [
        "--kind",
        "activity",
        "--subject",
        "Call back",
        "--due",
        due,
        "--owner",
        &bo,
    ];
    let (added, _) = desk.json(&[&["timeline", "add", &lead][..], &plan].concat()).await;
    assert_eq!(
        (added["due_time"].as_str(), added["owner_id"].as_str()),
        (Some(due), Some(bo.as_str()))
    );
    let key = new_id_text();
    for _ in 0..2 {
        let note = [
            "timeline",
            "add",
            &lead,
            "--body",
            "Two\nlines",
            "--author",
            "Bo",
            "--request-id",
            &key,
        ];
        assert!(desk.text(&note).await.starts_with("added note "));
    }
    let (listed, _) = desk.json(&["timeline", &lead]).await;
    assert_eq!(listed.as_array().map(Vec::len), Some(2), "{listed}");
    assert_eq!(listed[0], added);
    let shown = desk.text(&["timeline", &lead]).await;
    assert!(
        shown.contains("activity") && shown.contains(&format!("due {due}")),
        "{shown}"
    );
    assert!(shown.contains("Two lines"), "{shown}");
    let one = desk.text(&["timeline", &lead, "--limit", "1"]).await;
    assert_eq!(one.lines().count(), 2, "a header and an entry: {one}");
}

#[tokio::test]
async fn leads_are_shown_by_what_they_are() {
    let desk = Desk::new().await;
    let bo = desk.api.create_salesperson("Bo").await.id;
    let his = Lead {
        salesperson_id: bo.clone(),
        ..lead_of("His One")
    };
    let his = desk.api.create(his).await;
    let free = desk.api.create(lead_of("Free One")).await;
    let ids = async |arguments: &[&str]| -> Vec<String> {
        let (listed, _) = desk.json(&[&["leads"], arguments].concat()).await;
        let all = listed.as_array().unwrap();
        all.iter().map(|lead| lead["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&["--unassigned"]).await, slice::from_ref(&free.id));
    assert_eq!(ids(&["--salesperson", &bo]).await, slice::from_ref(&his.id));
    assert_eq!(ids(&["--stage", &his.stage_id]).await.len(), 2);
    assert_eq!(ids(&["--customer", &new_id_text()]).await.len(), 0);
    let (one, _) = desk.json(&["leads", "get", &free.id]).await;
    assert_eq!(one["title"], free.title.as_str());
    assert!(desk.text(&["leads", "get", &free.id]).await.contains(&free.title));
}

#[tokio::test]
async fn rejected_rows_are_repaired_and_imported_without_doubling_any() {
    let desk = Desk::new().await;
    let rows = "Titel;Land;Priorität\nStühle;NL;1\nTische;Atlantis;2\nLampen;NL;9\nBetten;NL;hoch\nRegale;NL\n";
    let latin: Vec<u8> = rows.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let file = desk.file("leads.csv", latin);
    let rejects = desk.folder.path().join("rejects.csv");
    assert_eq!(desk.import(&file, &rejects).await, ([1, 0, 4], 2));
    assert_eq!(desk.titles().await, ["Stühle"]);

    let told = std::fs::read_to_string(&rejects).unwrap();
    assert!(
        told.starts_with("\u{FEFF}rejected_line;rejected_because;Titel;Land;Priorität\n"),
        "{told}"
    );
    for row in [
        ";Tische;Atlantis;2\n",
        ";Lampen;NL;9\n",
        ";Betten;NL;hoch\n",
        ";Regale;NL\n",
    ] {
        assert!(told.contains(row), "{row} in {told}");
    }
    let again = desk.folder.path().join("again.csv");
    assert_eq!(
        desk.import(&rejects, &again).await,
        ([0, 0, 4], 2),
        "not repaired, not taken"
    );

    let repaired = told
        .replace("Atlantis", "BE")
        .replace(";9\n", ";3\n")
        .replace(";Regale;NL\n", ";Regale;NL;0\n");
    std::fs::write(&rejects, repaired).unwrap();
    assert_eq!(desk.import(&rejects, &again).await, ([3, 0, 1], 2));
    assert_eq!(
        desk.import(&rejects, &again).await,
        ([3, 0, 1], 2),
        "the same import, told again"
    );
    assert_eq!(desk.titles().await, ["Lampen", "Regale", "Stühle", "Tische"]);

    let last = std::fs::read_to_string(&again).unwrap().replace("hoch", "2");
    let last = desk.file("last.csv", last);
    assert_eq!(desk.import(&last, &again).await, ([1, 0, 0], 0));
    assert_eq!(std::fs::read_to_string(&again).unwrap().lines().count(), 1, "a header");
    assert_eq!(desk.titles().await.len(), 5);
}

#[tokio::test]
async fn rejected_objects_are_repaired_and_imported() {
    let desk = Desk::new().await;
    let rows = "{\"title\":\"A\"}\n{\"title\":\"B\",\"priority\":9}\n{\"titel\":\"C\"}\n";
    let file = desk.file("leads.ndjson", rows);
    let rejects = desk.folder.path().join("rejects.ndjson");
    assert_eq!(desk.import(&file, &rejects).await, ([1, 0, 2], 2));
    let told = std::fs::read_to_string(&rejects).unwrap();
    let repaired = told.replace(":9", ":1").replace("titel", "title");
    std::fs::write(&rejects, repaired).unwrap();
    let again = desk.folder.path().join("again.ndjson");
    assert_eq!(desk.import(&rejects, &again).await, ([2, 0, 0], 0));
    assert_eq!(desk.titles().await, ["A", "B", "C"]);
}
