//! A process of the executable.

use super::http;
use super::poll::within;
use opportune_sandbox::free_port;
use rustix::process::{Pid, Signal, kill_process};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Starting includes migrations, on a machine that is busy with other tests.
const READY: Duration = Duration::from_secs(60);
/// Draining has a limit of its own, shorter than this.
const END: Duration = Duration::from_secs(60);
/// Lines of the log that are shown when a test fails.
const SHOWN: usize = 60;

/// The built executable, beside the folder of the test programs.
pub fn executable() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let built = test.parent().and_then(Path::parent).unwrap().join("opportune");
    assert!(
        built.exists(),
        "{} is missing: run cargo build --workspace first",
        built.display()
    );
    built
}

/// A running process of the executable. Dropped, it is killed.
pub struct Node {
    name: String,
    child: Child,
    log: PathBuf,
    /// Host and port of gRPC; of the roles that serve.
    pub grpc: String,
    /// Host and port of health and metrics.
    pub ops: String,
}

impl Node {
    /// Starts a role, such as `serve`, `work`, `relay`, and returns at once.
    pub fn spawn(arguments: &[&str], settings: &[(String, String)], log: &Path) -> Self {
        let (grpc, ops) = (local(), local());
        let mut command = Command::new(executable());
        command
            .args(arguments)
            .envs(settings.iter().cloned())
            .env("OPPORTUNE__SERVER__ADDRESS", &grpc)
            .env("OPPORTUNE__OPS__ADDRESS", &ops)
            .env("OPPORTUNE__TELEMETRY__LOG_FORMAT", "pretty");
        let child = start(command, log);
        Self {
            name: arguments.join(" "),
            child,
            log: log.to_owned(),
            grpc,
            ops,
        }
    }

    /// Waits until it says that it is ready.
    pub async fn ready(self) -> Self {
        let mut node = self;
        let (name, ops) = (node.name.clone(), node.ops.clone());
        within(READY, &format!("{name} is ready"), || {
            let ended = node.child.try_wait().unwrap();
            assert!(ended.is_none(), "{name} ended at its start: {ended:?}");
            let ops = ops.clone();
            async move {
                http::get(&ops, "/readyz")
                    .await
                    .is_ok_and(|answer| answer.status == 200)
                    .then_some(())
            }
        })
        .await;
        node
    }

    /// Number of the process.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id().unwrap()).unwrap()).unwrap()
    }

    /// SIGKILL, and waits until it is gone.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// SIGTERM; how it ended.
    pub async fn stop(mut self) -> ExitStatus {
        kill_process(self.pid(), Signal::TERM).unwrap();
        self.end().await
    }

    /// How it ended by itself.
    pub async fn end(&mut self) -> ExitStatus {
        timeout(END, self.child.wait())
            .await
            .unwrap_or_else(|_| panic!("{} does not end", self.name))
            .unwrap()
    }

    /// What it tells whoever measures it.
    pub async fn metrics(&self) -> String {
        let answer = http::get(&self.ops, "/metrics").await.unwrap();
        String::from_utf8(answer.body).unwrap()
    }

    /// What it has written to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let last = lines[lines.len().saturating_sub(SHOWN)..].join("\n");
            eprintln!("the last lines of {}:\n{last}", self.name);
        }
    }
}

/// Starts a command whose output goes to the end of a file.
pub fn start(mut command: Command, log: &Path) -> Child {
    let file = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
    command
        .stdin(Stdio::null())
        .stdout(file.try_clone().unwrap())
        .stderr(file)
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// Not one that the system chooses: between the choice and the start, a client might be given it for its end of a
/// connection.
fn local() -> String {
    format!("127.0.0.1:{}", free_port().unwrap())
}
