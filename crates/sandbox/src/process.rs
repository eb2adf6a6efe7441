//! One server process: started, watched, stopped, killed.

use std::ffi::OsString;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{LazyLock, mpsc};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::account::Account;
use crate::error::{During, SandboxError};
use crate::leftovers::{self, descendants, to_pid};

const POLL: Duration = Duration::from_millis(10);
const KILL_PATIENCE: Duration = Duration::from_secs(10);
const LOG_TAIL_LINES: usize = 20;

/// What is to be started.
#[derive(Debug)]
pub(crate) struct Launch<'a> {
    /// The name in messages.
    pub service: &'static str,
    pub program: &'a Path,
    pub arguments: Vec<OsString>,
    /// The whole environment, but for `PATH` and the marker: nothing of ours is inherited.
    pub environment: Vec<(&'static str, OsString)>,
    /// The folder that it runs for and in.
    pub folder: &'a Path,
    /// Takes standard output and error; emptied first.
    pub log: PathBuf,
    pub account: Option<&'a Account>,
    /// As `setpriv` names it: sent by the kernel when this process is killed.
    pub on_our_death: &'static str,
}

/// A running process and its log. Dropped, it is killed with everything below it.
#[derive(Debug)]
pub(crate) struct Service {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Service {
    pub(crate) fn start(launch: Launch<'_>) -> Result<Self, SandboxError> {
        let log = File::create(&launch.log).during("write", &launch.log)?;
        let error_log = log.try_clone().during("write", &launch.log)?;
        let mut command = match set_priv() {
            Some(set_priv) => {
                let mut command = Command::new(set_priv);
                command
                    .args(["--pdeathsig", launch.on_our_death, "--"])
                    .arg(launch.program);
                command
            }
            None => Command::new(launch.program),
        };
        command
            .args(&launch.arguments)
            .envs(launch.environment.iter().map(|(name, value)| (name, value)));
        restrict(&mut command, launch.folder, launch.account);
        // A group of its own: Ctrl-C in the terminal is for us, who then stop it in order.
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(error_log);
        let child = spawn(command).during("start", launch.program)?;
        Ok(Self {
            name: launch.service,
            child,
            log: launch.log,
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `is_ready` says so, the process has ended, or `patience` is over.
    pub(crate) async fn ready(
        &mut self,
        patience: Duration,
        mut is_ready: impl AsyncFnMut(u32) -> bool,
    ) -> Result<(), SandboxError> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.ended()? {
                let log = self.log_tail();
                return Err(SandboxError::EndedEarly {
                    service: self.name,
                    status: status.to_string(),
                    log,
                });
            }
            if is_ready(self.pid()).await {
                return Ok(());
            }
            if Instant::now() >= deadline {
                let log = self.log_tail();
                return Err(SandboxError::NotReady {
                    service: self.name,
                    seconds: patience.as_secs(),
                    log,
                });
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Sends `signal` and waits; what has not ended after `patience` is killed.
    pub(crate) async fn stop(&mut self, signal: Signal, patience: Duration) -> Result<(), SandboxError> {
        if self.ended()?.is_none() {
            self.signal(signal)?;
        }
        let deadline = Instant::now() + patience;
        while self.ended()?.is_none() {
            if Instant::now() >= deadline {
                tracing::warn!(service = self.name, "did not stop in time and is killed");
                return self.kill().await;
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// SIGKILL to the process and everything below it; returns when all of them have ended.
    pub(crate) async fn kill(&mut self) -> Result<(), SandboxError> {
        let below = self.kill_tree()?;
        // Orphans that still end would hold the memory that a new server wants to make sure is unused.
        let deadline = Instant::now() + KILL_PATIENCE;
        while let Some(pid) = below.iter().copied().find(|pid| leftovers::is_alive(*pid)) {
            if Instant::now() >= deadline {
                return Err(SandboxError::Leftover(pid));
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Returns the processes below, which may still be ending.
    fn kill_tree(&mut self) -> Result<Vec<u32>, SandboxError> {
        if self.ended()?.is_some() {
            return Ok(Vec::new());
        }
        let below = descendants(self.pid());
        self.signal(Signal::KILL)?;
        for pid in below.iter().copied().filter_map(to_pid) {
            // Some end by themselves as soon as their parent is gone.
            let _ = kill_process(pid, Signal::KILL);
        }
        self.child.wait().map_err(|source| self.failed("wait for", source))?;
        Ok(below)
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>, SandboxError> {
        self.child.try_wait().map_err(|source| self.failed("watch", source))
    }

    fn signal(&self, signal: Signal) -> Result<(), SandboxError> {
        // Our own child, not yet waited for: the number cannot belong to another process.
        kill_process(Pid::from_child(&self.child), signal).map_err(|error| self.failed("signal", error.into()))
    }

    fn failed(&self, verb: &str, source: std::io::Error) -> SandboxError {
        SandboxError::Io {
            what: format!("{verb} {}", self.name),
            source,
        }
    }

    fn log_tail(&self) -> String {
        let text = std::fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LOG_TAIL_LINES)..].join("\n")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Err(error) = self.kill_tree() {
            tracing::warn!(service = self.name, %error, "could not be killed");
        }
    }
}

/// Sets what every command of a sandbox has in common: its folder, a clean environment, the account.
pub(crate) fn restrict(command: &mut Command, folder: &Path, account: Option<&Account>) {
    command
        .current_dir(folder)
        .env(leftovers::MARKER, folder)
        .env("LC_ALL", "C.UTF-8")
        .env("PATH", search_path());
    if let Some(account) = account {
        // Also drops the supplementary groups.
        command.gid(account.gid).uid(account.uid);
    }
}

/// A command that inherits nothing of our environment.
pub(crate) fn clean_command(program: &Path, folder: &Path, account: Option<&Account>) -> tokio::process::Command {
    let mut command = Command::new(program);
    restrict(&mut command, folder, account);
    let mut command = tokio::process::Command::from(command);
    command.kill_on_drop(true);
    command
}

fn search_path() -> OsString {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
    path
}

fn set_priv() -> Option<&'static Path> {
    ["/usr/bin/setpriv", "/bin/setpriv"]
        .map(Path::new)
        .into_iter()
        .find(|path| path.is_file())
}

type Request = (Command, mpsc::Sender<std::io::Result<Child>>);

/// Starts `command` from a thread that lives as long as this process.
///
/// The kernel sends the signal of `on_our_death` when the *thread* that started the process ends, and the threads of
/// an asynchronous runtime come and go.
fn spawn(command: Command) -> std::io::Result<Child> {
    static SPAWNER: LazyLock<mpsc::Sender<Request>> = LazyLock::new(|| {
        let (sender, requests) = mpsc::channel::<Request>();
        std::thread::spawn(move || {
            for (mut command, answer) in requests {
                // Nobody waits any more: the child is dropped, and the next start on its folder ends it.
                let _ = answer.send(command.spawn());
            }
        });
        sender
    });
    let (answer, child) = mpsc::channel();
    SPAWNER.send((command, answer)).map_err(std::io::Error::other)?;
    child.recv().map_err(std::io::Error::other)?
}
