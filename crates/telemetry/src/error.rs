//! What can go wrong while telemetry is set up.

/// Why telemetry could not be set up. None of these happens once the process runs.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The log filter is not in the `target=level,…` form of `tracing_subscriber::EnvFilter`.
    #[error("the log filter {filter:?} cannot be read")]
    Filter {
        /// The filter as given.
        filter: String,
        /// What is wrong with it.
        #[source]
        source: tracing_subscriber::filter::ParseError,
    },
    /// The log format is neither `json` nor `pretty`.
    #[error("the log format {0:?} is unknown, use \"json\" or \"pretty\"")]
    LogFormat(String),
    /// The sample ratio is not a number from 0 to 1.
    #[error("the sample ratio {0} is not between 0 and 1")]
    SampleRatio(f64),
    /// An OTLP endpoint was given, but there is no Tokio runtime that could drive the connection.
    #[error("exporting traces needs a running Tokio runtime")]
    NoRuntime,
    /// The OTLP exporter refused its settings.
    #[error("the OTLP exporter for {endpoint} cannot be built")]
    Exporter {
        /// The endpoint, password masked.
        endpoint: String,
        /// What is wrong with it.
        #[source]
        source: opentelemetry_otlp::ExporterBuildError,
    },
    /// The Prometheus reader could not be registered.
    #[error("the metrics registry cannot be set up")]
    Registry(#[source] opentelemetry_sdk::error::OTelSdkError),
    /// `init` was called twice in one process.
    #[error("telemetry is already set up in this process")]
    AlreadyInitialised(#[source] tracing::dispatcher::SetGlobalDefaultError),
}
