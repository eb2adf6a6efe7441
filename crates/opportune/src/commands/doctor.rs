//! `opportune doctor`: what is there, what is missing, and what to do about it.

mod checks;

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::cli::{DoctorArgs, Global};
use crate::output::print_json;

/// What a check found.
struct Finding {
    name: &'static str,
    good: bool,
    /// What is there, or what is wrong.
    detail: String,
    /// What to do; empty when it is good.
    advice: String,
}

impl Finding {
    fn good(name: &'static str, detail: impl Into<String>) -> Self {
        Self {
            name,
            good: true,
            detail: detail.into(),
            advice: String::new(),
        }
    }

    fn bad(name: &'static str, detail: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            name,
            good: false,
            detail: detail.into(),
            advice: advice.into(),
        }
    }
}

/// Checks and reports. Exit code 1 when something is wrong.
///
/// # Errors
/// The report cannot be written.
pub async fn run(global: &Global, args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let mut findings = checks::binaries();
    if !args.dev {
        findings.extend(checks::servers(global).await);
    }
    if global.json {
        let values: Vec<Value> = findings
            .iter()
            .map(|finding| {
                json!({
                    "check": finding.name,
                    "ok": finding.good,
                    "detail": finding.detail,
                    "advice": finding.advice,
                })
            })
            .collect();
        print_json(&Value::Array(values))?;
    } else {
        for finding in &findings {
            println!(
                "{:<4}  {:<12}  {}",
                if finding.good { "ok" } else { "FAIL" },
                finding.name,
                finding.detail
            );
            if !finding.good {
                println!("      {:<12}  → {}", "", finding.advice);
            }
        }
    }
    let all_good = findings.iter().all(|finding| finding.good);
    Ok(if all_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
