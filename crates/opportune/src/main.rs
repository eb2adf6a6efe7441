//! opportune: turns leads into opportunities for other programs.
//!
//! * [`cli`]: the command line; [`config`]: the settings;
//! * [`commands`]: one module a subcommand;
//! * [`roles`]: what a process that stays does, on what [`wiring`] puts together; [`lifecycle`]: how it ends;
//! * [`client`]: calls to a server, for the other subcommands; [`exit`]: what their exit codes mean.

mod bench;
mod cli;
mod client;
mod clock;
mod commands;
mod config;
mod endpoints;
mod exit;
mod ids;
mod lifecycle;
mod meter;
mod observe;
mod ops;
mod output;
mod roles;
mod sample;
mod watch;
mod wiring;

use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Runtime;

use cli::{Cli, Command, Global};
use commands::serve::Service;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to be told that this cannot be told.
            let _ = error.print();
            return exit::usage(&error);
        }
    };
    let outcome = Runtime::new()
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(run(&cli)));
    match outcome {
        Ok(code) => code,
        Err(error) => {
            if cli.global.json {
                eprintln!("{}", exit::in_json(&error));
            } else {
                eprintln!("opportune: {error:#}");
            }
            exit::of(&error)
        }
    }
}

/// Runs the subcommand. What it returns is dropped in here, telemetry last of all: it is flushed on every way out.
async fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    let global = &cli.global;
    match &cli.command {
        Command::Serve(args) => stay(Service::serve(global, args)?).await,
        Command::Work(args) => stay(Service::work(global, args)?).await,
        Command::Relay(args) => stay(Service::relay(global, args)?).await,
        Command::Migrate => {
            let config = config::Config::for_command(global, &[])?;
            let _telemetry = observe::service(&config.telemetry)?;
            done(commands::migrate::run(&config).await)
        }
        Command::Dev(args) => {
            let telemetry = observe::service(&commands::dev::settings(global)?.telemetry)?;
            done(commands::dev::run(global, args, &telemetry).await)
        }
        command => {
            let _telemetry = observe::command(global)?;
            once(global, command).await
        }
    }
}

async fn stay(service: Service) -> anyhow::Result<ExitCode> {
    let telemetry = observe::service(&service.config.telemetry)?;
    done(service.run(&telemetry).await)
}

/// The subcommands that come to an end.
async fn once(global: &Global, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Import(args) => commands::import::run(global, args).await,
        Command::Convert(args) => commands::convert::run(global, args).await,
        Command::Batch(command) => commands::batch::run(global, command).await,
        Command::Revert(args) => commands::revert::run(global, args).await,
        Command::Doctor(args) => commands::doctor::run(global, args).await,
        Command::Similar(args) => done(commands::similar::run(global, args).await),
        Command::Leads(args) => done(commands::leads::run(global, args).await),
        Command::Timeline(args) => done(commands::timeline::run(global, args).await),
        Command::Conversions(args) => commands::conversions::run(global, args).await,
        Command::Tail(args) => done(commands::tail::run(global, args).await),
        Command::Dead(command) => done(commands::dead::run(global, command).await),
        Command::Events(command) => done(commands::events::run(global, command).await),
        Command::Reindex => done(commands::reindex::run(global).await),
        Command::Bench(args) => done(commands::bench::run(args, global).await),
        Command::Sample(args) => done(commands::sample::run(args)),
        Command::Config => done(commands::config::run(global)),
        Command::Completions { shell } => {
            commands::completions::run(*shell);
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve(_) | Command::Work(_) | Command::Relay(_) | Command::Migrate | Command::Dev(_) => {
            unreachable!("handled by the caller")
        }
    }
}

fn done(outcome: anyhow::Result<()>) -> anyhow::Result<ExitCode> {
    outcome.map(|()| ExitCode::SUCCESS)
}
