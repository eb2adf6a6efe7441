//! Settings: built-in defaults, then a file, then the environment, then the command line.

mod check;
mod secret_url;
mod sections;

use std::path::Path;

use anyhow::{Context, bail};
use figment::Figment;
use figment::providers::{Env, Format, Toml};
use figment::value::Value;
use serde::{Deserialize, Serialize};

use crate::cli::{Global, LogFormatChoice};
use crate::endpoints::Endpoints;

pub use secret_url::SecretUrl;
pub use sections::{
    Accept, Auth, AuthMode, Broker, Database, EventFormat, Events, LogFormat, Ops, Outbox, Server, Sweeper, Telemetry,
    Worker,
};

/// The documented defaults; every setting stands in there.
pub const DEFAULTS: &str = include_str!("defaults.toml");

const ENV_PREFIX: &str = "OPPORTUNE__";

/// The settings in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// gRPC.
    pub server: Server,
    /// Health and metrics.
    pub ops: Ops,
    /// Who callers are.
    pub auth: Auth,
    /// PostgreSQL.
    pub database: Database,
    /// RabbitMQ.
    pub broker: Broker,
    /// Settling conversions.
    pub worker: Worker,
    /// Accepting calls.
    pub accept: Accept,
    /// Messages to be published.
    pub outbox: Outbox,
    /// Overdue conversions.
    pub sweeper: Sweeper,
    /// Stored events.
    pub events: Events,
    /// Logs and traces.
    pub telemetry: Telemetry,
}

impl Config {
    /// Reads the settings: the defaults, `file`, the environment, `overrides` (each `section.key=value`), the later ones
    /// over the earlier ones.
    ///
    /// # Errors
    /// A file that cannot be read, an unknown key, a value that does not fit.
    pub fn load(file: Option<&Path>, overrides: &[String]) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        if let Some(file) = file {
            // Figment takes a missing file for an empty one.
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("cannot read the settings file {}", file.display()))?;
            figment = figment.merge(Toml::string(&text));
        }
        figment = figment.merge(Env::prefixed(ENV_PREFIX).split("__"));
        for setting in overrides {
            let (key, value) = read_override(setting)?;
            figment = figment.merge((key, value));
        }
        let config: Self = figment.extract().map_err(explain)?;
        config.check()?;
        Ok(config)
    }

    /// The settings for a subcommand: `flags` (each `section.key=value`) and --set lie over the rest, and the servers of
    /// --data take the place of those in the settings.
    ///
    /// # Errors
    /// As [`Config::load`]; nothing runs in --data.
    pub fn for_command(global: &Global, flags: &[String]) -> anyhow::Result<Self> {
        let mut overrides = Vec::new();
        if let Some(data) = &global.data {
            let endpoints = Endpoints::read(data)?;
            overrides.push(format!("database.url={}", endpoints.postgres));
            overrides.push(format!("broker.url={}", endpoints.amqp));
        }
        Self::for_servers(global, overrides, flags)
    }

    /// The same, with servers that the caller names (as overrides).
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn for_servers(global: &Global, mut overrides: Vec<String>, flags: &[String]) -> anyhow::Result<Self> {
        overrides.extend_from_slice(flags);
        if let Some(format) = global.log_format {
            let name = match format {
                LogFormatChoice::Json => "json",
                LogFormatChoice::Pretty => "pretty",
            };
            overrides.push(format!("telemetry.log_format={name}"));
        }
        overrides.extend_from_slice(&global.set);
        Self::load(global.config.as_deref(), &overrides)
    }

    /// The settings as TOML, passwords masked.
    ///
    /// # Errors
    /// None that a checked configuration could cause.
    pub fn to_toml(&self) -> anyhow::Result<String> {
        toml::to_string_pretty(self).context("cannot write the settings as TOML")
    }
}

fn read_override(setting: &str) -> anyhow::Result<(&str, Value)> {
    let Some((key, value)) = setting.split_once('=') else {
        bail!("--set {setting}: expected section.key=value");
    };
    let value: Value = value.parse().unwrap_or_else(|never| match never {});
    Ok((key.trim(), value))
}

/// Figment's errors name key and source, one error a line.
fn explain(error: figment::Error) -> anyhow::Error {
    let lines: Vec<String> = error
        .into_iter()
        .map(|error| {
            let key = error.path.join(".");
            let source = error
                .metadata
                .as_ref()
                .map(|metadata| metadata.name.to_string())
                .unwrap_or_default();
            let place = if source.contains("environment") {
                " (from the environment)"
            } else {
                ""
            };
            match key.as_str() {
                "" => format!("{}{place}", error.kind),
                key => format!("{key}: {}{place}", error.kind),
            }
        })
        .collect();
    anyhow::anyhow!("settings: {}", lines.join("; "))
}

#[cfg(test)]
mod tests;
