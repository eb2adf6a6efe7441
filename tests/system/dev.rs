//! `opportune dev`: everything in one process, on private servers, and its data is found again.

use crate::support::{Api, lead_of, node, open_folder, within};
use opportune_contract::v1::{ConversionState, LeadType};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use uuid::Uuid;

const STARTS: Duration = Duration::from_secs(120);
const ENDS: Duration = Duration::from_secs(60);

struct Dev {
    child: Child,
    endpoints: Value,
}

impl Dev {
    async fn start(folder: &Path) -> Self {
        let data = folder.join("data");
        // What a killed one left there is not to be taken for the new one's.
        let _ = std::fs::remove_file(data.join("endpoints.json"));
        let mut command = Command::new(node::executable());
        command
            .args(["dev", "--grpc-port", "0", "--ops-port", "0", "--data"])
            .arg(&data);
        let log = folder.join("dev.log");
        let mut child = node::start(command, &log);
        let endpoints = within(STARTS, "endpoints.json is written", || {
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "{}", std::fs::read_to_string(&log).unwrap_or_default());
            let read = std::fs::read(data.join("endpoints.json"));
            async move { serde_json::from_slice(&read.ok()?).ok() }
        })
        .await;
        Self { child, endpoints }
    }

    fn endpoint(&self, name: &str) -> &str {
        self.endpoints[name].as_str().unwrap()
    }

    async fn tell(mut self, signal: Signal) -> ExitStatus {
        tell(&mut self.child, signal).await
    }
}

async fn tell(child: &mut Child, signal: Signal) -> ExitStatus {
    let pid = Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
    timeout(ENDS, child.wait()).await.expect("it ends").unwrap()
}

/// Processes whose command lines name a folder.
fn working_in(folder: &Path) -> Vec<String> {
    let folder = folder.to_str().unwrap();
    let lines = std::fs::read_dir("/proc").unwrap().flatten();
    lines
        .filter_map(|process| std::fs::read_to_string(process.path().join("cmdline")).ok())
        .filter(|line| line.contains(folder))
        .collect()
}

#[tokio::test]
async fn a_benchmark_that_is_told_to_end_leaves_nothing_behind() {
    let (folder, logs) = (open_folder(), tempfile::tempdir().unwrap());
    let mut command = Command::new(node::executable());
    command
        .args(["bench", "similar", "--rows", "1000000"])
        .env("TMPDIR", folder.path());
    let log = logs.path().join("bench.log");
    let mut bench = node::start(command, &log);
    within(STARTS, "it has begun to work", || {
        let told = std::fs::read_to_string(&log).unwrap_or_default();
        assert!(bench.try_wait().unwrap().is_none(), "{told}");
        async move { told.contains("importing").then_some(()) }
    })
    .await;
    assert!(!working_in(folder.path()).is_empty());
    assert_eq!(tell(&mut bench, Signal::TERM).await.code(), Some(1));
    assert_eq!(working_in(folder.path()), Vec::<String>::new());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn it_finds_its_data_again_whether_it_was_stopped_or_killed() {
    let folder = open_folder();
    let dev = Dev::start(folder.path()).await;
    let line = std::fs::read_to_string(folder.path().join("dev.log")).unwrap();
    assert!(line.contains(&format!("ready grpc={}", dev.endpoint("grpc"))), "{line}");
    assert!(dev.endpoint("postgres").starts_with("postgres://") && dev.endpoint("amqp").starts_with("amqp://"));
    let tenant: Uuid = Api::new(dev.endpoint("grpc")).tenant;
    let at = |dev: &Dev| Api::new(dev.endpoint("grpc")).as_tenant(tenant);
    let api = at(&dev);
    let first = api.create(lead_of("Ann Lee")).await.id;
    let conversion = api.converted(&first).await;
    let second = api.create(lead_of("Bo Berg")).await.id;

    let ended = dev.tell(Signal::INT).await;
    assert_eq!(ended.code(), Some(0), "{ended}");
    assert!(
        !folder.path().join("data/endpoints.json").exists(),
        "nothing runs, and nothing says so"
    );
    let dev = Dev::start(folder.path()).await;
    let api = at(&dev);
    assert_eq!(api.conversion(&conversion.id).await, conversion);
    assert_eq!(api.lead(&first).await.r#type(), LeadType::Opportunity);
    assert_eq!(api.converted(&second).await.state(), ConversionState::Succeeded);

    dev.tell(Signal::KILL).await;
    let dev = Dev::start(folder.path()).await;
    let api = at(&dev);
    assert_eq!(api.lead(&second).await.r#type(), LeadType::Opportunity);
    let third = api.create(lead_of("Cy Cole")).await.id;
    api.converted(&third).await;
    assert!(dev.tell(Signal::TERM).await.success());
}
