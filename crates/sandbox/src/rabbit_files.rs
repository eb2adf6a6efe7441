//! The files and the environment that keep a private RabbitMQ apart from the system's.

use std::ffi::OsString;
use std::fs::Permissions;
use std::hash::{BuildHasher, RandomState};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::error::{During, SandboxError};
use crate::folder::{Folder, give};

/// Part of the name of the folder that holds the data; so it never changes.
const NODE: &str = "opportune@localhost";

/// The plugins' folder holds these, of which the broker itself is one. The broker reads every module of every plugin
/// that it sees at its start, enabled or not: with these alone it starts in a third of the processor time.
const NEEDED_PLUGINS: [&str; 3] = ["rabbit", "rabbit_common", "rabbitmq_prelaunch"];

/// The ports of one broker, all on 127.0.0.1.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct RabbitPorts {
    pub amqp: u16,
    /// Erlang's own protocol, over which it is told what to do.
    pub distribution: u16,
    /// The private register of Erlang's nodes.
    pub epmd: u16,
}

/// Writes what the broker reads, and makes the folders that it writes to.
pub(crate) fn write(
    folder: &Folder,
    ports: RabbitPorts,
    server: &Path,
    account: Option<&Account>,
) -> Result<(), SandboxError> {
    for name in ["mnesia", "log", "home"] {
        folder.subfolder(name, account)?;
    }
    let amqp = ports.amqp;
    let settings = format!("listeners.tcp.local = 127.0.0.1:{amqp}\nlog.console = false\nlog.file.level = warning\n");
    folder.write("rabbitmq.conf", &settings, account)?;
    folder.write("advanced.config", "[].\n", account)?;
    folder.write("enabled_plugins", "[].\n", account)?;
    folder.write("rabbitmq-env.conf", "", account)?;
    write_cookie(folder, account)?;
    link_plugins(folder, server)
}

/// The secret that the node and those who command it share; made once.
fn write_cookie(folder: &Folder, account: Option<&Account>) -> Result<(), SandboxError> {
    let name = "home/.erlang.cookie";
    let path = folder.join(name);
    if !path.exists() {
        let random = RandomState::new();
        folder.write(
            name,
            &format!("{:016X}{:016X}", random.hash_one(1), random.hash_one(2)),
            account,
        )?;
    }
    std::fs::set_permissions(&path, Permissions::from_mode(0o400)).during("protect", &path)?;
    give(&path, account)
}

/// Links the needed plugins of the installation whose script `server` is; made anew, since that may have been upgraded.
fn link_plugins(folder: &Folder, server: &Path) -> Result<(), SandboxError> {
    let links = folder.join("plugins");
    if links.exists() {
        std::fs::remove_dir_all(&links).during("remove", &links)?;
    }
    let Some(installed) = needed_plugins(server) else {
        return Ok(());
    };
    std::fs::create_dir(&links).during("make the folder", &links)?;
    std::fs::set_permissions(&links, Permissions::from_mode(0o755)).during("protect", &links)?;
    for plugin in installed {
        let link = links.join(plugin.file_name().unwrap_or_default());
        symlink(&plugin, &link).during("link", &link)?;
    }
    Ok(())
}

/// None when one of them is not where it is in the installations that we know: the broker then uses its own folder.
fn needed_plugins(server: &Path) -> Option<Vec<PathBuf>> {
    let plugins = server.canonicalize().ok()?.parent()?.parent()?.join("plugins");
    let entries: Vec<PathBuf> = std::fs::read_dir(plugins)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    let find = |name: &str| {
        let versioned = |path: &&PathBuf| {
            let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
            file.split_once('-').is_some_and(|(before, _)| before == name)
        };
        entries.iter().find(versioned).cloned()
    };
    NEEDED_PLUGINS.iter().map(|name| find(name)).collect()
}

/// What everything of Erlang gets that runs for this folder.
pub(crate) fn erlang_environment(folder: &Folder, ports: RabbitPorts) -> Vec<(&'static str, OsString)> {
    vec![
        ("HOME", folder.join("home").into()),
        ("ERL_EPMD_PORT", ports.epmd.to_string().into()),
        ("ERL_EPMD_ADDRESS", "127.0.0.1".into()),
        ("ERL_CRASH_DUMP", folder.join("log/erl_crash.dump").into()),
    ]
}

/// What the broker's start script gets besides.
pub(crate) fn server_environment(folder: &Folder, ports: RabbitPorts) -> Vec<(&'static str, OsString)> {
    let mut environment = erlang_environment(folder, ports);
    let mut file = |name, file: &str| environment.push((name, folder.join(file).into()));
    // In place of /etc/rabbitmq/rabbitmq-env.conf, which the script would read.
    file("RABBITMQ_CONF_ENV_FILE", "rabbitmq-env.conf");
    file("RABBITMQ_CONFIG_FILE", "rabbitmq.conf");
    file("RABBITMQ_ADVANCED_CONFIG_FILE", "advanced.config");
    file("RABBITMQ_ENABLED_PLUGINS_FILE", "enabled_plugins");
    file("RABBITMQ_MNESIA_BASE", "mnesia");
    file("RABBITMQ_LOG_BASE", "log");
    file("RABBITMQ_PID_FILE", "log/pid");
    if folder.join("plugins").is_dir() {
        file("RABBITMQ_PLUGINS_DIR", "plugins");
    }
    let arguments = "-noinput -start_epmd false -kernel inet_dist_use_interface {127,0,0,1}";
    environment.extend([
        ("RABBITMQ_NODENAME", NODE.into()),
        ("RABBITMQ_DIST_PORT", ports.distribution.to_string().into()),
        // The script then becomes the broker and does not wait for it as a second process; -noinput takes the input
        // away again.
        ("RABBITMQ_ALLOW_INPUT", "true".into()),
        ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", arguments.into()),
    ]);
    environment
}
