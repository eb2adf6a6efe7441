//! A private PostgreSQL server.

use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::Signal;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::account::{self, Account};
use crate::binaries::{BinarySearch, PostgresBinaries};
use crate::error::{During, SandboxError};
use crate::folder::Folder;
use crate::process::{Launch, Service, clean_command};
use crate::url::encode;
use crate::{leftovers, ports};

/// The superuser that owns everything; trusted on the loopback address, without a password.
const OWNER: &str = "postgres";
/// Long, since after a crash the log of writes is replayed first.
const START_PATIENCE: Duration = Duration::from_secs(120);
const STOP_PATIENCE: Duration = Duration::from_secs(30);
const PORT_FILE: &str = "port.json";

/// What [`PrivatePostgres::start`] needs to know.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// The folder of this server alone; made if missing, and given to the account that the server runs as.
    pub data_dir: PathBuf,
    /// Whether a commit waits for the disk. Off loses data with the machine, not with the process.
    pub fsync: bool,
    /// None means the remembered port, or a free one.
    pub port: Option<u16>,
    /// Where the binaries are looked for.
    pub search: BinarySearch,
}

/// A private PostgreSQL server, on 127.0.0.1 only. Dropped without [`PrivatePostgres::stop`], it is killed.
#[derive(Debug)]
pub struct PrivatePostgres {
    // First: the process has to end before the lock on its folder is given up.
    service: Option<Service>,
    folder: Folder,
    binaries: PostgresBinaries,
    account: Option<Account>,
    fsync: bool,
    port: u16,
}

impl PrivatePostgres {
    /// Makes the cluster if the folder has none (UTF-8, locale C.UTF-8), starts the server and waits until it answers.
    ///
    /// # Errors
    /// When the binaries are missing, the folder is in use or cannot be reached, the port is taken, or the server ends
    /// or does not answer within 120 s.
    pub async fn start(options: PostgresOptions) -> Result<Self, SandboxError> {
        let binaries = options.search.postgres()?;
        let account = account::for_service(&["postgres", "nobody"])?;
        let folder = Folder::open(&options.data_dir, account.as_ref())?;
        leftovers::end(folder.path(), &folder.join("data"), Signal::INT).await?;
        let port = ports::settle(options.port, ports::recall(&folder.join(PORT_FILE)))?;
        ports::remember(&folder.join(PORT_FILE), &port)?;
        let mut postgres = Self {
            service: None,
            folder,
            binaries,
            account,
            fsync: options.fsync,
            port,
        };
        postgres.make_cluster().await?;
        postgres.launch().await?;
        Ok(postgres)
    }

