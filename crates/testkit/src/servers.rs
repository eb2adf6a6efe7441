//! Which servers tests run against.

use sqlx::{Connection, PgConnection};
use std::time::Duration;

/// Environment variable: `postgres://…` of a login that may make databases and roles.
pub const DATABASE_URL: &str = "OPPORTUNE_TEST_DATABASE_URL";
/// Environment variable: `amqp://…` of a broker.
pub const AMQP_URL: &str = "OPPORTUNE_TEST_AMQP_URL";
/// Environment variable: where that broker's virtual hosts are made and deleted; without it, by `rabbitmqctl`.
pub const CONTROL: &str = "OPPORTUNE_TEST_BROKER_CONTROL";

const USUAL_DATABASE: &str = "postgres://postgres@127.0.0.1:5432/postgres";
const USUAL_BROKER: &str = "amqp://guest:guest@127.0.0.1:5672/%2f";
const PATIENCE: Duration = Duration::from_secs(5);

/// The given database server, or the usual one.
pub fn database_url() -> String {
    std::env::var(DATABASE_URL).unwrap_or_else(|_| USUAL_DATABASE.to_owned())
}

/// The given broker, or the usual one.
pub fn amqp_url() -> String {
    std::env::var(AMQP_URL).unwrap_or_else(|_| USUAL_BROKER.to_owned())
}

/// The database server lets us in.
pub async fn answers_postgres(url: &str) -> bool {
    let connected = tokio::time::timeout(PATIENCE, PgConnection::connect(url)).await;
    matches!(connected, Ok(Ok(_)))
}

/// The broker lets us in.
pub async fn answers_amqp(url: &str) -> bool {
    let connect = lapin::Connection::connect(url, lapin::ConnectionProperties::default());
    matches!(tokio::time::timeout(PATIENCE, connect).await, Ok(Ok(_)))
}

/// The same server, another path: `scheme://user@host:port/name?options`.
pub(crate) fn with_path(url: &str, name: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (rest, options) = rest.split_once('?').unwrap_or((rest, ""));
    let server = rest.split('/').next().unwrap_or(rest);
    let options = if options.is_empty() {
        String::new()
    } else {
        format!("?{options}")
    };
    format!("{scheme}://{server}/{name}{options}")
}

/// What an error says when there is no server.
pub(crate) fn no_server(what: &str, url: &str, variable: &str) -> String {
    let server = url.rsplit('@').next().unwrap_or(url);
    format!(
        "no {what} at {server}: start one, name another in {variable}, or run the tests under \
         `cargo run -p opportune-testkit --bin test-servers -- COMMAND…`"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_url_is_replaced_and_its_options_stay() {
        assert_eq!(
            with_path("postgres://a:b@h:1/x?sslmode=off", "y"),
            "postgres://a:b@h:1/y?sslmode=off"
        );
        assert_eq!(
            with_path("amqp://guest:guest@127.0.0.1:5672", "v"),
            "amqp://guest:guest@127.0.0.1:5672/v"
        );
    }

    #[test]
    fn a_missing_server_is_named_without_its_password() {
        let message = no_server("database", "postgres://ann:geheim@db:5432/x", DATABASE_URL);
        assert!(message.contains("db:5432") && !message.contains("geheim"), "{message}");
    }
}
