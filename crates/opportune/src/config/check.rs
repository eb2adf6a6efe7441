//! What settings have to fulfil beyond their types.

use anyhow::{bail, ensure};

use super::{AuthMode, Config};

impl Config {
    /// Refuses settings that fit their types and still make no sense.
    ///
    /// # Errors
    /// Names the setting and what it has to be.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.check_who_may_call()?;
        ensure!(!self.database.url.is_empty(), "database.url: must not be empty");
        ensure!(!self.broker.url.is_empty(), "broker.url: must not be empty");
        ensure!(
            self.server.tls.cert.as_os_str().is_empty() == self.server.tls.key.as_os_str().is_empty(),
            "server.tls: cert and key go together"
        );
        at_least_one("server.timeout_seconds", self.server.timeout_seconds)?;
        at_least_one("database.pool_size", self.database.pool_size)?;
        at_least_one("database.relay_pool_size", self.database.relay_pool_size)?;
        at_least_one("database.acquire_timeout_ms", self.database.acquire_timeout_ms)?;
        at_least_one("database.statement_timeout_ms", self.database.statement_timeout_ms)?;
        at_least_one("database.lock_timeout_ms", self.database.lock_timeout_ms)?;
        ensure!(
            !(self.database.pooler && self.database.set_role),
            "database.pooler goes with database.set_role = false: a pooler passes no role on"
        );
        at_least_one("broker.publish_channels", self.broker.publish_channels)?;
        at_least_one("broker.delivery_limit", self.broker.delivery_limit)?;
        at_least_one("broker.publish_timeout_ms", self.broker.publish_timeout_ms)?;
        at_least_one("worker.slots", self.worker.slots)?;
        at_least_one("worker.micro_batch_max", self.worker.micro_batch_max)?;
        at_least_one("worker.prefetch", self.worker.prefetch)?;
        at_least_one("accept.max_batch", self.accept.max_batch)?;
        at_least_one("accept.lanes", self.accept.lanes)?;
        at_least_one("outbox.relay_poll_ms", self.outbox.relay_poll_ms)?;
        at_least_one("sweeper.interval_seconds", self.sweeper.interval_seconds)?;
        at_least_one("events.keep_days", self.events.keep_days)?;
        let ratio = self.telemetry.sample_ratio;
        ensure!(
            (0.0..=1.0).contains(&ratio),
            "telemetry.sample_ratio: must be between 0 and 1, not {ratio}"
        );
        Ok(())
    }

    fn check_who_may_call(&self) -> anyhow::Result<()> {
        match self.auth.mode {
            AuthMode::None if !self.server.address.ip().is_loopback() => bail!(
                "auth.mode = \"none\" lets everybody in who reaches {}: server.address has to be a loopback address",
                self.server.address
            ),
            AuthMode::None => Ok(()),
        }
    }
}

fn at_least_one<N: PartialOrd + From<u8>>(key: &str, value: N) -> anyhow::Result<()> {
    ensure!(value >= N::from(1), "{key}: must be at least 1");
    Ok(())
}
