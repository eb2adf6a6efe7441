//! The log layer: what a line looks like and which events are written.

use std::fmt;
use std::io::IsTerminal;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, layer};
use tracing_subscriber::registry::LookupSpan;

use crate::error::TelemetryError;
use crate::options::{LogFormat, TelemetryOptions};

type BoxedLayer<S> = Box<dyn Layer<S> + Send + Sync>;

/// The log layer of `options`, writing to `writer`.
pub(crate) fn log_layer<S>(options: &TelemetryOptions, writer: BoxMakeWriter) -> Result<BoxedLayer<S>, TelemetryError>
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
{
    let filter = parse_filter(&options.log_filter)?;
    Ok(match options.log_format {
        LogFormat::Json => layer()
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .map_event_format(WithTraceId)
            .with_writer(writer)
            .with_filter(filter)
            .boxed(),
        LogFormat::Pretty => layer()
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(writer)
            .with_filter(filter)
            .boxed(),
    })
}

fn parse_filter(filter: &str) -> Result<EnvFilter, TelemetryError> {
    EnvFilter::builder()
        .parse(filter)
        .map_err(|source| TelemetryError::Filter {
            filter: filter.to_owned(),
            source,
        })
}

/// Puts the ids of the trace in front of a JSON line, so that logs and traces can be read side by side.
struct WithTraceId<F>(F);

impl<S, N, F> FormatEvent<S, N> for WithTraceId<F>
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
    N: for<'writer> FormatFields<'writer> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let current = Context::current();
        let span = current.span();
        let span = span.span_context();
        if !span.is_valid() {
            return self.0.format_event(context, out, event);
        }
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        match line.strip_prefix('{') {
            Some(rest) => {
                write!(
                    out,
                    "{{\"trace_id\":\"{}\",\"span_id\":\"{}\",{rest}",
                    span.trace_id(),
                    span.span_id()
                )
            }
            None => out.write_str(&line),
        }
    }
}
