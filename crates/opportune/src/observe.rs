//! Logs and traces of this process.

use opportune_telemetry::{LogFormat, Telemetry, TelemetryOptions};

use crate::cli::{Global, LogFormatChoice};
use crate::config;

/// For a process that stays: as the settings say.
///
/// # Errors
/// The settings cannot be used.
pub fn service(settings: &config::Telemetry) -> anyhow::Result<Telemetry> {
    let endpoint = &settings.otlp_endpoint;
    let options = TelemetryOptions {
        service_version: env!("CARGO_PKG_VERSION").to_owned(),
        log_format: match settings.log_format {
            config::LogFormat::Json => LogFormat::Json,
            config::LogFormat::Pretty => LogFormat::Pretty,
        },
        log_filter: settings.log_filter.clone(),
        otlp_endpoint: (!endpoint.is_empty()).then(|| endpoint.clone()),
        sample_ratio: settings.sample_ratio,
        ..TelemetryOptions::default()
    };
    Ok(opportune_telemetry::init(&options)?)
}

/// For a command at a terminal: warnings only.
///
/// # Errors
/// None that a first call could cause.
pub fn command(global: &Global) -> anyhow::Result<Telemetry> {
    let log_format = match global.log_format {
        Some(LogFormatChoice::Json) => LogFormat::Json,
        Some(LogFormatChoice::Pretty) | None => LogFormat::Pretty,
    };
    let options = TelemetryOptions {
        log_format,
        log_filter: "warn,lapin=off".to_owned(),
        ..TelemetryOptions::default()
    };
    Ok(opportune_telemetry::init(&options)?)
}
