//! A private Postgres and a private RabbitMQ in a folder, from the installed binaries.
//!
//! * Both listen on 127.0.0.1 only, on free ports that are remembered in the folder; a start on the same folder finds
//!   the data of the last one, whether that one was stopped or killed.
//! * Nothing of the system is used or changed: no system service, no file of `/etc`, no shared `epmd`.
//! * A folder is used by one process at a time (a lock file in each of the two subfolders).
//! * What an earlier process left running, because it was killed, is stopped by the next start on the same folder;
//!   where `setpriv` is installed, it also ends by itself.
//! * Started by root, the servers run as an account without rights (`postgres`, `rabbitmq`, otherwise `nobody`). A
//!   data folder is opened for passing through (`o+x`). Where a folder above it is closed (`/root`, for one), the data
//!   folder holds links in place of the data, which then lies in `/var/lib/opportune/<postgres or rabbitmq>-<hash>`;
//!   [`Sandbox::remove`] deletes that too.
//!
//! ```no_run
//! # async fn example() -> Result<(), opportune_sandbox::SandboxError> {
//! use opportune_sandbox::{Sandbox, SandboxOptions};
//! let sandbox = Sandbox::start(SandboxOptions::new("./data")).await?;
//! println!("{} {}", sandbox.postgres.url("postgres"), sandbox.rabbitmq.url("/"));
//! sandbox.stop().await
//! # }
//! ```

mod account;
mod binaries;
mod error;
mod folder;
mod leftovers;
mod ports;
mod postgres;
mod process;
mod rabbit;
mod rabbit_control;
mod rabbit_files;
mod url;

use std::path::PathBuf;

pub use binaries::BinarySearch;
pub use error::SandboxError;
pub use ports::free_port;
pub use postgres::{PostgresOptions, PrivatePostgres};
pub use rabbit::{PrivateRabbit, RabbitOptions};

/// What [`Sandbox::start`] needs to know.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// The folder of all data; made if missing. Postgres lives in `postgres/`, RabbitMQ in `rabbitmq/` below it.
    pub data_dir: PathBuf,
    /// Whether Postgres waits for the disk at each commit. Off loses data with the machine, not with the process.
    pub fsync: bool,
    /// The port of Postgres; none means the remembered one, or a free one.
    pub postgres_port: Option<u16>,
    /// The AMQP port of RabbitMQ; none means the remembered one, or a free one.
    pub amqp_port: Option<u16>,
    /// Where the installed binaries are looked for.
    pub search: BinarySearch,
}

impl SandboxOptions {
    /// Durable, on remembered or free ports, with the binaries of this machine.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            fsync: true,
            postgres_port: None,
            amqp_port: None,
            search: BinarySearch::default(),
        }
    }
}

/// Both servers, running. Dropped without [`Sandbox::stop`], they are killed.
#[derive(Debug)]
pub struct Sandbox {
    /// The database server.
    pub postgres: PrivatePostgres,
    /// The message broker.
    pub rabbitmq: PrivateRabbit,
}

impl Sandbox {
    /// Starts both at the same time and returns when both answer.
    ///
    /// # Errors
    /// When a package is missing, the folder is in use or cannot be written, or a server ends or does not answer in
    /// time; the other one is then stopped again.
    pub async fn start(options: SandboxOptions) -> Result<Self, SandboxError> {
        folder::make_enterable(&options.data_dir)?;
        let postgres = PrivatePostgres::start(PostgresOptions {
            data_dir: options.data_dir.join("postgres"),
            fsync: options.fsync,
            port: options.postgres_port,
            search: options.search.clone(),
        });
        let rabbitmq = PrivateRabbit::start(RabbitOptions {
            data_dir: options.data_dir.join("rabbitmq"),
            port: options.amqp_port,
            search: options.search.clone(),
        });
        let (postgres, rabbitmq) = tokio::try_join!(postgres, rabbitmq)?;
        Ok(Self { postgres, rabbitmq })
    }

    /// Stops both in an orderly way, at the same time; a server that does not end in time is killed.
    ///
    /// # Errors
    /// When a signal cannot be sent. The other server is stopped all the same.
    pub async fn stop(mut self) -> Result<(), SandboxError> {
        let (postgres, rabbitmq) = tokio::join!(self.postgres.stop(), self.rabbitmq.stop());
        postgres.and(rabbitmq)
    }

    /// Kills both and deletes their data, also where it lies elsewhere. The data folder itself stays.
    ///
    /// # Errors
    /// When a process cannot be signalled or a folder cannot be deleted.
    pub async fn remove(mut self) -> Result<(), SandboxError> {
        let (postgres, rabbitmq) = tokio::join!(self.postgres.kill(), self.rabbitmq.kill());
        postgres.and(rabbitmq)?;
        self.postgres.into_folder().remove()?;
        self.rabbitmq.into_folder().remove()
    }
}
