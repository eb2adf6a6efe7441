//! The sections of the settings; `defaults.toml` says what each setting means.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::SecretUrl;

/// gRPC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// The longest call that neither waits nor streams.
    pub timeout_seconds: u64,
    /// Origins that browsers may call from.
    pub web_origins: Vec<String>,
    /// Longest time to end in order.
    pub drain_seconds: u64,
    /// Certificate and key.
    pub tls: Tls,
}

/// Certificate and key of the gRPC server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// PEM file of the certificate chain.
    pub cert: PathBuf,
    /// PEM file of the key.
    pub key: PathBuf,
}

impl Tls {
    /// Both files, when TLS is wanted.
    pub fn files(&self) -> Option<(&PathBuf, &PathBuf)> {
        (!self.cert.as_os_str().is_empty()).then_some((&self.cert, &self.key))
    }
}

/// Health and metrics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ops {
    /// Where it listens.
    pub address: SocketAddr,
}

/// Who callers are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// How that is known.
    pub mode: AuthMode,
}

/// How it is known who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthMode {
    /// Callers say it themselves.
    None,
}

/// PostgreSQL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// The application's connections.
    pub url: SecretUrl,
    /// The relay's connections; empty: as `url`.
    pub relay_url: SecretUrl,
    /// The connection of migrations; empty: as `url`.
    pub migrate_url: SecretUrl,
    /// Take on the roles when connecting.
    pub set_role: bool,
    /// A pooler in transaction mode stands between.
    pub pooler: bool,
    /// The application's connections, at most.
    pub pool_size: u32,
    /// The relay's connections, at most.
    pub relay_pool_size: u32,
    /// Longest wait for a connection.
    pub acquire_timeout_ms: u64,
    /// Longest statement.
    pub statement_timeout_ms: u64,
    /// Longest wait for a lock.
    pub lock_timeout_ms: u64,
}

impl Database {
    /// What migrations connect to.
    pub fn migrate_url(&self) -> &SecretUrl {
        self.migrate_url.or(&self.url)
    }
}

/// RabbitMQ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broker {
    /// The broker and virtual host.
    pub url: SecretUrl,
    /// Bodies of events.
    pub event_format: EventFormat,
    /// Deliveries of one job, at most.
    pub delivery_limit: u32,
    /// Longest wait for a confirmation.
    pub publish_timeout_ms: u64,
    /// Channels that publish.
    pub publish_channels: usize,
    /// The process ends when the broker is away for longer; 0: never.
    pub exit_after_disconnected_seconds: u64,
}

/// Bodies of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventFormat {
    /// Canonical proto JSON.
    Json,
    /// Binary protobuf.
    Protobuf,
}

/// Settling conversions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worker {
    /// Micro-batches at the same time.
    pub slots: usize,
    /// Conversions in a micro-batch.
    pub micro_batch_max: usize,
    /// How long a micro-batch waits for more.
    pub micro_batch_wait_ms: u64,
    /// Unacknowledged jobs of a queue.
    pub prefetch: u16,
}

/// Accepting calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// Calls in one transaction.
    pub max_batch: usize,
    /// Transactions at the same time.
    pub lanes: usize,
}

/// Messages to be published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outbox {
    /// How often the relay looks.
    pub relay_poll_ms: u64,
}

/// Overdue conversions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sweeper {
    /// How often they are looked for.
    pub interval_seconds: u64,
}

/// Stored events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// How long they stay.
    pub keep_days: u32,
}

/// Logs and traces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// The form of log lines.
    pub log_format: LogFormat,
    /// Which events are logged.
    pub log_filter: String,
    /// Where traces go; empty: nowhere.
    pub otlp_endpoint: String,
    /// Share of new traces.
    pub sample_ratio: f64,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Pretty,
}
