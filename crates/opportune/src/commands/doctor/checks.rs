//! The checks.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use opportune_rabbitmq::{Broker, depths};
use opportune_sandbox::BinarySearch;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use tokio::time::timeout;

use super::Finding;
use crate::cli::Global;
use crate::clock;
use crate::config::{Broker as BrokerSettings, Config, Database};
use crate::wiring::broker_options;

const PATIENCE: Duration = Duration::from_secs(5);
/// Clocks that differ by more confuse those who read logs and events.
const CLOCK_MARGIN_SECONDS: f64 = 2.0;
const OLDEST_POSTGRES: i32 = 150_000;

/// What `opportune dev` needs on this machine.
pub(super) fn binaries() -> Vec<Finding> {
    let search = BinarySearch::default();
    [
        ("PostgreSQL", &search.postgres, "postgres", "postgresql"),
        ("RabbitMQ", &search.rabbitmq, "rabbitmq-server", "rabbitmq-server"),
    ]
    .into_iter()
    .map(|(name, folders, binary, package)| {
        match folders
            .iter()
            .map(|folder| folder.join(binary))
            .find(|path: &PathBuf| path.is_file())
        {
            Some(path) => Finding::good(name, path.display().to_string()),
            None => Finding::bad(
                name,
                format!("{binary} is not installed; only `opportune dev` needs it"),
                format!("apt-get install {package}"),
            ),
        }
    })
    .collect()
}

/// Settings, database and broker.
pub(super) async fn servers(global: &Global) -> Vec<Finding> {
    let config = match Config::for_command(global, &[]) {
        Ok(config) => config,
        Err(error) => {
            return vec![Finding::bad(
                "settings",
                format!("{error:#}"),
                "see `opportune config --help`",
            )];
        }
    };
    let mut findings = vec![Finding::good("settings", "can be read")];
    findings.extend(database(&config.database).await);
    findings.extend(broker(&config.broker).await);
    findings
}

async fn database(settings: &Database) -> Vec<Finding> {
    let url = &settings.url;
    let connect = async {
        PgConnectOptions::from_str(url.expose())?
            .disable_statement_logging()
            .connect()
            .await
    };
    let mut connection = match timeout(PATIENCE, connect).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => {
            return vec![away(
                "database",
                &format!("{url}: {error}"),
                "PostgreSQL",
                "database.url",
            )];
        }
        Err(_) => {
            return vec![away(
                "database",
                &format!("{url}: no answer"),
                "PostgreSQL",
                "database.url",
            )];
        }
    };
    vec![
        version(&mut connection).await,
        migrations(&mut connection).await,
        time(&mut connection).await,
    ]
}

async fn version(connection: &mut PgConnection) -> Finding {
    let asked = sqlx::query_scalar::<_, String>("SELECT current_setting('server_version_num')")
        .fetch_one(connection)
        .await;
    let number: i32 = asked.ok().and_then(|text| text.parse().ok()).unwrap_or_default();
    let detail = format!("PostgreSQL {}.{}", number / 10_000, number % 10_000);
    if number >= OLDEST_POSTGRES {
        Finding::good("database", detail)
    } else {
        Finding::bad("database", detail, "use PostgreSQL 15 or newer")
    }
}

async fn migrations(connection: &mut PgConnection) -> Finding {
    const APPLIED: &str = "SELECT coalesce(max(version), 0), count(*) FILTER (WHERE NOT success) FROM _sqlx_migrations";
    let wanted = sqlx::migrate!("../../migrations")
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or_default();
    let advice = "run `opportune migrate`";
    match sqlx::query_as::<_, (i64, i64)>(APPLIED).fetch_one(connection).await {
        Ok((version, 0)) if version == wanted => Finding::good("migrations", format!("schema {version}")),
        Ok((version, 0)) if version > wanted => Finding::bad(
            "migrations",
            format!("schema {version}, this program knows {wanted}"),
            "a newer program has migrated it: update this one",
        ),
        Ok((version, 0)) => Finding::bad(
            "migrations",
            format!("schema {version}, this program needs {wanted}"),
            advice,
        ),
        Ok((version, _)) => Finding::bad("migrations", format!("a migration after {version} failed"), advice),
        Err(_) => Finding::bad("migrations", "none has run, or they may not be read", advice),
    }
}

async fn time(connection: &mut PgConnection) -> Finding {
    match sqlx::query_scalar::<_, DateTime<Utc>>("SELECT clock_timestamp()")
        .fetch_one(connection)
        .await
    {
        Ok(theirs) => {
            let seconds = (clock::now() - theirs).as_seconds_f64();
            let detail = format!("{:+.3} s beside the database", seconds);
            if seconds.abs() <= CLOCK_MARGIN_SECONDS {
                Finding::good("clock", detail)
            } else {
                Finding::bad(
                    "clock",
                    detail,
                    "let both machines take their time from the same source (NTP)",
                )
            }
        }
        Err(error) => Finding::bad("clock", error.to_string(), "see the database above"),
    }
}

async fn broker(settings: &BrokerSettings) -> Vec<Finding> {
    let mut options = broker_options(settings, "opportune/doctor");
    options.connect_timeout = PATIENCE;
    let broker = match Broker::connect(options).await {
        Ok(broker) => broker,
        Err(error) => {
            return vec![away(
                "broker",
                &format!("{}: {error}", settings.url),
                "RabbitMQ",
                "broker.url",
            )];
        }
    };
    let mut findings = vec![if broker.health().blocked {
        Finding::bad(
            "broker",
            "takes no messages",
            "it is short of memory or disk: see its log",
        )
    } else {
        Finding::good("broker", settings.url.to_string())
    }];
    match depths(&broker).await {
        Ok(queues) => findings.extend(queues.into_iter().map(|queue| {
            let detail = format!(
                "{}: {} messages, {} consumers",
                queue.name, queue.messages, queue.consumers
            );
            if queue.name.ends_with("dead") && queue.messages > 0 {
                Finding::bad("queue", detail, "see `opportune dead list`")
            } else {
                Finding::good("queue", detail)
            }
        })),
        Err(error) => findings.push(Finding::bad(
            "queues",
            error.to_string(),
            "start `opportune serve`: it declares them",
        )),
    }
    broker.close().await;
    findings
}

fn away(name: &'static str, detail: &str, product: &str, setting: &str) -> Finding {
    Finding::bad(
        name,
        detail,
        format!("start {product}, or set {setting} (or --data DIR of a running `opportune dev`)"),
    )
}
