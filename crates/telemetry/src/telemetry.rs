//! Sets up logs, traces and metrics for one process and takes them down again.

use std::time::Duration;

use opentelemetry::metrics::MeterProvider;
use opentelemetry::trace::TracerProvider;
use opentelemetry::{KeyValue, global};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use prometheus::{Registry, TextEncoder};
use tracing::Dispatch;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, registry};

use crate::error::TelemetryError;
use crate::logs::log_layer;
use crate::metrics::Metrics;
use crate::options::TelemetryOptions;
use crate::redact::redact_url;

/// The longest that a shutdown waits for the collector to take the last spans.
pub const SHUTDOWN_LIMIT: Duration = Duration::from_secs(3);

const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);
const SCOPE: &str = "opportune";

/// Targets (prefixes) that would trace the transport of the traces themselves, or repeat our own spans in finer grain.
const UNTRACED: [&str; 5] = ["opentelemetry", "h2", "hyper", "tonic", "tower"];

/// The running telemetry of the process. Hold it until the end of `main`: dropping it flushes, on every way out except
/// `std::process::exit`, which runs no destructors (call [`Telemetry::shutdown`] before it).
#[derive(Debug)]
pub struct Telemetry {
    tracer_provider: SdkTracerProvider,
    meter_provider: SdkMeterProvider,
    registry: Registry,
    metrics: Metrics,
}

/// Sets up logs (standard error), traces and metrics for this process. Once per process, before anything logs.
///
/// With an OTLP endpoint it has to be called inside a multi-threaded Tokio runtime. The collector need not be there.
///
/// # Errors
/// Settings that cannot be used, and a second call; see [`TelemetryError`].
pub fn init(options: &TelemetryOptions) -> Result<Telemetry, TelemetryError> {
    let (dispatch, telemetry) = build(options, BoxMakeWriter::new(std::io::stderr))?;
    tracing::dispatcher::set_global_default(dispatch).map_err(TelemetryError::AlreadyInitialised)?;
    global::set_text_map_propagator(TraceContextPropagator::new());
    Ok(telemetry)
}

impl Telemetry {
    /// The recorders of this process; clone freely.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.metrics.clone()
    }

    /// All metrics in the Prometheus text format (`text/plain; version=0.0.4`).
    #[must_use]
    pub fn render_metrics(&self) -> String {
        self.metrics_renderer().render()
    }

    /// A handle for the `/metrics` route, which lives in a task of its own.
    #[must_use]
    pub fn metrics_renderer(&self) -> MetricsRenderer {
        MetricsRenderer(self.registry.clone())
    }

    /// Flushes what is not yet exported and stops, within [`SHUTDOWN_LIMIT`]. Blocks the thread; the Tokio runtime has
    /// to be still there to carry the last export.
    pub fn shutdown(self) {
        drop(self);
    }

    fn stop(&self) {
        if let Err(error) = self.tracer_provider.shutdown_with_timeout(SHUTDOWN_LIMIT) {
            tracing::warn!(%error, "the last traces may be lost");
        }
        if let Err(error) = self.meter_provider.shutdown_with_timeout(SHUTDOWN_LIMIT) {
            tracing::debug!(%error, "the metrics were not stopped cleanly");
        }
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Renders the metrics of the process; see [`Telemetry::metrics_renderer`].
#[derive(Debug, Clone)]
pub struct MetricsRenderer(Registry);

impl MetricsRenderer {
    /// All metrics in the Prometheus text format (`text/plain; version=0.0.4`).
    #[must_use]
    pub fn render(&self) -> String {
        match TextEncoder::new().encode_to_string(&self.0.gather()) {
            Ok(text) => text,
            Err(error) => {
                tracing::error!(%error, "the metrics cannot be rendered");
                String::new()
            }
        }
    }
}

/// Everything of [`init`] that does not touch global state.
fn build(options: &TelemetryOptions, writer: BoxMakeWriter) -> Result<(Dispatch, Telemetry), TelemetryError> {
    let logs = log_layer(options, writer)?;
    let resource = resource(options);
    let tracer_provider = tracer_provider(options, resource.clone())?;
    let registry = Registry::new();
    let meter_provider = meter_provider(&registry, resource)?;
    let metrics = Metrics::new(&meter_provider.meter(SCOPE));

    let traces = tracing_opentelemetry::layer()
        .with_tracer(tracer_provider.tracer(SCOPE))
        .with_location(false)
        .with_threads(false)
        .with_filter(traced_targets());
    let dispatch = Dispatch::new(registry::Registry::default().with(logs).with(traces));
    Ok((
        dispatch,
        Telemetry {
            tracer_provider,
            meter_provider,
            registry,
            metrics,
        },
    ))
}

/// Traces have a filter of their own: a quieter log must not cut the chain of trace ids.
fn traced_targets() -> Targets {
    Targets::new()
        .with_default(LevelFilter::INFO)
        .with_targets(UNTRACED.map(|target| (target, LevelFilter::OFF)))
}

fn resource(options: &TelemetryOptions) -> Resource {
    Resource::builder()
        .with_service_name(options.service_name.clone())
        .with_attribute(KeyValue::new("service.version", options.service_version.clone()))
        .build()
}

fn tracer_provider(options: &TelemetryOptions, resource: Resource) -> Result<SdkTracerProvider, TelemetryError> {
    if !(0.0..=1.0).contains(&options.sample_ratio) {
        return Err(TelemetryError::SampleRatio(options.sample_ratio));
    }
    let builder = SdkTracerProvider::builder().with_resource(resource);
    let Some(endpoint) = &options.otlp_endpoint else {
        // Ids for everybody, but no claim in `traceparent` that somebody recorded the span.
        return Ok(builder
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOff)))
            .build());
    };
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(options.sample_ratio)));
    Ok(builder
        .with_sampler(sampler)
        .with_batch_exporter(span_exporter(endpoint)?)
        .build())
}

fn span_exporter(endpoint: &str) -> Result<SpanExporter, TelemetryError> {
    // tonic spawns the connection's task when the channel is made and would panic without a runtime.
    tokio::runtime::Handle::try_current().map_err(|_| TelemetryError::NoRuntime)?;
    SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .with_timeout(EXPORT_TIMEOUT)
        .build()
        .map_err(|source| TelemetryError::Exporter {
            endpoint: redact_url(endpoint),
            source,
        })
}

fn meter_provider(registry: &Registry, resource: Resource) -> Result<SdkMeterProvider, TelemetryError> {
    let reader = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .scope_info_enabled(false)
        .build()
        .map_err(TelemetryError::Registry)?;
    Ok(SdkMeterProvider::builder()
        .with_resource(resource)
        .with_reader(reader)
        .build())
}

#[cfg(test)]
mod tests;

/// The metrics text after `record` ran against a telemetry of its own.
#[cfg(test)]
pub(crate) fn rendered(record: impl FnOnce(&Metrics)) -> String {
    let writer = BoxMakeWriter::new(std::io::sink);
    let (_dispatch, telemetry) = build(&TelemetryOptions::default(), writer).expect("the defaults are usable");
    record(&telemetry.metrics());
    telemetry.render_metrics()
}
