//! A private RabbitMQ broker.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::Signal;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::account::{self, Account};
use crate::binaries::{BinarySearch, RabbitBinaries};
use crate::error::SandboxError;
use crate::folder::Folder;
use crate::process::{Launch, Service};
use crate::rabbit_control::Control;
use crate::rabbit_files::{self, RabbitPorts};
use crate::url::encode;
use crate::{leftovers, ports};

/// Long, since a loaded machine of two processors takes a quarter of it.
const START_PATIENCE: Duration = Duration::from_secs(120);
const STOP_PATIENCE: Duration = Duration::from_secs(30);
const PORTS_FILE: &str = "ports.json";

/// What [`PrivateRabbit::start`] needs to know.
#[derive(Debug, Clone)]
pub struct RabbitOptions {
    /// The folder of this broker alone; made if missing, and given to the account that the broker runs as.
    pub data_dir: PathBuf,
    /// The AMQP port; none means the remembered one, or a free one.
    pub port: Option<u16>,
    /// Where the binaries are looked for.
    pub search: BinarySearch,
}

/// A private RabbitMQ broker without plugins, on 127.0.0.1 only. Dropped without [`PrivateRabbit::stop`], it is killed.
#[derive(Debug)]
pub struct PrivateRabbit {
    // First: the processes have to end before the lock on their folder is given up.
    server: Option<Service>,
    epmd: Option<Service>,
    folder: Folder,
    binaries: RabbitBinaries,
    account: Option<Account>,
    ports: RabbitPorts,
}

impl PrivateRabbit {
    /// Starts the broker and waits until it answers. The user is `guest`, as is the password.
    ///
    /// # Errors
    /// When the binaries are missing, the folder is in use or cannot be reached, the port is taken, or the broker ends
    /// or does not answer within 120 s.
    pub async fn start(options: RabbitOptions) -> Result<Self, SandboxError> {
        let binaries = options.search.rabbitmq()?;
        let account = account::for_service(&["rabbitmq", "nobody"])?;
        let folder = Folder::open(&options.data_dir, account.as_ref())?;
        leftovers::end(folder.path(), folder.path(), Signal::TERM).await?;
        let ports = settle_ports(&folder, options.port)?;
        let mut rabbit = Self {
            server: None,
            epmd: None,
            folder,
            binaries,
            account,
            ports,
        };
        rabbit.launch().await?;
        Ok(rabbit)
    }

