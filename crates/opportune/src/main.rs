//! opportune: turns leads into opportunities for other programs.

mod cli;
mod client;
mod commands;
mod config;
mod endpoints;
mod ids;
mod output;
mod sample;

use clap::Parser;
#[tokio::main]
async fn main() -> anyhow::Result<std::process::ExitCode> {
    let cli = cli::Cli::parse();
    match &cli.command {
        cli::Command::Sample(args) => commands::sample::run(args)?,
        cli::Command::Convert(args) => return commands::convert::run(&cli.global, args).await,
        cli::Command::Similar(args) => commands::similar::run(&cli.global, args).await?,
        cli::Command::Leads(args) => commands::leads::run(&cli.global, args).await?,
        cli::Command::Conversions(args) => commands::conversions::run(&cli.global, args).await?,
        cli::Command::Import(args) => return commands::import::run(&cli.global, args).await,
        _ => println!("{}", config::Config::load(cli.global.config.as_deref(), &cli.global.set)?.to_toml()?),
    }
    Ok(std::process::ExitCode::SUCCESS)
}
