//! Commands to a running RabbitMQ, over Erlang's own protocol.
//!
//! `rabbitmqctl` starts an Erlang machine for each command, which takes seconds; `erl_call` takes milliseconds.

use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;

use crate::account::Account;
use crate::binaries::RabbitBinaries;
use crate::error::{During, SandboxError};
use crate::folder::Folder;
use crate::process::clean_command;
use crate::rabbit_files::{RabbitPorts, erlang_environment};

const PATIENCE: Duration = Duration::from_secs(60);

/// Where and as whom commands are given.
pub(crate) struct Control<'a> {
    pub folder: &'a Folder,
    pub binaries: &'a RabbitBinaries,
    pub account: Option<&'a Account>,
    pub ports: RabbitPorts,
}

impl Control<'_> {
    /// Whether the broker, this one and not another on the same port, has finished its start.
    pub(crate) async fn is_ready(&self) -> bool {
        // The broker counts as running, and its port is open, before it is ready; a command given in between gets lost.
        let ready = "ready = rabbit_boot_state:get(), undefined = whereis(rabbit_boot)";
        self.evaluate("ask", ready).await.is_ok()
    }

    /// Makes the virtual host unless it exists, and gives the user `guest` all rights in it.
    pub(crate) async fn add_vhost(&self, name: &str) -> Result<(), SandboxError> {
        let name = binary(name);
        let code = format!(
            "case rabbit_vhost:exists({name}) of true -> ok; false -> ok = rabbit_vhost:add({name}, <<\"opportune\">>) end, \
             ok = rabbit_auth_backend_internal:set_permissions(<<\"guest\">>, {name}, <<\".*\">>, <<\".*\">>, <<\".*\">>, <<\"opportune\">>)"
        );
        self.evaluate("make the virtual host", &code).await
    }

    /// Deletes the virtual host with its queues, if it exists.
    pub(crate) async fn delete_vhost(&self, name: &str) -> Result<(), SandboxError> {
        let name = binary(name);
        let code = format!(
            "case rabbit_vhost:exists({name}) of false -> ok; true -> rabbit_vhost:delete({name}, <<\"opportune\">>) end"
        );
        self.evaluate("delete the virtual host", &code).await
    }

    /// Stops the broker in the running Erlang machine: connections are closed, the port too.
    pub(crate) async fn stop_app(&self) -> Result<(), SandboxError> {
        self.evaluate("stop the broker", "ok = rabbit:stop()").await
    }

    /// Begins to start the broker again after [`Control::stop_app`]; it is not yet there when this returns.
    pub(crate) async fn start_app(&self) -> Result<(), SandboxError> {
        self.evaluate("start the broker", "ok = rabbit:start()").await
    }

    /// Evaluates Erlang expressions in the node. Whatever they throw is an error.
    async fn evaluate(&self, action: &'static str, code: &str) -> Result<(), SandboxError> {
        let mut command = clean_command(&self.binaries.erl_call, self.folder.path(), self.account);
        command
            .envs(erlang_environment(self.folder, self.ports))
            .args(["-timeout", &PATIENCE.as_secs().to_string(), "-address"])
            .arg(format!("127.0.0.1:{}", self.ports.distribution))
            .args(["-h", &client_name(), "-e"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().during("run", &self.binaries.erl_call)?;
        if let Some(mut input) = child.stdin.take() {
            // When it cannot connect it ends without reading; its message is below.
            let _ = input.write_all(format!("{code}, done.\n").as_bytes()).await;
        }
        let output = match tokio::time::timeout(PATIENCE, child.wait_with_output()).await {
            Ok(output) => output.during("run", &self.binaries.erl_call)?,
            Err(_) => {
                return Err(SandboxError::Control {
                    action,
                    answer: "no answer".to_owned(),
                });
            }
        };
        let answer = String::from_utf8_lossy(&output.stdout);
        if answer.trim() == "{ok, done}" {
            return Ok(());
        }
        let answer = format!("{answer}{}", String::from_utf8_lossy(&output.stderr))
            .trim()
            .to_owned();
        Err(SandboxError::Control { action, answer })
    }
}

/// A name for one command. All commands have the same one by default, and the broker refuses a second client of a name.
fn client_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!(
        "opportune-{}-{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

/// An Erlang binary of these bytes, written so that no character needs quoting.
fn binary(text: &str) -> String {
    let bytes: Vec<String> = text.bytes().map(|byte| byte.to_string()).collect();
    format!("<<{}>>", bytes.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_binary() {
        assert_eq!(binary("a\">>"), "<<97,34,62,62>>");
    }
}
