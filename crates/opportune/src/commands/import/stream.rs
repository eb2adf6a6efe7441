//! Sends rows, and takes the import up again when the connection breaks.

use std::pin::pin;
use std::time::Duration;

use anyhow::Context;
use indicatif::ProgressBar;
use opportune_contract::v1::{GetImportRequest, Import, ImportHeader, ImportReject, ListImportRejectsRequest};
use tokio::time::{interval, sleep};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};
use uuid::Uuid;

use super::reading::{self, Reading};
use super::report::Report;
use super::source::Position;
use crate::cli::ImportArgs;
use crate::client::{Client, Failure, explain};
use crate::commands::instruction;
use crate::output::thousands;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(500);
const PAGE: i32 = 1_000;

/// An import under way.
pub struct Upload {
    /// The server.
    pub client: Client,
    /// What was asked for.
    pub args: ImportArgs,
    /// The import's name.
    pub request_id: Uuid,
    /// Shows how far it is.
    pub bar: ProgressBar,
}

/// How one stream ended that was not the last.
enum Cut {
    /// The connection or the server went away.
    Passing(Failure),
    /// There is no point in trying again.
    Final(anyhow::Error),
}

impl Upload {
    /// Sends the whole file, in as many streams as it takes.
    ///
    /// # Errors
    /// The file cannot be read, the server refuses, or it stays away.
    pub async fn run(&self) -> anyhow::Result<Report> {
        let mut known = self.progress().await?;
        let was_finished = known.as_ref().is_some_and(|import| import.finished);
        let mut tries = 0;
        let mut pause = FIRST_PAUSE;
        let reading = loop {
            let next_line = known.as_ref().map_or(0, |import| import.next_line);
            match self.stream(next_line).await {
                Ok(reading) => break reading,
                Err(Cut::Final(error)) => return Err(error),
                Err(Cut::Passing(failure)) if tries >= self.args.retries => {
                    return Err(failure).context("the connection broke again and again; the same command goes on");
                }
                Err(Cut::Passing(failure)) => {
                    self.bar
                        .println(format!("the connection broke ({failure}); trying again"));
                    sleep(pause).await;
                    (tries, pause) = (tries + 1, (pause * 2).min(LONGEST_PAUSE));
                }
            }
            if let Ok(now) = self.progress().await {
                let advanced = now.as_ref().map_or(0, |import| import.next_line) > next_line;
                known = now;
                if advanced {
                    (tries, pause) = (0, FIRST_PAUSE);
                }
            }
        };
        self.report(reading, was_finished).await
    }

    /// One stream from `resume_from` to the end of the file.
    async fn stream(&self, resume_from: i64) -> Result<Reading, Cut> {
        let header = ImportHeader {
            request_id: self.request_id.to_string(),
            resume_from,
            convert: self.args.convert.then(|| instruction::of(&self.args.instruction)),
            salesperson_ids: self.args.pool.clone(),
        };
        let position = Position::default();
        let (messages, mut reader) = reading::start(self.args.clone(), header, position.clone());
        let mut leads = self.client.leads();
        let mut call = pin!(leads.import_leads(ReceiverStream::new(messages)));
        let mut answer = None;
        let ended = loop {
            tokio::select! {
                ended = &mut reader => break ended,
                early = &mut call, if answer.is_none() => answer = Some(early.map_err(cut)?),
                never = self.watch(&position) => match never {},
            }
        };
        let (reading, sender) = ended.context("reading the file").map_err(Cut::Final)?;
        // Leaving here with an error breaks the stream off: a file that was read in part must not look complete.
        let reading = reading.map_err(Cut::Final)?;
        drop(sender);
        if answer.is_none() {
            tokio::select! {
                answer = &mut call => answer.map(drop).map_err(cut)?,
                never = self.watch(&position) => match never {},
            }
        }
        Ok(reading)
    }

    /// Shows how far it is.
    async fn watch(&self, position: &Position) -> std::convert::Infallible {
        let mut ticks = interval(LOOK_EVERY);
        loop {
            ticks.tick().await;
            self.bar.set_position(position.bytes());
            if self.bar.is_hidden() {
                continue;
            }
            if let Ok(Some(import)) = self.progress().await {
                self.bar.set_message(counts(&import));
            }
        }
    }

    /// What is committed; none if the server does not know the import.
    async fn progress(&self) -> anyhow::Result<Option<Import>> {
        let request = GetImportRequest {
            request_id: self.request_id.to_string(),
        };
        match self.client.leads().get_import(request).await {
            Ok(answer) => Ok(answer.into_inner().import),
            Err(status) if status.code() == Code::NotFound => Ok(None),
            Err(status) => Err(explain(status)),
        }
    }

    async fn report(&self, reading: Reading, was_finished: bool) -> anyhow::Result<Report> {
        let import = self
            .progress()
            .await?
            .context("the server does not know the import that it has just done")?;
        let mut rejects: Vec<ImportReject> = reading.rejects.values().cloned().collect();
        rejects.extend(self.server_rejects().await?);
        rejects.sort_by_key(|reject| reject.line);
        let mut remarks = reading.remarks;
        if was_finished {
            remarks.push(
                "this file had been imported before: nothing was done now (--request-id does it again)".to_owned(),
            );
        }
        Ok(Report {
            request_id: Some(self.request_id),
            batch: (!import.batch_id.is_empty()).then_some(import.batch_id),
            created: count(import.created_count),
            updated: count(import.updated_count),
            rejected: count(import.rejected_count) + reading.rejects.len() as u64,
            rejects,
            remarks,
            ..Report::default()
        })
    }

    async fn server_rejects(&self) -> anyhow::Result<Vec<ImportReject>> {
        let mut rejects = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = ListImportRejectsRequest {
                request_id: self.request_id.to_string(),
                page_size: PAGE,
                page_token,
            };
            let page = self
                .client
                .leads()
                .list_import_rejects(request)
                .await
                .map_err(explain)?
                .into_inner();
            rejects.extend(page.rejects);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(rejects);
            }
        }
    }
}

fn cut(status: Status) -> Cut {
    let failure = Failure::from(&status);
    if failure.is_passing() {
        Cut::Passing(failure)
    } else {
        Cut::Final(failure.into())
    }
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

fn counts(import: &Import) -> String {
    let [created, updated, rejected] =
        [import.created_count, import.updated_count, import.rejected_count].map(|number| thousands(count(number)));
    format!("created {created}, updated {updated}, rejected {rejected}")
}
