//! The command line.

mod batch_args;
mod bench_args;
mod client_args;
mod instruction_args;
mod lead_args;
mod operator_args;
mod server_args;
mod timeline_args;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use uuid::Uuid;

pub use batch_args::{BatchCommand, BatchStartArgs};
pub use bench_args::{BenchArgs, BenchCommand, SimilarBenchArgs};
pub use client_args::{
    ConversionsArgs, ConversionsCommand, ConvertArgs, ImportArgs, ImportFormat, RevertArgs, SimilarArgs, TailArgs,
};
pub use instruction_args::{CustomerChoice, DuplicatesChoice, InstructionArgs, ModeChoice, SurvivorChoice};
pub use lead_args::{LeadStatusChoice, LeadTypeChoice, LeadsArgs, LeadsCommand};
pub use operator_args::{DeadCommand, DoctorArgs, EventsCommand, ReplayArgs, SampleArgs, SampleFormat};
pub use server_args::{DevArgs, RoleArgs, ServeArgs};
pub use timeline_args::{EntryArgs, EntryKind, TimelineArgs, TimelineCommand};

/// Turns leads into opportunities for other programs.
#[derive(Debug, Parser)]
#[command(
    name = "opportune",
    version,
    propagate_version = true,
    infer_subcommands = true,
    after_help = "Exit codes: 0 done; 1 it could not be done; 2 refused, or some of many were; 64 the command line makes \
                  no sense."
)]
pub struct Cli {
    /// What holds for every subcommand.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every subcommand takes.
#[derive(Debug, Clone, Default, Args)]
pub struct Global {
    /// Settings file (TOML); lies over the built-in defaults and under OPPORTUNE__SECTION__KEY.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "OPPORTUNE_CONFIG",
        help_heading = "Settings"
    )]
    pub config: Option<PathBuf>,
    /// One setting, such as worker.slots=8; lies over everything else. Can be given again.
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", help_heading = "Settings")]
    pub set: Vec<String>,
    /// How log lines are written, to standard error.
    #[arg(long, global = true, value_enum, help_heading = "Settings")]
    pub log_format: Option<LogFormatChoice>,
    /// Data folder of `opportune dev`: where it keeps its servers, and where other commands find their addresses.
    #[arg(long, global = true, value_name = "DIR", help_heading = "Settings")]
    pub data: Option<PathBuf>,
    /// The server to call. Without it the one of --data, else http://127.0.0.1:50051.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "OPPORTUNE_SERVER",
        help_heading = "Client"
    )]
    pub server: Option<String>,
    /// PEM file of the authority that signed the server's certificate, for https URLs.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Client")]
    pub ca: Option<PathBuf>,
    /// The tenant to act for. Without it the default tenant.
    #[arg(
        long,
        global = true,
        value_name = "UUID",
        env = "OPPORTUNE_TENANT",
        help_heading = "Client"
    )]
    pub tenant: Option<Uuid>,
    /// Who acts: a salesperson's or user's id.
    #[arg(long, global = true, value_name = "UUID", help_heading = "Client")]
    pub actor: Option<Uuid>,
    /// In which role: salesperson_own, salesperson_all, manager, service or operator.
    #[arg(long, global = true, value_name = "ROLE", help_heading = "Client")]
    pub role: Option<String>,
    /// Print results as JSON instead of for people.
    #[arg(long, global = true, help_heading = "Client")]
    pub json: bool,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormatChoice {
    /// One JSON object a line.
    Json,
    /// For people.
    Pretty,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer gRPC calls (with --all: do everything in this one process).
    Serve(ServeArgs),
    /// Settle conversions: take jobs from the queues, decide, commit.
    Work(RoleArgs),
    /// Publish what was left in the outbox, send overdue jobs again, keep the event table tidy.
    Relay(RoleArgs),
    /// Bring the database to this program's schema.
    Migrate,
    /// Run everything here, with a private PostgreSQL and a private RabbitMQ.
    Dev(DevArgs),
    /// Load leads from a CSV or NDJSON file.
    Import(ImportArgs),
    /// Convert one lead, or many.
    Convert(ConvertArgs),
    /// Convert many leads as one batch that goes on without its caller.
    #[command(subcommand)]
    Batch(BatchCommand),
    /// Take a conversion or merge back.
    Revert(RevertArgs),
    /// Show what is similar to a lead.
    Similar(SimilarArgs),
    /// List leads and opportunities.
    Leads(LeadsArgs),
    /// Show what happened, or is planned, about a lead or opportunity; add to it.
    Timeline(TimelineArgs),
    /// Look at conversions, cancel them, run them again.
    Conversions(ConversionsArgs),
    /// Print events as they are published.
    Tail(TailArgs),
    /// Look after jobs that were given up.
    #[command(subcommand)]
    Dead(DeadCommand),
    /// Look after stored events.
    #[command(subcommand)]
    Events(EventsCommand),
    /// Make the keys by which similar records are found anew, while everything goes on. With --tenant those of one tenant,
    /// else of all. Ended in between, it goes on where it was when it is run again; so does the relay.
    Reindex,
    /// Measure speed beside the floor of plain SQL and plain AMQP on private servers.
    Bench(BenchArgs),
    /// Make invented leads to try things with.
    Sample(SampleArgs),
    /// Print the settings in force, with secrets masked.
    Config,
    /// Check binaries, database, migrations, broker, queues and clock.
    Doctor(DoctorArgs),
    /// Print the completion script of a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_options_may_stand_behind_the_subcommand() {
        let cli = Cli::try_parse_from(["opportune", "leads", "--json", "--set", "worker.slots=2"]).unwrap();
        assert!(cli.global.json);
        assert_eq!(cli.global.set, ["worker.slots=2"]);
    }

    #[test]
    fn a_timeline_is_listed_or_added_to() {
        let timeline = |arguments: &[&str]| {
            let cli = Cli::try_parse_from([&["opportune", "timeline"], arguments].concat())?;
            match cli.command {
                Command::Timeline(args) => Ok::<_, clap::Error>(args),
                _ => unreachable!("it is the subcommand that was given"),
            }
        };
        let listed = timeline(&["0199-x", "--limit", "3"]).unwrap();
        assert_eq!((listed.lead_id.as_deref(), listed.limit), (Some("0199-x"), 3));
        let added = timeline(&["add", "0199-x", "--kind", "activity", "--due", "2027-01-31"]).unwrap();
        let Some(TimelineCommand::Add(entry)) = added.command else {
            unreachable!("it is the subcommand that was given")
        };
        assert_eq!(entry.due.unwrap().to_string(), "2027-01-31T00:00:00Z");
        assert!(timeline(&[]).is_err());
        assert!(timeline(&["add", "0199-x", "--due", "tomorrow"]).is_err());
    }

    #[test]
    fn naming_others_to_merge_is_for_one_lead() {
        assert!(Cli::try_parse_from(["opportune", "convert", "a", "--merge", "b,c"]).is_ok());
        assert!(Cli::try_parse_from(["opportune", "convert", "--all-leads", "--merge", "b"]).is_err());
    }

    #[test]
    fn converting_needs_either_an_id_or_a_choice_of_many() {
        assert!(Cli::try_parse_from(["opportune", "convert"]).is_err());
        assert!(Cli::try_parse_from(["opportune", "convert", "--all-leads", "0199-x"]).is_err());
        assert!(Cli::try_parse_from(["opportune", "convert", "--limit", "10"]).is_ok());
    }
}
