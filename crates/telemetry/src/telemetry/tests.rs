use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tracing::{Dispatch, dispatcher, info, info_span};

use super::*;
use crate::options::LogFormat;
use crate::trace;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn writer(&self) -> BoxMakeWriter {
        let lines = self.clone();
        BoxMakeWriter::new(move || lines.clone())
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn started(options: &TelemetryOptions) -> (Dispatch, Telemetry, Lines) {
    let lines = Lines::default();
    let (dispatch, telemetry) = build(options, lines.writer()).unwrap();
    (dispatch, telemetry, lines)
}

fn trace_id(traceparent: &str) -> &str {
    traceparent.split('-').nth(1).unwrap()
}

#[test]
fn a_span_whose_parent_is_a_traceparent_belongs_to_the_same_trace() {
    let (dispatch, _telemetry, _) = started(&TelemetryOptions::default());
    dispatcher::with_default(&dispatch, || {
        let sent = info_span!("accept").in_scope(trace::current_traceparent).unwrap();
        let worker = info_span!("convert");
        trace::set_parent(&worker, &sent);
        let received = worker.in_scope(trace::current_traceparent).unwrap();
        assert_eq!(trace_id(&sent), trace_id(&received));
        assert_ne!(sent, received, "the child has a span id of its own");
        let other = info_span!("another").in_scope(trace::current_traceparent).unwrap();
        assert_ne!(trace_id(&sent), trace_id(&other));
    });
}

#[test]
fn the_callers_wish_to_be_sampled_is_passed_on() {
    let (dispatch, _telemetry, _) = started(&TelemetryOptions::default());
    dispatcher::with_default(&dispatch, || {
        for sampled in [true, false] {
            let caller = trace::new_root_traceparent(sampled);
            let span = info_span!("call");
            trace::set_parent(&span, &caller);
            let sent = span.in_scope(trace::current_traceparent).unwrap();
            assert_eq!(trace_id(&sent), trace_id(&caller));
            assert_eq!(sent.ends_with("-01"), sampled);
        }
    });
}

#[test]
fn a_malformed_traceparent_starts_a_new_trace() {
    let (dispatch, _telemetry, _) = started(&TelemetryOptions::default());
    dispatcher::with_default(&dispatch, || {
        for malformed in [
            "",
            "00",
            "00-0-0-00",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "ü-ü-ü-ü",
        ] {
            assert!(!trace::is_traceparent(malformed));
            let span = info_span!("call");
            trace::set_parent(&span, malformed);
            trace::link(&span, malformed);
            assert!(span.in_scope(trace::current_traceparent).is_some());
        }
    });
}

#[test]
fn a_quiet_log_and_a_finer_span_do_not_cut_the_trace() {
    let options = TelemetryOptions {
        log_filter: "off".to_owned(),
        ..TelemetryOptions::default()
    };
    let (dispatch, _telemetry, lines) = started(&options);
    dispatcher::with_default(&dispatch, || {
        let outer = info_span!("call").entered();
        let sent = trace::current_traceparent().unwrap();
        let inner = tracing::debug_span!("detail")
            .in_scope(trace::current_traceparent)
            .unwrap();
        assert_eq!(sent, inner);
        info!("unheard");
        drop(outer);
    });
    assert_eq!(lines.text(), "");
}

#[test]
fn outside_of_any_span_there_is_no_traceparent() {
    assert_eq!(trace::current_traceparent(), None);
    let (dispatch, _telemetry, _) = started(&TelemetryOptions::default());
    dispatcher::with_default(&dispatch, || assert_eq!(trace::current_traceparent(), None));
}

#[test]
fn a_json_line_carries_the_ids_of_its_trace_and_the_fields_of_its_span() {
    let (dispatch, _telemetry, lines) = started(&TelemetryOptions::default());
    let id = dispatcher::with_default(&dispatch, || {
        let _span = info_span!("call", lead = "l-1").entered();
        info!(attempt = 2, "tried");
        trace::current_trace_id().unwrap()
    });
    let text = lines.text();
    assert!(
        text.starts_with(&format!("{{\"trace_id\":\"{id}\",\"span_id\":\"")),
        "{text}"
    );
    for part in [
        "\"attempt\":2",
        "\"message\":\"tried\"",
        "\"lead\":\"l-1\"",
        "\"level\":\"INFO\"",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn a_pretty_line_is_not_json() {
    let options = TelemetryOptions {
        log_format: LogFormat::Pretty,
        ..TelemetryOptions::default()
    };
    let (dispatch, _telemetry, lines) = started(&options);
    dispatcher::with_default(&dispatch, || info!("hello"));
    assert!(lines.text().contains("hello"));
    assert!(!lines.text().starts_with('{'));
}

#[test]
fn settings_that_cannot_be_used_are_refused() {
    let refused = |options: TelemetryOptions| build(&options, Lines::default().writer()).err().unwrap();
    let defaults = TelemetryOptions::default;
    let filter = refused(TelemetryOptions {
        log_filter: "info,=,x".to_owned(),
        ..defaults()
    });
    assert!(matches!(filter, TelemetryError::Filter { .. }));
    let ratio = refused(TelemetryOptions {
        sample_ratio: f64::NAN,
        ..defaults()
    });
    assert!(matches!(ratio, TelemetryError::SampleRatio(_)));
    let endpoint = Some("http://127.0.0.1:4317".to_owned());
    let runtime = refused(TelemetryOptions {
        otlp_endpoint: endpoint,
        ..defaults()
    });
    assert!(matches!(runtime, TelemetryError::NoRuntime));
    assert!("xml".parse::<LogFormat>().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_collector_does_not_hold_up_the_shutdown() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let options = TelemetryOptions {
        otlp_endpoint: Some(endpoint),
        ..TelemetryOptions::default()
    };
    let (dispatch, telemetry, _) = started(&options);
    let sent = dispatcher::with_default(&dispatch, || info_span!("call").in_scope(trace::current_traceparent));
    assert!(sent.unwrap().ends_with("-01"), "what is exported is marked as sampled");
    let began = Instant::now();
    tokio::task::spawn_blocking(move || telemetry.shutdown()).await.unwrap();
    assert!(began.elapsed() < SHUTDOWN_LIMIT * 2);
}
