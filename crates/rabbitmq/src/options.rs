//! What the executable may choose about the broker.

use crate::error::BrokerError;
use lapin::uri::AMQPUri;
pub use opportune_wire::event::EventFormat;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Seconds between heartbeats where the URL names none. Short, so that a peer that vanished is noticed.
const HEARTBEAT_SECONDS: u16 = 10;

/// The URL of a broker; its password is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct BrokerUrl(String);

impl BrokerUrl {
    /// Wraps a URL such as `amqp://user:password@host:5672/%2f`. An empty vhost means `/`.
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The parts of the URL, with our heartbeat where it names none.
    ///
    /// # Errors
    /// [`BrokerError::Url`].
    pub(crate) fn parse(&self) -> Result<AMQPUri, BrokerError> {
        let mut uri = AMQPUri::from_str(&self.0).map_err(|_| BrokerError::Url)?;
        if uri.vhost.is_empty() {
            uri.vhost = "/".to_owned();
        }
        uri.query.heartbeat.get_or_insert(HEARTBEAT_SECONDS);
        Ok(uri)
    }
}

impl fmt::Display for BrokerUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parse() {
            Ok(uri) => {
                let user = &uri.authority.userinfo.username;
                write!(
                    out,
                    "{}://{user}:***@{}:{}",
                    uri.scheme, uri.authority.host, uri.authority.port
                )?;
                write!(out, "/{}", uri.vhost.replace('/', "%2f"))
            }
            Err(_) => out.write_str("***"),
        }
    }
}

impl fmt::Debug for BrokerUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// Everything [`crate::Broker::connect`] needs.
#[derive(Debug, Clone)]
pub struct BrokerOptions {
    /// Where the broker is.
    pub url: BrokerUrl,
    /// What the broker calls the connection in its lists, e.g. `opportune/worker`.
    pub connection_name: String,
    /// How long the first connection is tried before giving up. Later ones are tried for ever.
    pub connect_timeout: Duration,
    /// How often a job is delivered before it becomes a dead letter. Generous: every lost connection counts.
    pub delivery_limit: u32,
    /// How long to wait for the broker's confirmation before a message counts as not sent.
    pub publish_timeout: Duration,
    /// Channels that publish at the same time.
    pub publish_channels: usize,
    /// What the bodies of events are.
    pub event_format: EventFormat,
}

impl BrokerOptions {
    /// The defaults, for a URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: BrokerUrl::new(url),
            connection_name: "opportune".to_owned(),
            connect_timeout: Duration::from_secs(60),
            delivery_limit: 20,
            publish_timeout: Duration::from_secs(5),
            publish_channels: 4,
            event_format: EventFormat::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_of_a_url_is_never_printed() {
        let options = BrokerOptions::new("amqp://anna:geheim@broker:5672/%2f");
        let printed = format!("{options:?} {}", options.url);
        assert!(!printed.contains("geheim"), "{printed}");
        assert!(printed.contains("amqp://anna:***@broker:5672/%2f"), "{printed}");
    }

    #[test]
    fn what_is_not_a_url_is_not_repeated() {
        let url = BrokerUrl::new("anna:geheim");
        assert_eq!(format!("{url:?}"), "***");
        let error = url.parse().expect_err("it is not a URL").to_string();
        assert!(!error.contains("geheim"), "{error}");
    }

    #[test]
    fn a_url_without_a_vhost_means_the_root() {
        for url in ["amqp://host", "amqp://host/", "amqp://host/%2f"] {
            assert_eq!(BrokerUrl::new(url).parse().expect("a URL").vhost, "/", "{url}");
        }
    }

    #[test]
    fn a_heartbeat_in_the_url_wins() {
        let parse = |url: &str| BrokerUrl::new(url).parse().expect("a URL").query.heartbeat;
        assert_eq!(parse("amqp://host/%2f?heartbeat=3"), Some(3));
        assert_eq!(parse("amqp://host/%2f"), Some(HEARTBEAT_SECONDS));
    }
}
