//! A database and a virtual host of one's own, and the processes that work on them.

use super::api::Api;
use super::heard::Heard;
use super::node::{Node, executable};
use opportune_testkit::{TestBroker, TestDatabase};
use std::path::PathBuf;
use std::process::{Output, Stdio};
use tempfile::TempDir;
use tokio::process::Command;

/// Everything that a request could write to.
const ROWS: &str = "SELECT (SELECT count(*) FROM leads) + (SELECT count(*) FROM customers)
    + (SELECT count(*) FROM conversions) + (SELECT count(*) FROM events) + (SELECT count(*) FROM requests)
    + (SELECT count(*) FROM imports) + (SELECT count(*) FROM import_rejects) + (SELECT count(*) FROM teams)
    + (SELECT count(*) FROM team_members) + (SELECT count(*) FROM salespeople) + (SELECT count(*) FROM stages)
    + (SELECT count(*) FROM batches) + (SELECT count(*) FROM batch_parts)
    + (SELECT count(*) FROM timeline_entries) + (SELECT count(*) FROM tenants)
    + (SELECT coalesce(sum(config_version), 0)::bigint FROM tenants)";

/// Where processes work: a database, a virtual host, a folder for their logs.
pub struct Site {
    /// The database.
    pub database: TestDatabase,
    /// The virtual host.
    pub broker: TestBroker,
    folder: TempDir,
    settings: Vec<(String, String)>,
}

impl Site {
    /// A new one.
    pub async fn new() -> Self {
        let (database, broker) = tokio::join!(TestDatabase::new(), TestBroker::new());
        let (database, broker) = (database.unwrap(), broker.unwrap());
        let settings = vec![
            ("OPPORTUNE__DATABASE__URL".to_owned(), database.url()),
            ("OPPORTUNE__BROKER__URL".to_owned(), broker.url().to_owned()),
            // Two processors are shared by several tests.
            ("OPPORTUNE__DATABASE__POOL_SIZE".to_owned(), "8".to_owned()),
        ];
        Self {
            database,
            broker,
            folder: tempfile::tempdir().unwrap(),
            settings,
        }
    }

    /// The same with a setting that goes before the usual ones, such as `OPPORTUNE__BROKER__URL`.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts a role, such as `serve`, and waits until it is ready.
    pub async fn start(&self, arguments: &[&str]) -> Node {
        self.spawn(arguments).ready().await
    }

    /// Starts a role and does not wait.
    pub fn spawn(&self, arguments: &[&str]) -> Node {
        let log: PathBuf = self.folder.path().join(format!("{}.log", arguments.join("-")));
        Node::spawn(arguments, &self.settings, &log)
    }

    /// Runs a subcommand that comes to an end by itself.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        Command::new(executable())
            .args(arguments)
            .envs(self.settings.iter().cloned())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .unwrap()
    }

    /// What a subcommand prints as JSON; it must succeed.
    pub async fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let ran = self.run(arguments).await;
        assert!(
            ran.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&ran.stderr)
        );
        serde_json::from_slice(&ran.stdout).unwrap()
    }

    /// How many rows there are of everything that a request could write.
    pub async fn count_rows(&self) -> i64 {
        self.database.number(ROWS).await.unwrap()
    }
}

/// One process that does everything, and a consumer of its events.
pub struct System {
    /// The process.
    pub node: Node,
    /// Every event since it began.
    pub heard: Heard,
    /// Where it works; goes last.
    pub site: Site,
    api: Api,
}

impl System {
    /// A new one.
    pub async fn start() -> Self {
        let site = Site::new().await;
        let (node, heard) = tokio::join!(site.start(&["serve", "--all"]), Heard::begin(site.broker.url()));
        let api = Api::new(&node.grpc);
        Self { node, heard, site, api }
    }

    /// The same site, with a process that only serves.
    pub async fn without_worker(self) -> Self {
        let ended = self.node.stop().await;
        assert!(ended.success(), "{ended}");
        let node = self.site.start(&["serve"]).await;
        Self { node, ..self }
    }

    /// Calls of one tenant, the same one each time.
    pub fn api(&self) -> Api {
        self.api.clone()
    }
}
