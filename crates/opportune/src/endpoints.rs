//! Where the parts of a running `opportune dev` answer: `endpoints.json` in its data folder.

use std::fmt;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

const FILE: &str = "endpoints.json";

/// Where the parts of a running `opportune dev` answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoints {
    /// gRPC: host and port.
    pub grpc: String,
    /// /livez, /readyz, /metrics: host and port.
    pub ops: String,
    /// The database: a URL, as its owner.
    pub postgres: String,
    /// The broker: a URL.
    pub amqp: String,
}

impl Endpoints {
    /// Those of the data folder.
    ///
    /// # Errors
    /// Nothing runs there.
    pub fn read(data: &Path) -> anyhow::Result<Self> {
        let file = data.join(FILE);
        let text = std::fs::read_to_string(&file).with_context(|| {
            format!(
                "{} is missing: is `opportune dev --data {}` running?",
                file.display(),
                data.display()
            )
        })?;
        serde_json::from_str(&text).with_context(|| format!("{} is damaged", file.display()))
    }

    /// Writes them whole or not at all: other programs wait for the file.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, data: &Path) -> anyhow::Result<()> {
        let (file, draft) = (data.join(FILE), data.join("endpoints.json.new"));
        let text = serde_json::to_string_pretty(self)?;
        std::fs::write(&draft, text + "\n")
            .and_then(|()| std::fs::rename(&draft, &file))
            .with_context(|| format!("cannot write {}", file.display()))
    }

    /// Nothing runs any more.
    pub fn remove(data: &Path) {
        let file = data.join(FILE);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, file = %file.display(), "cannot be removed");
            }
            _ => {}
        }
    }
}

/// The line that other programs wait for.
impl fmt::Display for Endpoints {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "ready grpc={} ops={} postgres={} amqp={}",
            self.grpc, self.ops, self.postgres, self.amqp
        )
    }
}
