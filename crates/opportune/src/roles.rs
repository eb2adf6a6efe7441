//! What a process does: answer calls, work, relay, or all of it.

mod background;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use opportune_grpc::{HealthSwitch, Options, Tls};
use opportune_rabbitmq::{Broker, Listener, listen};
use opportune_telemetry::Telemetry;
use opportune_telemetry::metrics::NoticeDirection;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::config::{self, Config};
use crate::lifecycle::Shutdown;
use crate::meter::Traces;
use crate::ops::{self, Readiness};
use crate::watch;
use crate::wiring::{Parts, broker_options};

use background::{Background, Stage};

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// Answers gRPC calls.
    pub serve: bool,
    /// Settles conversions.
    pub work: bool,
    /// Publishes what was left behind.
    pub relay: bool,
}

impl Roles {
    /// Everything in one process.
    pub const ALL: Self = Self {
        serve: true,
        work: true,
        relay: true,
    };

    fn name(self) -> &'static str {
        match (self.serve, self.work, self.relay) {
            (true, false, false) => "serve",
            (false, true, false) => "work",
            (false, false, true) => "relay",
            _ => "all",
        }
    }
}

/// The sockets of a process, bound before anything else: a port that is taken ends it at once.
#[derive(Debug)]
pub struct Sockets {
    grpc: Option<TcpListener>,
    ops: TcpListener,
}

impl Sockets {
    /// Binds what the roles need.
    ///
    /// # Errors
    /// An address is in use or not ours.
    pub async fn bind(config: &Config, roles: Roles) -> anyhow::Result<Self> {
        let grpc = if roles.serve {
            Some(bind("server.address", config.server.address).await?)
        } else {
            None
        };
        Ok(Self {
            grpc,
            ops: bind("ops.address", config.ops.address).await?,
        })
    }

    /// Where gRPC calls are answered; none without that role.
    pub fn grpc_address(&self) -> Option<SocketAddr> {
        self.grpc.as_ref().and_then(|socket| socket.local_addr().ok())
    }

    /// Where /livez, /readyz and /metrics are answered.
    ///
    /// # Errors
    /// None that a bound socket could cause.
    pub fn ops_address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.ops.local_addr()?)
    }
}

async fn bind(setting: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{setting}: cannot listen on {address}"))
}

/// Does its roles until it is told to stop, then finishes in order. `ready` is called when everything is there.
///
/// # Errors
/// The broker cannot be reached or stays away for too long; something that has to run ended; there was no time to finish.
pub async fn run(
    config: &Config,
    roles: Roles,
    telemetry: &Telemetry,
    sockets: Sockets,
    shutdown: &Shutdown,
    ready: impl FnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut running = tokio::select! {
        started = Running::start(config, roles, telemetry, sockets, shutdown) => started?,
        () = shutdown.drain.cancelled() => return Ok(()),
    };
    ready()?;
    tracing::info!(role = roles.name(), "ready");
    let outcome = tokio::select! {
        () = shutdown.drain.cancelled() => Ok(()),
        failed = running.background.ended() => failed,
    };
    let patience = Duration::from_secs(config.server.drain_seconds);
    let drained = tokio::select! {
        drained = timeout(patience, running.drain(patience)) => drained.unwrap_or(false),
        () = shutdown.stop.cancelled() => false,
    };
    outcome?;
    if !drained {
        bail!("stopped before everything was finished; what was accepted is stored and goes on with the next start");
    }
    Ok(())
}

/// A process at work.
struct Running {
    parts: Parts,
    consuming: Option<Broker>,
    background: Background,
    _settled: Option<Listener>,
    draining: CancellationToken,
}

