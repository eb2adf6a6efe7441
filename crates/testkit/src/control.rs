//! Making and deleting virtual hosts.
//!
//! A broker that is not ours is commanded by `rabbitmqctl` on its machine. A private one belongs to the process that started it, which
//! answers a line `add NAME` or `delete NAME` on a port of the loopback address with `ok`, or with what is wrong.

use anyhow::{Context, bail, ensure};
use opportune_sandbox::PrivateRabbit;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const PATIENCE: Duration = Duration::from_secs(60);

/// Who makes virtual hosts. Calls block.
#[derive(Debug, Clone)]
pub enum BrokerControl {
    /// `rabbitmqctl`, for the broker of this machine.
    Command,
    /// The process that owns a private broker, at this address.
    Owner(String),
}

impl BrokerControl {
    /// As the environment says.
    pub fn from_env() -> Self {
        std::env::var(crate::CONTROL).map_or(Self::Command, Self::Owner)
    }

    /// Makes a virtual host in which `user` may do everything.
    ///
    /// # Errors
    /// When the broker cannot be commanded.
    pub fn add(&self, name: &str, user: &str) -> anyhow::Result<()> {
        check(name)?;
        check(user)?;
        match self {
            Self::Command => evaluate(&format!(
                "ok = rabbit_vhost:add(<<\"{name}\">>, <<\"test\">>), \
                 ok = rabbit_auth_backend_internal:set_permissions(<<\"{user}\">>, <<\"{name}\">>, \
                 <<\".*\">>, <<\".*\">>, <<\".*\">>, <<\"test\">>)."
            )),
            Self::Owner(address) => ask(address, &format!("add {name}")),
        }
    }

    /// Deletes a virtual host with all that is in it.
    ///
    /// # Errors
    /// When the broker cannot be commanded.
    pub fn delete(&self, name: &str) -> anyhow::Result<()> {
        check(name)?;
        match self {
            Self::Command => evaluate(&format!("rabbit_vhost:delete(<<\"{name}\">>, <<\"test\">>).")),
            Self::Owner(address) => ask(address, &format!("delete {name}")),
        }
    }

    /// All virtual hosts of the broker of this machine; of a private one none are known, and none outlive it.
    ///
    /// # Errors
    /// When the broker cannot be commanded.
    pub fn list(&self) -> anyhow::Result<Vec<String>> {
        match self {
            Self::Command => {
                let listed = command(&["list_vhosts", "name", "--no-table-headers"])?;
                Ok(listed.lines().map(|line| line.trim().to_owned()).collect())
            }
            Self::Owner(_) => Ok(Vec::new()),
        }
    }

    /// A broker can be commanded.
    pub fn works(&self) -> bool {
        match self {
            Self::Command => evaluate("ok.").is_ok(),
            Self::Owner(address) => TcpStream::connect(address).is_ok(),
        }
    }
}

/// Answers commands about the virtual hosts of a private broker until it is dropped.
///
/// # Errors
/// When a connection cannot be accepted.
pub async fn serve_control(listener: TcpListener, broker: Arc<PrivateRabbit>) -> anyhow::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let broker = broker.clone();
        tokio::spawn(async move {
            let mut stream = tokio::io::BufReader::new(stream);
            let mut line = String::new();
            if stream.read_line(&mut line).await.is_ok() {
                let answer = match obey(&broker, line.trim()).await {
                    Ok(()) => "ok\n".to_owned(),
                    Err(error) => format!("{error:#}\n").replace('\n', " ") + "\n",
                };
                // Whoever asked may be gone.
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
    }
}

async fn obey(broker: &PrivateRabbit, line: &str) -> anyhow::Result<()> {
    match line.split_once(' ') {
        Some(("add", name)) => Ok(broker.add_vhost(name).await?),
        Some(("delete", name)) => Ok(broker.delete_vhost(name).await?),
        _ => bail!("unknown command"),
    }
}

fn ask(address: &str, command: &str) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(address).with_context(|| format!("no test-servers at {address}"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    writeln!(stream, "{command}")?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    ensure!(answer.trim() == "ok", "{command}: {}", answer.trim());
    Ok(())
}

fn evaluate(code: &str) -> anyhow::Result<()> {
    command(&["eval", code]).map(drop)
}

/// What `rabbitmqctl` prints.
fn command(arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new("rabbitmqctl")
        .arg("--quiet")
        .args(arguments)
        .output()
        .context("rabbitmqctl cannot be started")?;
    ensure!(
        output.status.success(),
        "rabbitmqctl: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Names stand in Erlang code.
fn check(name: &str) -> anyhow::Result<()> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    ensure!(!name.is_empty() && name.chars().all(plain), "{name:?} is no plain name");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_be_code_is_refused() {
        assert!(check("opportune-test-1_2").is_ok());
        for name in ["", "a b", "a\">>", "a\n"] {
            assert!(check(name).is_err(), "{name:?}");
        }
    }
}
