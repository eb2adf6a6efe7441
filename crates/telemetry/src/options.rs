//! What the executable may choose about telemetry.

use std::fmt;
use std::str::FromStr;

use crate::error::TelemetryError;

/// How log lines are written (always to standard error, so that standard output stays free for results).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// One JSON object a line, with `trace_id` and `span_id` when there is a trace.
    #[default]
    Json,
    /// One readable line per event, coloured on a terminal.
    Pretty,
}

impl FromStr for LogFormat {
    type Err = TelemetryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "json" => Ok(Self::Json),
            "pretty" => Ok(Self::Pretty),
            other => Err(TelemetryError::LogFormat(other.to_owned())),
        }
    }
}

impl fmt::Display for LogFormat {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Json => "json",
            Self::Pretty => "pretty",
        })
    }
}

/// Everything [`crate::init`] needs.
#[derive(Debug, Clone)]
pub struct TelemetryOptions {
    /// `service.name` of traces and metrics.
    pub service_name: String,
    /// `service.version` of traces and metrics.
    pub service_version: String,
    /// The form of log lines.
    pub log_format: LogFormat,
    /// Which events are logged, in the syntax of `EnvFilter`, e.g. `info,opportune=debug`. Does not touch traces.
    pub log_filter: String,
    /// Where traces go, e.g. `http://127.0.0.1:4317` (OTLP over gRPC, without TLS: a collector beside the process).
    /// `None`: spans still get ids and pass them on, but nothing is exported.
    pub otlp_endpoint: Option<String>,
    /// Share of new traces that are exported, 0 to 1. A caller's own decision (its `traceparent`) goes first.
    pub sample_ratio: f64,
}

impl Default for TelemetryOptions {
    fn default() -> Self {
        Self {
            service_name: "opportune".to_owned(),
            service_version: env!("CARGO_PKG_VERSION").to_owned(),
            log_format: LogFormat::default(),
            log_filter: "info".to_owned(),
            otlp_endpoint: None,
            sample_ratio: 1.0,
        }
    }
}