    /// The URL of `database` for the owner role, a superuser. `postgres` always exists.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{OWNER}@127.0.0.1:{}/{}", self.port, encode(database))
    }

    /// The port on 127.0.0.1; the same after [`PrivatePostgres::restart`].
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The number of the server's first process; none while it is stopped.
    pub fn pid(&self) -> Option<u32> {
        self.service.as_ref().map(Service::pid)
    }

    /// The folder of this server, links resolved; its log is `server.log`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A fast shutdown: open transactions are rolled back, connections are closed. Does nothing when stopped.
    ///
    /// # Errors
    /// When the process cannot be signalled.
    pub async fn stop(&mut self) -> Result<(), SandboxError> {
        match self.service.take() {
            Some(mut service) => service.stop(Signal::INT, STOP_PATIENCE).await,
            None => Ok(()),
        }
    }

    /// SIGKILL to all its processes, for tests of faults. Does nothing when stopped.
    ///
    /// # Errors
    /// When the process cannot be signalled.
    pub async fn kill(&mut self) -> Result<(), SandboxError> {
        match self.service.take() {
            Some(mut service) => service.kill().await,
            None => Ok(()),
        }
    }

    /// Starts it again on the same port, after [`PrivatePostgres::stop`] or [`PrivatePostgres::kill`], or stops it
    /// first.
    ///
    /// # Errors
    /// As [`PrivatePostgres::start`].
    pub async fn restart(&mut self) -> Result<(), SandboxError> {
        self.stop().await?;
        leftovers::end(self.folder.path(), &self.folder.join("data"), Signal::INT).await?;
        self.launch().await
    }

    /// Gives up the server, to be killed by now, for its folder.
    pub(crate) fn into_folder(self) -> Folder {
        self.folder
    }

    /// `initdb` beside the final place, then a rename: a start that was interrupted leaves no half cluster.
    async fn make_cluster(&self) -> Result<(), SandboxError> {
        let data = self.folder.join("data");
        if data.is_dir() {
            return Ok(());
        }
        let unfinished = self.folder.join("data.new");
        if unfinished.exists() {
            std::fs::remove_dir_all(&unfinished).during("remove", &unfinished)?;
        }
        let mut command = clean_command(&self.binaries.initdb, self.folder.path(), self.account.as_ref());
        command
            .arg("-D")
            .arg(&unfinished)
            .args(["-U", OWNER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]);
        if !self.fsync {
            command.arg("--no-sync");
        }
        let output = command.output().await.during("run", &self.binaries.initdb)?;
        if !output.status.success() {
            return Err(SandboxError::Initdb(
                String::from_utf8_lossy(&output.stderr).into_owned(),
            ));
        }
        std::fs::rename(&unfinished, &data).during("rename", &unfinished)
    }

    /// How pages are compressed in the log of writes. After a checkpoint each page that is touched is logged whole, and the
    /// keys of one lead are on some 25 pages: a commit waits for that. `lz4` takes a fraction of the time that the old way
    /// takes, if the server was built with it. Servers that do not wait for the disk log no whole pages.
    async fn compression(&self, data: &Path) -> &'static str {
        const FAST: &str = "lz4";
        let mut command = clean_command(&self.binaries.postgres, self.folder.path(), self.account.as_ref());
        command
            .arg("-D")
            .arg(data)
            .arg("-c")
            .arg(format!("wal_compression={FAST}"));
        command.args(["-C", "wal_compression"]);
        let can = self.fsync && command.output().await.is_ok_and(|output| output.status.success());
        if can { FAST } else { "on" }
    }

    async fn launch(&mut self) -> Result<(), SandboxError> {
        let data = self.folder.join("data");
        let pid_file = data.join("postmaster.pid");
        // With the lock held and no leftover running, this file is stale; its number may by now be another process's,
        // which Postgres would take for a running server.
        if pid_file.exists() {
            std::fs::remove_file(&pid_file).during("remove", &pid_file)?;
        }
        let compression = self.compression(&data).await;
        self.folder.write(
            "data/postgresql.conf",
            &settings(self.port, self.fsync, compression),
            self.account.as_ref(),
        )?;
        let mut service = Service::start(Launch {
            service: "PostgreSQL",
            program: &self.binaries.postgres,
            arguments: vec![OsString::from("-D"), data.into_os_string()],
            environment: Vec::new(),
            folder: self.folder.path(),
            log: self.folder.join("server.log"),
            account: self.account.as_ref(),
            on_our_death: "INT",
        })?;
        let port = self.port;
        service
            .ready(START_PATIENCE, async |pid| {
                says_ready(&pid_file, pid) && answers(port).await
            })
            .await?;
        self.service = Some(service);
        Ok(())
    }
}

/// The file that the server writes: its own number in the first line, its state in the eighth.
fn says_ready(pid_file: &Path, pid: u32) -> bool {
    let Ok(text) = std::fs::read_to_string(pid_file) else {
        return false;
    };
    let mut lines = text.lines();
    let is_ours = lines.next().is_some_and(|line| line.trim() == pid.to_string());
    is_ours && lines.nth(6).is_some_and(|line| line.trim() == "ready")
}

/// Asks whether it speaks TLS; any server of this protocol answers with one letter.
async fn answers(port: u16) -> bool {
    const ASK_FOR_TLS: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
    let ask = async {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        stream.write_all(&ASK_FOR_TLS).await?;
        stream.read_u8().await
    };
    let answer = tokio::time::timeout(Duration::from_secs(2), ask).await;
    matches!(answer, Ok(Ok(b'N' | b'S')))
}

/// For the server's cache, in MB: an eighth of the machine's memory, which is taken as it is used. The keys of a million
/// leads take 5 GB. A server that does not wait for the disk is there for tests, which make and drop databases: that looks
/// through the whole cache.
fn shared_buffers(fsync: bool) -> u64 {
    const LEAST: u64 = 256;
    if !fsync {
        return LEAST;
    }
    let machine = rustix::system::sysinfo();
    let memory = machine.totalram.saturating_mul(u64::from(machine.mem_unit));
    (memory / 8 / (1 << 20)).clamp(LEAST, 4_096)
}

fn settings(port: u16, fsync: bool, compression: &str) -> String {
    let buffers = shared_buffers(fsync);
    let durable = if fsync { "on" } else { "off" };
    format!(
        "# Written at each start.
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 200
shared_buffers = '{buffers}MB'
huge_pages = off
max_locks_per_transaction = 256
fsync = {durable}
synchronous_commit = {durable}
full_page_writes = {durable}
wal_compression = {compression}
max_wal_size = '8GB'
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C.UTF-8'
logging_collector = off
log_line_prefix = '%m [%p] '
"
    )
}
