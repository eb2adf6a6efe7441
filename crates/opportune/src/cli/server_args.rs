//! Arguments of the subcommands that stay and serve.

use clap::Args;
use std::net::SocketAddr;

/// `opportune serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Where to answer gRPC calls.
    #[arg(long, value_name = "HOST:PORT")]
    pub address: Option<SocketAddr>,
    /// What all roles take.
    #[command(flatten)]
    pub role: RoleArgs,
    /// Also work and relay in this process.
    #[arg(long)]
    pub all: bool,
}

/// What `serve`, `work` and `relay` take.
#[derive(Debug, Clone, Default, Args)]
pub struct RoleArgs {
    /// Where /livez, /readyz and /metrics are answered.
    #[arg(long, value_name = "HOST:PORT")]
    pub ops_address: Option<SocketAddr>,
    /// Bring the database to this program's schema first.
    #[arg(long)]
    pub migrate: bool,
}

/// `opportune dev`. The data folder is --data, without it `.opportune`.
#[derive(Debug, Clone, Args)]
pub struct DevArgs {
    /// Port of the gRPC server on 127.0.0.1. Without it 50051 if that is free, else any free one.
    #[arg(long, value_name = "N")]
    pub grpc_port: Option<u16>,
    /// Port of the ops server on 127.0.0.1. Without it 9464 if that is free, else any free one.
    #[arg(long, value_name = "N")]
    pub ops_port: Option<u16>,
    /// Leave PostgreSQL and RabbitMQ running at the end.
    #[arg(long)]
    pub keep: bool,
    /// Do not wait for the disk at each commit: faster, and data is lost with the machine (not with the process).
    #[arg(long)]
    pub no_fsync: bool,
}
