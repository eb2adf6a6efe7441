//! `opportune completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;

/// Prints the completion script of a shell.
pub fn run(shell: Shell) {
    clap_complete::generate(shell, &mut Cli::command(), "opportune", &mut std::io::stdout());
}