    /// The URL of a virtual host. `/` always exists.
    pub fn url(&self, vhost: &str) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/{}", self.ports.amqp, encode(vhost))
    }

    /// The AMQP port on 127.0.0.1; the same after [`PrivateRabbit::restart`].
    pub fn port(&self) -> u16 {
        self.ports.amqp
    }

    /// The number of the broker's process; none while it is stopped.
    pub fn pid(&self) -> Option<u32> {
        self.server.as_ref().map(Service::pid)
    }

    /// The folder of this broker, links resolved; its logs are in `log/` and, of its start, `server.log`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Makes a virtual host with all rights for `guest`; one that exists is kept. Takes milliseconds.
    ///
    /// # Errors
    /// When the broker is stopped or refuses.
    pub async fn add_vhost(&self, name: &str) -> Result<(), SandboxError> {
        self.control().add_vhost(name).await
    }

    /// Deletes a virtual host with its queues and closes its connections; one that does not exist is no error.
    ///
    /// # Errors
    /// When the broker is stopped or refuses.
    pub async fn delete_vhost(&self, name: &str) -> Result<(), SandboxError> {
        self.control().delete_vhost(name).await
    }

    /// Closes all connections and the port, and leaves the process running, as `rabbitmqctl stop_app` does.
    ///
    /// # Errors
    /// When the broker is stopped or refuses.
    pub async fn stop_app(&self) -> Result<(), SandboxError> {
        self.control().stop_app().await
    }

    /// Opens the port again after [`PrivateRabbit::stop_app`] and waits until it answers.
    ///
    /// # Errors
    /// When the broker's process is stopped, or it does not start.
    pub async fn start_app(&self) -> Result<(), SandboxError> {
        self.control().start_app().await?;
        let started = async {
            while !self.is_ready().await {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let no_answer = |_| SandboxError::Control {
            action: "start the broker",
            answer: "no answer".to_owned(),
        };
        tokio::time::timeout(START_PATIENCE, started).await.map_err(no_answer)
    }

    /// An orderly end. Does nothing when stopped.
    ///
    /// # Errors
    /// When a process cannot be signalled.
    pub async fn stop(&mut self) -> Result<(), SandboxError> {
        if let Some(mut server) = self.server.take() {
            server.stop(Signal::TERM, STOP_PATIENCE).await?;
        }
        match self.epmd.take() {
            Some(mut epmd) => epmd.kill().await,
            None => Ok(()),
        }
    }

    /// SIGKILL to all its processes, for tests of faults. Does nothing when stopped.
    ///
    /// # Errors
    /// When a process cannot be signalled.
    pub async fn kill(&mut self) -> Result<(), SandboxError> {
        for mut service in [self.server.take(), self.epmd.take()].into_iter().flatten() {
            service.kill().await?;
        }
        Ok(())
    }

    /// Starts it again on the same ports, after [`PrivateRabbit::stop`] or [`PrivateRabbit::kill`], or stops it first.
    ///
    /// # Errors
    /// As [`PrivateRabbit::start`].
    pub async fn restart(&mut self) -> Result<(), SandboxError> {
        self.stop().await?;
        leftovers::end(self.folder.path(), self.folder.path(), Signal::TERM).await?;
        self.launch().await
    }

    /// Gives up the broker, to be killed by now, for its folder.
    pub(crate) fn into_folder(self) -> Folder {
        self.folder
    }

    async fn launch(&mut self) -> Result<(), SandboxError> {
        let account = self.account.as_ref();
        rabbit_files::write(&self.folder, self.ports, &self.binaries.server, account)?;
        // Our own child in the foreground: started by the broker, it would be a daemon that outlives it.
        let epmd = Service::start(Launch {
            service: "epmd",
            program: &self.binaries.epmd,
            arguments: ["-port", &self.ports.epmd.to_string(), "-address", "127.0.0.1"]
                .map(Into::into)
                .to_vec(),
            environment: rabbit_files::erlang_environment(&self.folder, self.ports),
            folder: self.folder.path(),
            log: self.folder.join("epmd.log"),
            account,
            on_our_death: "KILL",
        })?;
        self.epmd
            .insert(epmd)
            .ready(START_PATIENCE, async |_| accepts(self.ports.epmd).await)
            .await?;
        let mut server = Service::start(Launch {
            service: "RabbitMQ",
            program: &self.binaries.server,
            arguments: Vec::new(),
            environment: rabbit_files::server_environment(&self.folder, self.ports),
            folder: self.folder.path(),
            log: self.folder.join("server.log"),
            account,
            on_our_death: "TERM",
        })?;
        let control = self.control();
        let amqp = self.ports.amqp;
        server
            .ready(START_PATIENCE, async |_| {
                control.is_ready().await && answers(amqp).await
            })
            .await?;
        self.server = Some(server);
        Ok(())
    }

    /// In the order of what the question costs: the port opens shortly before the broker is ready.
    async fn is_ready(&self) -> bool {
        let amqp = self.ports.amqp;
        accepts(amqp).await && self.control().is_ready().await && answers(amqp).await
    }

    fn control(&self) -> Control<'_> {
        Control {
            folder: &self.folder,
            binaries: &self.binaries,
            account: self.account.as_ref(),
            ports: self.ports,
        }
    }
}

fn settle_ports(folder: &Folder, wanted: Option<u16>) -> Result<RabbitPorts, SandboxError> {
    let file = folder.join(PORTS_FILE);
    let remembered: Option<RabbitPorts> = ports::recall(&file);
    let ports = RabbitPorts {
        amqp: ports::settle(wanted, remembered.map(|ports| ports.amqp))?,
        distribution: ports::settle(None, remembered.map(|ports| ports.distribution))?,
        epmd: ports::settle(None, remembered.map(|ports| ports.epmd))?,
    };
    ports::remember(&file, &ports)?;
    Ok(ports)
}

async fn accepts(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok()
}

/// Names the protocol; a broker answers with a frame of method, whose first byte is 1.
async fn answers(port: u16) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        stream.write_all(b"AMQP\x00\x00\x09\x01").await?;
        stream.read_u8().await
    };
    matches!(tokio::time::timeout(Duration::from_secs(2), ask).await, Ok(Ok(1)))
}
