//! Starting a batch.

use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use opportune_contract::v1::{BatchConvertLeadsRequest, LeadFilter, LeadStatus, LeadType};

use super::{accepted, there};
use crate::cli::{BatchStartArgs, Global};
use crate::client::{Client, explain};
use crate::commands::instruction;

/// Starts it; with --wait, follows it to its end.
pub(super) async fn run(client: &Client, global: &Global, args: &BatchStartArgs) -> anyhow::Result<ExitCode> {
    let answer = client
        .conversions()
        .batch_convert_leads(request(args)?)
        .await
        .map_err(explain)?;
    accepted(client, global, there(answer.into_inner().batch)?, args.wait).await
}

fn request(args: &BatchStartArgs) -> anyhow::Result<BatchConvertLeadsRequest> {
    let by_name = args.ids.is_some() || !args.lead_ids.is_empty();
    let mut lead_ids = args.lead_ids.clone();
    if let Some(file) = &args.ids {
        lead_ids.extend(ids(&read(file)?));
        ensure!(!lead_ids.is_empty(), "{} names no lead", file.display());
    }
    Ok(BatchConvertLeadsRequest {
        request_id: args.request_id.clone().unwrap_or_default(),
        lead_ids,
        filter: (!by_name).then(|| filter(args)),
        instruction: Some(instruction::of(&args.instruction)),
        salesperson_ids: args.pool.clone(),
        validate_only: args.preview,
        ..BatchConvertLeadsRequest::default()
    })
}

fn filter(args: &BatchStartArgs) -> LeadFilter {
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    LeadFilter {
        r#type: LeadType::Lead.into(),
        status: LeadStatus::Open.into(),
        salesperson_id: given(&args.of_salesperson),
        team_id: given(&args.of_team),
        stage_id: given(&args.in_stage),
        text: given(&args.text),
        unassigned: args.unassigned,
        ..LeadFilter::default()
    }
}

fn read(file: &Path) -> anyhow::Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        io::stdin()
            .read_to_string(&mut text)
            .context("cannot read standard input")?;
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

/// One id a line.
fn ids(text: &str) -> Vec<String> {
    let lines = text.trim_start_matches('\u{FEFF}').lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{BatchCommand, Cli, Command};
    use clap::Parser;

    fn started(arguments: &[&str]) -> BatchConvertLeadsRequest {
        let cli = Cli::try_parse_from([&["opportune", "batch", "start"], arguments].concat()).unwrap();
        let Command::Batch(BatchCommand::Start(args)) = cli.command else {
            unreachable!("it is the subcommand that was given")
        };
        request(&args).unwrap()
    }

    #[test]
    fn a_file_of_ids_has_one_a_line() {
        assert_eq!(ids("\u{FEFF}a\r\n\n# old ones\n  b \n"), ["a", "b"]);
    }

    #[test]
    fn leads_are_named_or_described_never_both() {
        let named = started(&["a", "b"]);
        assert_eq!((named.lead_ids.len(), named.filter), (2, None));
        let described = started(&["--unassigned", "--text", "chairs"]);
        let filter = described.filter.unwrap();
        assert!(described.lead_ids.is_empty() && filter.unassigned && filter.text == "chairs");
        assert_eq!(filter.status(), LeadStatus::Open);
        for both in [&["a", "--all-leads"][..], &["--ids", "f", "--text", "x"], &[]] {
            assert!(
                Cli::try_parse_from([&["opportune", "batch", "start"], both].concat()).is_err(),
                "{both:?}"
            );
        }
    }

    #[test]
    fn a_pool_shares_and_one_salesperson_does_not() {
        assert_eq!(
            started(&["a", "--pool", "x,y", "--pool", "z"]).salesperson_ids,
            ["x", "y", "z"]
        );
        let both = ["opportune", "batch", "start", "a", "--pool", "x", "--salesperson", "y"];
        assert!(Cli::try_parse_from(both).is_err());
    }
}
