//! The service under measurement: `opportune dev` as a process of its own, on private servers.

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tonic::transport::Channel;
use uuid::Uuid;

/// How long the service may take to start, and to become quiet.
const PATIENCE: Duration = Duration::from_secs(120);
/// Connections of the client; calls are spread over them.
const CHANNELS: usize = 4;

#[derive(Debug, Deserialize)]
struct Endpoints {
    grpc: String,
    postgres: String,
    amqp: String,
}

/// The service, its client and its servers.
pub struct Stage {
    child: Child,
    endpoints: Endpoints,
    channels: Vec<Channel>,
    /// The owner's connections to the database.
    pub pool: PgPool,
    folder: TempDir,
}

impl Stage {
    /// Starts the service in a folder of its own.
    pub async fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("opportune-bench-").tempdir()?;
        let child = Command::new(std::env::current_exe()?)
            .args(["dev", "--grpc-port", "0", "--ops-port", "0", "--data"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.path().join("service.log"))?)
            .kill_on_drop(true)
            .spawn()?;
        let endpoints = endpoints(folder.path()).await?;
        let mut channels = Vec::new();
        for _ in 0..CHANNELS {
            channels.push(
                Channel::from_shared(format!("http://{}", endpoints.grpc))?
                    .connect()
                    .await?,
            );
        }
        let pool = PgPoolOptions::new()
            .max_connections(40)
            .connect(&endpoints.postgres)
            .await?;
        Ok(Self {
            child,
            endpoints,
            channels,
            pool,
            folder,
        })
    }

    /// Stops the service and its servers.
    pub async fn stop(mut self) -> Result<()> {
        self.pool.close().await;
        let pid = self.child.id().context("the service ended by itself")?;
        let status = Command::new("kill").args(["-TERM", &pid.to_string()]).status().await?;
        anyhow::ensure!(status.success(), "the service cannot be told to stop");
        tokio::time::timeout(PATIENCE, self.child.wait()).await??;
        Ok(())
    }

    /// A connection of the client; the same for equal numbers.
    pub fn channel(&self, number: usize) -> Channel {
        self.channels[number % self.channels.len()].clone()
    }

    /// Runs a command of this executable against the service, as a process of its own; how long it takes.
    pub async fn time_command<'a>(&self, arguments: impl IntoIterator<Item = &'a OsStr>) -> Result<Duration> {
        let begun = Instant::now();
        let ended = Command::new(std::env::current_exe()?)
            .args(arguments)
            .arg("--data")
            .arg(self.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .output()
            .await?;
        let took = begun.elapsed();
        ensure!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        Ok(took)
    }

    /// Address of the broker.
    pub fn amqp(&self) -> &str {
        &self.endpoints.amqp
    }

    /// Waits until every conversion is settled and every message is confirmed.
    pub async fn quiet(&self) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let busy: bool = sqlx::query_scalar(
                "SELECT EXISTS (SELECT FROM outbox) \
                 OR EXISTS (SELECT FROM conversions WHERE state IN ('queued', 'running'))",
            )
            .fetch_one(&self.pool)
            .await?;
            if !busy {
                return Ok(());
            }
            sleep(Duration::from_millis(5)).await;
        }
        bail!("the service did not become quiet within {PATIENCE:?}")
    }

    /// How many events the conversions of these leads emitted.
    pub async fn events_of(&self, lead_ids: &[Uuid]) -> Result<usize> {
        let count: i64 = sqlx::query_scalar(
            "SELECT coalesce(sum(json_array_length(outcome -> 'event_ids')), 0)::bigint \
             FROM conversions WHERE lead_id = ANY ($1)",
        )
        .bind(lead_ids)
        .fetch_one(&self.pool)
        .await?;
        Ok(usize::try_from(count)?)
    }

    /// Watches the resident memory of the service.
    pub fn watch_memory(&self) -> MemoryWatch {
        let stop = Arc::new(AtomicBool::new(false));
        let peak = Arc::new(AtomicU64::new(0));
        let (pid, stopping, highest) = (self.child.id(), stop.clone(), peak.clone());
        let task = tokio::spawn(async move {
            while !stopping.load(Ordering::Relaxed) {
                highest.fetch_max(pid.and_then(resident_kib).unwrap_or(0), Ordering::Relaxed);
                sleep(Duration::from_millis(20)).await;
            }
        });
        MemoryWatch { stop, peak, task }
    }
}

/// Looks at the memory of the service while something runs.
pub struct MemoryWatch {
    stop: Arc<AtomicBool>,
    peak: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl MemoryWatch {
    /// The highest value seen, in MiB.
    pub async fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.task.await;
        self.peak.load(Ordering::Relaxed) / 1024
    }
}

fn resident_kib(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

async fn endpoints(folder: &Path) -> Result<Endpoints> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Ok(text) = std::fs::read_to_string(folder.join("endpoints.json")) {
            return serde_json::from_str(&text).context("endpoints.json");
        }
        sleep(Duration::from_millis(50)).await;
    }
    let log = std::fs::read_to_string(folder.join("service.log")).unwrap_or_default();
    bail!("the service did not start within {PATIENCE:?}: {log}")
}
