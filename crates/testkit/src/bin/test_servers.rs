//! `test-servers COMMAND…`: runs a command with a PostgreSQL and a RabbitMQ for its tests.
//!
//! What the environment names is used; for what it does not name a private server is started in a temporary folder, and
//! stopped when the command ends. A server of this machine would do, but is slower: it waits for the disk, wants TLS, and
//! a broker that is not ours is commanded by a program whose start takes longer than most tests, twice a test. The exit
//! code is the command's.

use anyhow::{Context, bail};
use opportune_sandbox::{BinarySearch, PostgresOptions, PrivatePostgres, PrivateRabbit, RabbitOptions};
use opportune_testkit::{
    AMQP_URL, BrokerControl, CONTROL, DATABASE_URL, amqp_url, answers_amqp, answers_postgres, database_url,
    delete_leftovers, drop_leftovers, serve_control,
};
use std::path::Path;
use std::process::{ExitCode, ExitStatus};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        bail!("usage: test-servers COMMAND…");
    };
    let folder = tempfile::Builder::new().prefix("opportune-test-servers-").tempdir()?;
    let (postgres, broker) = tokio::try_join!(postgres(folder.path()), broker(folder.path()))?;
    let mut command = Command::new(&program);
    command.args(arguments);
    if let Some(postgres) = &postgres {
        command.env(DATABASE_URL, postgres.url("postgres"));
    }
    if let Some(broker) = &broker {
        command
            .env(AMQP_URL, broker.server.url("/"))
            .env(CONTROL, &broker.control);
    }
    let status = run(command)
        .await
        .with_context(|| format!("cannot run {}", program.display()));
    stop(postgres, broker).await?;
    let code = status?.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}

/// A private server, unless one is named.
async fn postgres(folder: &Path) -> anyhow::Result<Option<PrivatePostgres>> {
    if std::env::var_os(DATABASE_URL).is_some() {
        let url = database_url();
        if !answers_postgres(&url).await {
            bail!("the server that {DATABASE_URL} names does not let us in");
        }
        drop_leftovers(&url).await?;
        return Ok(None);
    }
    eprintln!("test-servers: starting a private PostgreSQL");
    let options = PostgresOptions {
        data_dir: folder.join("postgres"),
        fsync: false,
        port: None,
        search: BinarySearch::default(),
    };
    enterable(folder)?;
    Ok(Some(PrivatePostgres::start(options).await?))
}

/// A private broker, and where its virtual hosts are made.
struct Broker {
    server: Arc<PrivateRabbit>,
    control: String,
    serving: tokio::task::JoinHandle<anyhow::Result<()>>,
}

/// A private broker, unless one is named.
async fn broker(folder: &Path) -> anyhow::Result<Option<Broker>> {
    if std::env::var_os(AMQP_URL).is_some() {
        let commanded = tokio::task::spawn_blocking(|| {
            let control = BrokerControl::from_env();
            control.works() && delete_leftovers(&control).is_ok()
        });
        if !(answers_amqp(&amqp_url()).await && commanded.await?) {
            bail!("the broker that {AMQP_URL} names does not let us in, or we cannot make virtual hosts in it");
        }
        return Ok(None);
    }
    eprintln!("test-servers: starting a private RabbitMQ");
    let options = RabbitOptions {
        data_dir: folder.join("rabbitmq"),
        port: None,
        search: BinarySearch::default(),
    };
    enterable(folder)?;
    let server = Arc::new(PrivateRabbit::start(options).await?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let control = listener.local_addr()?.to_string();
    let serving = tokio::spawn(serve_control(listener, server.clone()));
    Ok(Some(Broker {
        server,
        control,
        serving,
    }))
}

/// The servers' accounts have to pass through a folder that was made for us alone.
fn enterable(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o711))?;
    Ok(())
}

/// Runs it to its end. Ctrl-C reaches it by itself; when we are told to end, it is ended.
async fn run(mut command: Command) -> anyhow::Result<ExitStatus> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut child = command.kill_on_drop(true).spawn()?;
    loop {
        tokio::select! {
            status = child.wait() => return Ok(status?),
            _ = terminate.recv() => child.start_kill()?,
            _ = interrupt.recv() => {}
        }
    }
}

async fn stop(postgres: Option<PrivatePostgres>, broker: Option<Broker>) -> anyhow::Result<()> {
    if let Some(mut postgres) = postgres {
        postgres.stop().await?;
    }
    if let Some(broker) = broker {
        broker.serving.abort();
        let _ = broker.serving.await;
        // Unless a command about a virtual host is still under way; then dropping it kills the broker.
        if let Some(mut server) = Arc::into_inner(broker.server) {
            server.stop().await?;
        }
    }
    Ok(())
}
