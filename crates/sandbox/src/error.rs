//! What can go wrong with the private servers.

use std::path::{Path, PathBuf};

/// Why a private server could not be started, stopped or asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// A binary is not on this machine.
    #[error("{product} is not installed: apt-get install {package} (looked for {binary} in {})", list(.looked_in))]
    NotInstalled {
        /// The product's name, for people.
        product: &'static str,
        /// The Debian package that brings it.
        package: &'static str,
        /// The missing executable.
        binary: &'static str,
        /// The folders that were searched, in order.
        looked_in: Vec<PathBuf>,
    },
    /// Another process uses the folder.
    #[error("the folder {} is in use{}; stop that process, or name another folder", .folder.display(), holder(.pid))]
    InUse {
        /// The folder that is locked.
        folder: PathBuf,
        /// The process that holds it, if it left its number.
        pid: Option<u32>,
    },
    /// The account that the server runs as may not enter the folder.
    #[error(
        "the account {account} cannot reach {}: it may not enter {}; chmod o+x it, or name another folder",
        .folder.display(), .barrier.display()
    )]
    Unreachable {
        /// The data folder.
        folder: PathBuf,
        /// The folder above it that may not be entered.
        barrier: PathBuf,
        /// The account's name.
        account: String,
    },
    /// Started by root, and there is no account without rights to run the server as.
    #[error("the servers do not run as root, and /etc/passwd has no account of the names {0}")]
    NoAccount(String),
    /// The port that was asked for is taken.
    #[error("port {0} of 127.0.0.1 is in use; name another one, or none to take a free one")]
    PortInUse(u16),
    /// The server ended while it was being started.
    #[error("{service} ended while starting ({status}); its last lines:\n{log}")]
    EndedEarly {
        /// The server's name.
        service: &'static str,
        /// How it ended.
        status: String,
        /// The end of its log.
        log: String,
    },
    /// The server runs but does not answer.
    #[error("{service} did not answer within {seconds} s; its last lines:\n{log}")]
    NotReady {
        /// The server's name.
        service: &'static str,
        /// How long it was waited for.
        seconds: u64,
        /// The end of its log.
        log: String,
    },
    /// A process of an earlier start is still there after SIGKILL.
    #[error("process {0}, left by an earlier start, does not end")]
    Leftover(u32),
    /// `initdb` failed.
    #[error("initdb failed:\n{0}")]
    Initdb(String),
    /// RabbitMQ refused or failed to do what it was told.
    #[error("RabbitMQ did not {action}: {answer}")]
    Control {
        /// What it was told, as words.
        action: &'static str,
        /// What it said.
        answer: String,
    },
    /// The operating system refused.
    #[error("cannot {what}: {source}")]
    Io {
        /// What was tried, with the path.
        what: String,
        /// The operating system's reason.
        #[source]
        source: std::io::Error,
    },
}

/// Puts what was tried before an error of the operating system.
pub(crate) trait During<T> {
    /// `verb` and `path` as in "read /etc/passwd".
    fn during(self, verb: &str, path: &Path) -> Result<T, SandboxError>;
}

impl<T> During<T> for std::io::Result<T> {
    fn during(self, verb: &str, path: &Path) -> Result<T, SandboxError> {
        self.map_err(|source| SandboxError::Io {
            what: format!("{verb} {}", path.display()),
            source,
        })
    }
}

fn list(folders: &[PathBuf]) -> String {
    let names: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
    names.join(", ")
}

fn holder(pid: &Option<u32>) -> String {
    pid.map(|pid| format!(" by process {pid}")).unwrap_or_default()
}
