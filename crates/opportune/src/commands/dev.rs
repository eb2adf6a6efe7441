//! `opportune dev`: everything in one process, on private servers.

mod database;

use std::fs::{File, TryLockError};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use opportune_sandbox::{Sandbox, SandboxOptions};
use opportune_telemetry::Telemetry;

use crate::cli::{DevArgs, Global};
use crate::config::Config;
use crate::endpoints::Endpoints;
use crate::lifecycle::Shutdown;
use crate::roles::{self, Roles, Sockets};

const DEFAULT_FOLDER: &str = ".opportune";
const DATABASE: &str = "opportune";
const GRPC_PORT: u16 = 50_051;
const OPS_PORT: u16 = 9_464;

/// The settings of `dev` before its servers run: for telemetry.
///
/// # Errors
/// The settings cannot be used.
pub fn settings(global: &Global) -> anyhow::Result<Config> {
    Config::for_servers(global, vec!["telemetry.log_format=pretty".to_owned()], &[])
}

/// Starts the servers, does every role, prints where everything is, and stops in order.
///
/// # Errors
/// A package is missing, the folder is in use, a port is taken, or a role failed.
pub async fn run(global: &Global, args: &DevArgs, telemetry: &Telemetry) -> anyhow::Result<()> {
    let shutdown = Shutdown::on_signals()?;
    let data = global.data.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_FOLDER));
    let _lock = lock(&data)?;
    Endpoints::remove(&data);
    let options = SandboxOptions {
        fsync: !args.no_fsync,
        ..SandboxOptions::new(&data)
    };
    let sandbox = tokio::select! {
        started = Sandbox::start(options) => started?,
        // Half-started servers end with this process.
        () = shutdown.drain.cancelled() => return Ok(()),
    };
    let outcome = serve(global, args, telemetry, &sandbox, &data, &shutdown).await;
    if args.keep && outcome.is_ok() {
        tracing::info!("PostgreSQL and RabbitMQ keep running (--keep) until the next Ctrl-C");
        shutdown.stop.cancelled().await;
    }
    Endpoints::remove(&data);
    let stopped = sandbox
        .stop()
        .await
        .context("the private servers did not stop in order");
    outcome.and(stopped)
}

/// One `dev` a folder: the second one must not take away what the first one wrote there.
fn lock(data: &Path) -> anyhow::Result<File> {
    let path = data.join("dev.lock");
    let open = || {
        std::fs::create_dir_all(data)?;
        File::options().write(true).create(true).truncate(false).open(&path)
    };
    let file = open().with_context(|| format!("cannot write {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "another `opportune dev` uses {}; name another folder with --data",
            data.display()
        ),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
    }
}

async fn serve(
    global: &Global,
    args: &DevArgs,
    telemetry: &Telemetry,
    sandbox: &Sandbox,
    data: &Path,
    shutdown: &Shutdown,
) -> anyhow::Result<()> {
    let postgres = sandbox.postgres.url(DATABASE);
    let amqp = sandbox.rabbitmq.url("/");
    let servers = vec![format!("database.url={postgres}"), format!("broker.url={amqp}")];
    let flags = [
        format!("server.address={}", address(args.grpc_port, GRPC_PORT)),
        format!("ops.address={}", address(args.ops_port, OPS_PORT)),
    ];
    let config = Config::for_servers(global, servers, &flags)?;
    database::make(&sandbox.postgres.url("postgres"), DATABASE).await?;
    super::migrate::run(&config).await?;
    let sockets = Sockets::bind(&config, Roles::ALL).await?;
    let endpoints = Endpoints {
        grpc: sockets
            .grpc_address()
            .context("the gRPC socket has no address")?
            .to_string(),
        ops: sockets.ops_address()?.to_string(),
        postgres,
        amqp,
    };
    let ready = || {
        endpoints.write(data)?;
        println!("{endpoints}");
        Ok(())
    };
    roles::run(&config, Roles::ALL, telemetry, sockets, shutdown, ready).await
}

/// The port that was asked for, else the documented one if it is free, else any.
fn address(wanted: Option<u16>, documented: u16) -> SocketAddr {
    let is_free = || TcpListener::bind((Ipv4Addr::LOCALHOST, documented)).is_ok();
    let port = wanted.unwrap_or_else(|| if is_free() { documented } else { 0 });
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
