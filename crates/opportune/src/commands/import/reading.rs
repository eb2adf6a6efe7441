//! Reads the file on a thread of its own, as fast as the server takes rows and no faster.

use std::collections::BTreeMap;

use opportune_contract::v1::import_leads_request::Payload;
use opportune_contract::v1::{ImportHeader, ImportLeadsRequest, ImportReject};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::source::{Item, Position, Source};
use crate::cli::ImportArgs;

/// Rows that were read and not yet taken by the connection.
const WAITING: usize = 256;

/// What one reading of the file found.
#[derive(Debug, Default)]
pub struct Reading {
    /// Rows that cannot be read, by line.
    pub rejects: BTreeMap<i64, ImportReject>,
    /// Remarks for the user.
    pub remarks: Vec<String>,
}

/// A reading that has ended, with the sender: only who drops it says to the server that the file is complete.
pub type Ended = (anyhow::Result<Reading>, mpsc::Sender<ImportLeadsRequest>);

/// Begins to read; the messages of one stream come out of the channel, the header first. Rows of lines below
/// `resume_from` are not sent, but read: what is wrong with them belongs to the report.
pub fn start(
    args: ImportArgs,
    header: ImportHeader,
    position: Position,
) -> (mpsc::Receiver<ImportLeadsRequest>, JoinHandle<Ended>) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let task = tokio::task::spawn_blocking(move || (read(&args, header, &position, &sender), sender));
    (receiver, task)
}

fn read(
    args: &ImportArgs,
    header: ImportHeader,
    position: &Position,
    sender: &mpsc::Sender<ImportLeadsRequest>,
) -> anyhow::Result<Reading> {
    let source = Source::open(args, position)?;
    let mut reading = Reading {
        remarks: source.remarks,
        ..Reading::default()
    };
    let resume_from = header.resume_from;
    let mut receiver_is_there = send(sender, Payload::Header(header));
    for item in source.items {
        match item? {
            Item::Reject(reject) => {
                reading.rejects.insert(reject.line, reject);
            }
            Item::Row(row) if row.line >= resume_from && receiver_is_there => {
                receiver_is_there = send(sender, Payload::Row(*row));
            }
            Item::Row(_) => {}
        }
    }
    Ok(reading)
}

/// False: the stream has ended, nobody wants more.
fn send(sender: &mpsc::Sender<ImportLeadsRequest>, payload: Payload) -> bool {
    sender
        .blocking_send(ImportLeadsRequest { payload: Some(payload) })
        .is_ok()
}
