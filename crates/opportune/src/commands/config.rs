//! `opportune config`.

use crate::cli::Global;
use crate::config::Config;
use crate::output::print_json;

/// Prints the settings in force, passwords masked.
///
/// # Errors
/// The settings cannot be used.
pub fn run(global: &Global) -> anyhow::Result<()> {
    let config = Config::for_command(global, &[])?;
    if global.json {
        return print_json(&serde_json::to_value(&config)?);
    }
    print!("{}", config.to_toml()?);
    Ok(())
}