impl Running {
    async fn start(
        config: &Config,
        roles: Roles,
        telemetry: &Telemetry,
        sockets: Sockets,
        shutdown: &Shutdown,
    ) -> anyhow::Result<Self> {
        let metrics = telemetry.metrics();
        let (parts, dispatching) = Parts::connect(config, metrics.clone(), roles.name()).await?;
        let mut consuming = None;
        if roles.work {
            let options = broker_options(&config.broker, "opportune/jobs");
            consuming = Some(
                Broker::connect(options)
                    .await
                    .context("cannot use the broker for jobs")?,
            );
        }
        let brokers: Vec<Broker> = [Some(parts.publishing.clone()), consuming.clone()]
            .into_iter()
            .flatten()
            .collect();
        let draining = shutdown.drain.child_token();
        let readiness = Readiness {
            store: parts.store.clone(),
            brokers: brokers.clone(),
            draining: draining.clone(),
        };
        let mut background = Background::default();
        background.start(Stage::Dispatch, "publishing", |stop| fine(dispatching.run(stop)));
        if let Some(broker) = &consuming {
            let worker = parts.worker(broker.clone(), &config.worker);
            background.start(Stage::Work, "the worker", |stop| fine(worker.run(stop)));
        }
        if roles.relay {
            let relay = parts.relay(config);
            background.start(Stage::Relay, "the relay", |stop| fine(relay.run(stop)));
        }
        let mut settled = None;
        if let Some(socket) = sockets.grpc {
            settled = Some(hear_settled(config, &parts));
            serve(config, &parts, socket, &readiness, &mut background).await;
        }
        let renderer = telemetry.metrics_renderer();
        background.start(Stage::Ops, "the ops server", |stop| async move {
            Ok(ops::serve(sockets.ops, readiness, renderer, stop).await?)
        });
        let limit = Some(config.broker.exit_after_disconnected_seconds).filter(|limit| *limit > 0);
        background.watch(watch::broker_away(brokers, limit.map(Duration::from_secs)));
        background.aside(watch::gauges(parts.publishing.clone(), metrics));
        Ok(Self {
            parts,
            consuming,
            background,
            _settled: settled,
            draining,
        })
    }

    /// Callers first, since some of them wait for the worker; then the worker, then what it left to be published.
    /// `true` = nothing was cut off.
    async fn drain(&mut self, patience: Duration) -> bool {
        self.draining.cancel();
        let finished = self.background.drain(patience).await;
        for broker in [self.consuming.take(), Some(self.parts.publishing.clone())]
            .into_iter()
            .flatten()
        {
            broker.close().await;
        }
        self.parts.database.close().await;
        finished
    }
}

/// Waiters in this process hear what was settled in others.
fn hear_settled(config: &Config, parts: &Parts) -> Listener {
    let waiters = parts.waiters.clone();
    let options = broker_options(&config.broker, "opportune/settled");
    let metrics = parts.meter.0.clone();
    listen(options, move |_tenant, settled| {
        metrics.settled_notices(NoticeDirection::Received, settled.len() as u64);
        waiters.ended_elsewhere(&settled);
    })
}

async fn serve(
    config: &Config,
    parts: &Parts,
    socket: TcpListener,
    readiness: &Readiness,
    background: &mut Background,
) {
    let (app, lanes) = parts.app(&config.accept);
    background.start(Stage::Accept, "accepting", |_ends_with_the_server| fine(lanes.run()));
    let health = HealthSwitch::new().await;
    background.aside(watch::health(health.clone(), readiness.clone()));
    let options = options(&config.server, parts, health);
    background.start(Stage::Serve, "the gRPC server", |stop| async move {
        Ok(opportune_grpc::serve(socket, options, Arc::new(app), stop).await?)
    });
}

/// A task that has no errors of its own.
async fn fine(task: impl Future<Output = ()> + Send) -> anyhow::Result<()> {
    task.await;
    Ok(())
}

fn options(server: &config::Server, parts: &Parts, health: HealthSwitch) -> Options {
    Options {
        tls: server.tls.files().map(|(cert, key)| Tls {
            cert: cert.clone(),
            key: key.clone(),
        }),
        timeout: Duration::from_secs(server.timeout_seconds),
        web_origins: server.web_origins.clone(),
        trace: Arc::new(Traces),
        meter: parts.meter.clone(),
        ..Options::new(health)
    }
}
