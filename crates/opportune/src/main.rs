//! opportune: turns leads into opportunities for other programs.

mod cli;
mod commands;
mod config;
mod sample;

use clap::Parser;
fn main() -> anyhow::Result<()> {
    let cli = cli::Cli::parse();
    if let cli::Command::Sample(args) = &cli.command {
        commands::sample::run(args)?;
    } else {
        println!("{}", config::Config::load(cli.global.config.as_deref(), &cli.global.set)?.to_toml()?);
    }
    Ok(())
}
