//! A virtual host that lives as long as its test.

use crate::control::BrokerControl;
use crate::servers::{AMQP_URL, amqp_url, answers_amqp, no_server, with_path};
use anyhow::ensure;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

const PREFIX: &str = "opportune-testkit-";
/// No test lives longer.
const OLD_SECONDS: u64 = 3 * 3600;

/// An empty virtual host of one's own; deleted with this, and with it its connections.
#[derive(Debug)]
pub struct TestBroker {
    url: String,
    name: String,
    control: BrokerControl,
}

impl TestBroker {
    /// Makes it on the given broker, or the usual one.
    ///
    /// # Errors
    /// When there is no broker, or it cannot be commanded.
    pub async fn new() -> anyhow::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = amqp_url();
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}{}-{}-{count}", now(), std::process::id());
        let broker = Self {
            url: with_path(&server, &name),
            name,
            control: BrokerControl::from_env(),
        };
        let (control, name, user) = (broker.control.clone(), broker.name.clone(), user_of(&server).to_owned());
        tokio::task::spawn_blocking(move || control.add(&name, &user)).await??;
        // The command may have reached another broker than the URL does.
        ensure!(
            answers_amqp(&broker.url).await,
            no_server("RabbitMQ that we may command", &server, AMQP_URL)
        );
        Ok(broker)
    }

    /// The URL of the virtual host.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TestBroker {
    fn drop(&mut self) {
        if let Err(error) = self.control.delete(&self.name) {
            eprintln!("{} was not deleted: {error:#}", self.name);
        }
    }
}

/// Deletes what tests left behind that were killed long ago.
///
/// # Errors
/// When the broker cannot be commanded.
pub fn delete_leftovers(control: &BrokerControl) -> anyhow::Result<()> {
    let old = now().saturating_sub(OLD_SECONDS);
    for name in control.list()? {
        let made = name
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split('-').next())
            .map(str::parse::<u64>);
        if let Some(Ok(made)) = made
            && made < old
        {
            control.delete(&name)?;
        }
    }
    Ok(())
}

/// Seconds since 1970: the age of a virtual host can be read in its name.
#[expect(
    clippy::disallowed_methods,
    reason = "nothing is decided by it, and a broker has no clock to ask"
)]
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// The user's name in a URL; RabbitMQ's own if there is none.
fn user_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split_once('@')
        .and_then(|(login, _)| login.split(':').next())
        .unwrap_or("guest")
}
