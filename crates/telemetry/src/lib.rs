//! Tracing, OTLP, metrics, redaction.
//!
//! Only the executable (and the tests) depend on this crate. The layers below log through `tracing` alone; what they
//! want counted or carried on reaches [`metrics::Metrics`] and [`trace`] through callbacks that the executable wires.

mod error;
mod logs;
pub mod metrics;
mod options;
pub mod redact;
mod telemetry;
pub mod trace;

pub use error::TelemetryError;
pub use metrics::Metrics;
pub use options::{LogFormat, TelemetryOptions};
pub use redact::{Redacted, redact_url};
pub use telemetry::{MetricsRenderer, SHUTDOWN_LIMIT, Telemetry, init};
