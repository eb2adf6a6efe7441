//! The private servers, for real.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod probes;

use std::fs::Permissions;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use opportune_sandbox::{
    BinarySearch, PostgresOptions, PrivatePostgres, PrivateRabbit, RabbitOptions, Sandbox, SandboxError, SandboxOptions,
};
use tempfile::TempDir;

use probes::{OPENED, open_amqp, processes_naming, psql};

/// Names the folder in which the helper process of this file runs a sandbox.
const HELPER_FOLDER: &str = "OPPORTUNE_SANDBOX_TEST_HELPER";

fn folder_with(mode: u32) -> TempDir {
    tempfile::Builder::new()
        .permissions(Permissions::from_mode(mode))
        .tempdir()
        .unwrap()
}

/// A folder that other accounts may pass through.
fn open_folder() -> TempDir {
    folder_with(0o711)
}

fn postgres_in(folder: &Path) -> PostgresOptions {
    PostgresOptions {
        data_dir: folder.join("pg"),
        fsync: false,
        port: None,
        search: BinarySearch::default(),
    }
}

fn rabbit_in(folder: &Path) -> RabbitOptions {
    RabbitOptions {
        data_dir: folder.join("mq"),
        port: None,
        search: BinarySearch::default(),
    }
}

#[tokio::test]
async fn both_start_keep_their_data_over_a_stop_and_leave_no_process() {
    let folder = folder_with(0o700);
    let sandbox = Sandbox::start(SandboxOptions::new(folder.path())).await.unwrap();
    psql(
        &sandbox.postgres,
        "create table kept (id int); insert into kept values (7)",
    );
    assert_eq!(psql(&sandbox.postgres, "show fsync"), "on");
    assert_eq!(psql(&sandbox.postgres, "show server_encoding"), "UTF8");
    sandbox.rabbitmq.add_vhost("te/st ü").await.unwrap();
    sandbox.rabbitmq.add_vhost("te/st ü").await.unwrap();
    assert_eq!(open_amqp(&sandbox.rabbitmq, "te/st ü").await.unwrap(), OPENED);
    let ports = (sandbox.postgres.port(), sandbox.rabbitmq.port());
    sandbox.stop().await.unwrap();
    assert_eq!(processes_naming(folder.path()), Vec::<String>::new());

    let sandbox = Sandbox::start(SandboxOptions::new(folder.path())).await.unwrap();
    assert_eq!((sandbox.postgres.port(), sandbox.rabbitmq.port()), ports);
    assert_eq!(psql(&sandbox.postgres, "select id from kept"), "7");
    assert_eq!(open_amqp(&sandbox.rabbitmq, "te/st ü").await.unwrap(), OPENED);
    sandbox.remove().await.unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_folder_in_use_is_refused_with_the_number_of_its_process() {
    let folder = open_folder();
    let mut postgres = PrivatePostgres::start(postgres_in(folder.path())).await.unwrap();
    let refused = PrivatePostgres::start(postgres_in(folder.path())).await.unwrap_err();
    assert!(
        matches!(refused, SandboxError::InUse { pid: Some(pid), .. } if pid == std::process::id()),
        "{refused}"
    );
    assert_eq!(psql(&postgres, "select 1"), "1", "the first one is not disturbed");
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_postgres_restarts_on_its_port_with_what_was_committed() {
    let folder = open_folder();
    let mut options = postgres_in(folder.path());
    options.fsync = true;
    let mut postgres = PrivatePostgres::start(options).await.unwrap();
    let port = postgres.port();
    psql(&postgres, "create table kept (id int); insert into kept values (7)");
    postgres.kill().await.unwrap();
    assert_eq!(postgres.pid(), None);
    postgres.restart().await.unwrap();
    assert_eq!(postgres.port(), port);
    assert_eq!(psql(&postgres, "select id from kept"), "7");
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn rabbitmq_is_stopped_and_killed_and_comes_back_with_its_virtual_hosts() {
    let folder = open_folder();
    let mut rabbit = PrivateRabbit::start(rabbit_in(folder.path())).await.unwrap();
    rabbit.add_vhost("kept").await.unwrap();
    rabbit.add_vhost("deleted").await.unwrap();
    rabbit.delete_vhost("deleted").await.unwrap();
    rabbit.delete_vhost("deleted").await.unwrap();

    rabbit.stop_app().await.unwrap();
    assert!(open_amqp(&rabbit, "kept").await.is_err(), "the port is closed");
    rabbit.start_app().await.unwrap();
    assert_eq!(open_amqp(&rabbit, "kept").await.unwrap(), OPENED);

    rabbit.kill().await.unwrap();
    let refused = rabbit.add_vhost("nobody there").await.unwrap_err();
    assert!(matches!(refused, SandboxError::Control { .. }), "{refused}");
    rabbit.restart().await.unwrap();
    assert_eq!(open_amqp(&rabbit, "kept").await.unwrap(), OPENED);
    assert_ne!(open_amqp(&rabbit, "deleted").await.unwrap(), OPENED);
    rabbit.stop().await.unwrap();
}

#[tokio::test]
async fn a_missing_package_is_named_before_anything_is_made() {
    let folder = open_folder();
    let nowhere = vec![PathBuf::from("/nowhere/bin")];
    let mut options = SandboxOptions::new(folder.path().join("data"));
    options.search = BinarySearch {
        postgres: nowhere.clone(),
        rabbitmq: nowhere.clone(),
        erlang: nowhere,
    };
    let message = Sandbox::start(options).await.unwrap_err().to_string();
    assert!(
        message.contains("apt-get install postgresql") && message.contains("/nowhere/bin"),
        "{message}"
    );
}

#[tokio::test]
async fn a_server_that_ends_while_starting_is_reported_with_its_last_lines() {
    let folder = open_folder();
    PrivatePostgres::start(postgres_in(folder.path()))
        .await
        .unwrap()
        .stop()
        .await
        .unwrap();
    std::fs::write(folder.path().join("pg/data/PG_VERSION"), "7.4\n").unwrap();
    let error = PrivatePostgres::start(postgres_in(folder.path())).await.unwrap_err();
    let SandboxError::EndedEarly { log, .. } = &error else {
        panic!("{error}")
    };
    assert!(log.contains("7.4"), "{log}");
}

/// Not a test by itself: the process that the next test starts and kills.
#[tokio::test]
async fn helper_that_runs_a_sandbox_until_it_is_killed() {
    let Some(folder) = std::env::var_os(HELPER_FOLDER) else {
        return;
    };
    let sandbox = Sandbox::start(SandboxOptions::new(folder)).await.unwrap();
    psql(
        &sandbox.postgres,
        "create table kept (id int); insert into kept values (7)",
    );
    sandbox.rabbitmq.add_vhost("kept").await.unwrap();
    println!("\nhelper is ready");
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn after_the_death_of_its_process_a_sandbox_starts_again_on_the_same_folder() {
    let folder = open_folder();
    let mut helper = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "helper_that_runs_a_sandbox_until_it_is_killed",
            "--nocapture",
        ])
        .env(HELPER_FOLDER, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(helper.stdout.take().unwrap());
    let ready = output
        .lines()
        .map_while(Result::ok)
        .any(|line| line == "helper is ready");
    helper.kill().unwrap();
    helper.wait().unwrap();
    assert!(ready);

    let sandbox = Sandbox::start(SandboxOptions::new(folder.path())).await.unwrap();
    assert_eq!(psql(&sandbox.postgres, "select id from kept"), "7");
    assert_eq!(open_amqp(&sandbox.rabbitmq, "kept").await.unwrap(), OPENED);
    sandbox.stop().await.unwrap();
    assert_eq!(processes_naming(folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn below_a_folder_that_is_closed_to_the_server_the_data_lies_elsewhere_for_root_only() {
    let closed = folder_with(0o700);
    let link = closed.path().join("pg");
    let mut postgres = PrivatePostgres::start(postgres_in(closed.path())).await.unwrap();
    psql(&postgres, "create table kept (id int); insert into kept values (7)");
    postgres.stop().await.unwrap();
    drop(postgres);
    let is_link = link.symlink_metadata().unwrap().is_symlink();
    assert_eq!(is_link, rustix::process::geteuid().is_root());

    let mut postgres = PrivatePostgres::start(postgres_in(closed.path())).await.unwrap();
    assert_eq!(psql(&postgres, "select id from kept"), "7");
    postgres.stop().await.unwrap();
    let data = postgres.folder().to_owned();
    drop(postgres);
    std::fs::remove_dir_all(data).unwrap();
}
