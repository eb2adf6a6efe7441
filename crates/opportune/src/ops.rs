//! /livez, /readyz and /metrics.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use opportune_application::ports::Store;
use opportune_rabbitmq::Broker;
use opportune_telemetry::MetricsRenderer;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// The longest that the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What readiness depends on.
#[derive(Clone)]
pub struct Readiness {
    /// The database.
    pub store: Arc<dyn Store>,
    /// The connections to the broker.
    pub brokers: Vec<Broker>,
    /// Set when the process takes nothing new any more.
    pub draining: CancellationToken,
}

impl Readiness {
    /// What is wrong, empty when nothing is: "database", "broker", "draining".
    pub async fn missing(&self) -> Vec<&'static str> {
        let database = matches!(timeout(PATIENCE, self.store.ping()).await, Ok(Ok(())));
        let broker = self.brokers.iter().all(|broker| broker.health().ready());
        [
            ("database", database),
            ("broker", broker),
            ("draining", !self.draining.is_cancelled()),
        ]
        .into_iter()
        .filter(|(_, good)| !good)
        .map(|(name, _)| name)
        .collect()
    }
}

#[derive(Clone)]
struct Ops {
    readiness: Readiness,
    metrics: MetricsRenderer,
}

/// Answers until `stop`.
///
/// # Errors
/// The socket fails.
pub async fn serve(
    listener: TcpListener,
    readiness: Readiness,
    metrics: MetricsRenderer,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let router = Router::new()
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(render))
        .with_state(Ops { readiness, metrics });
    axum::serve(listener, router)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
}

async fn readyz(State(ops): State<Ops>) -> impl IntoResponse {
    let missing = ops.readiness.missing().await;
    let status = if missing.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(json!({ "ready": missing.is_empty(), "missing": missing })))
}

async fn render(State(ops): State<Ops>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        ops.metrics.render(),
    )
}
