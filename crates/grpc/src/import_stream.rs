//! The stream of an import: one header, then rows (rules 8.4).

use crate::batches;
use crate::fingerprint::key;
use crate::parse::required;
use crate::status::{refused, status};
use crate::stopping::until_stopped;
use futures_util::StreamExt;
use opportune_application::app::ImportSession;
use opportune_application::call::Key;
use opportune_application::page::{LARGEST_PAGE, PageRequest};
use opportune_application::work::ImportRow;
use opportune_application::{App, Call};
use opportune_contract::v1::Batch;
use opportune_contract::v1::import_leads_request::Payload;
use opportune_contract::v1::{ImportHeader, ImportLeadsRequest, ImportLeadsResponse};
use opportune_domain::batch::BatchOrder;
use opportune_domain::import::Import;
use opportune_domain::refusal::Refusal;
use opportune_wire::batch::batch;
use opportune_wire::import::reject;
use opportune_wire::lead::lead_patch;
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

/// Reads the stream to its end. Rows that went in before an error, or before the server was stopped, stay in.
pub(crate) async fn run(
    app: &App,
    call: &Call,
    stream: Streaming<ImportLeadsRequest>,
    stop: CancellationToken,
) -> Result<ImportLeadsResponse, Status> {
    let mut stream = until_stopped(stream, stop);
    let header = first(stream.next().await.transpose()?).map_err(|refusal| refused(&refusal))?;
    let (key, convert, mut rows) = begin(call, &header).map_err(|refusal| refused(&refusal))?;
    let mut session = app.start_import(call, key, convert).await.map_err(status)?;
    while let Some(message) = stream.next().await.transpose()? {
        take(&mut rows, &mut session, message).await?;
    }
    let import = session.finish().await.map_err(status)?;
    let first = PageRequest {
        size: LARGEST_PAGE,
        token: String::new(),
    };
    let rejects = app
        .import_rejects(call, import.request_id, &first)
        .await
        .map_err(status)?;
    Ok(ImportLeadsResponse {
        created_count: import.created,
        updated_count: import.updated,
        rejected_count: import.rejected,
        rejects: rejects.items.iter().map(reject).collect(),
        next_line: import.next_line,
        batch: batch_of(app, call, &import).await?,
    })
}

/// The batch that converts what was imported, as it is now.
async fn batch_of(app: &App, call: &Call, import: &Import) -> Result<Option<Batch>, Status> {
    match import.batch_id {
        Some(id) => Ok(Some(batch(&app.get_batch(call, id).await.map_err(status)?))),
        None => Ok(None),
    }
}

/// Where the rows of this stream stand.
#[derive(Debug, PartialEq, Eq)]
struct Rows {
    /// Rows of lower lines are skipped.
    resume_from: i64,
    /// Line of the last row.
    last: i64,
}

impl Rows {
    /// The row, unless it is skipped.
    fn read(&mut self, message: ImportLeadsRequest) -> Result<Option<ImportRow>, Refusal> {
        let row = match message.payload {
            Some(Payload::Row(row)) => row,
            Some(Payload::Header(_)) => return Err(Refusal::field("header", "comes once, as the first message")),
            None => return Err(Refusal::field("payload", "must be given")),
        };
        if row.line <= self.last {
            return Err(Refusal::field(
                "row.line",
                "must be 1 or more and rise within the stream",
            ));
        }
        self.last = row.line;
        if row.line < self.resume_from {
            return Ok(None);
        }
        let given = required("lead", row.lead).and_then(|lead| lead_patch(lead, None));
        Ok(Some(ImportRow { line: row.line, given }))
    }
}

async fn take(rows: &mut Rows, session: &mut ImportSession, message: ImportLeadsRequest) -> Result<(), Status> {
    match rows.read(message).map_err(|refusal| refused(&refusal))? {
        Some(row) => session.row(row).await.map_err(status),
        None => Ok(()),
    }
}

fn first(message: Option<ImportLeadsRequest>) -> Result<ImportHeader, Refusal> {
    match message.and_then(|message| message.payload) {
        Some(Payload::Header(header)) => Ok(header),
        _ => Err(Refusal::field("header", "must be the first message")),
    }
}

fn begin(call: &Call, header: &ImportHeader) -> Result<(Key, Option<BatchOrder>, Rows), Refusal> {
    let key = required("header.request_id", key(header)?)?;
    let (convert, pool) = (header.convert.as_ref(), &header.salesperson_ids);
    let order = batches::order(call, convert, "header.convert", pool, "header.salesperson_ids")?;
    if convert.is_none() && !pool.is_empty() {
        return Err(Refusal::field("header.salesperson_ids", "needs convert"));
    }
    Ok((
        key,
        convert.map(|_| order),
        Rows {
            resume_from: header.resume_from,
            last: 0,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use opportune_contract::v1::{self, ConvertInstruction};
    use opportune_domain::access::Caller;
    use opportune_domain::ids::TenantId;
    use uuid::Uuid;

    fn call() -> Call {
        Call {
            tenant: TenantId(Uuid::from_u128(7)),
            caller: Caller::default(),
            traceparent: String::new(),
        }
    }

    fn header() -> ImportHeader {
        ImportHeader {
            request_id: Uuid::from_u128(1).to_string(),
            ..ImportHeader::default()
        }
    }

    fn row(line: i64) -> ImportLeadsRequest {
        let lead = Some(v1::Lead {
            title: "Chairs".into(),
            ..v1::Lead::default()
        });
        ImportLeadsRequest {
            payload: Some(Payload::Row(v1::ImportRow { line, lead })),
        }
    }

    fn field(refusal: Refusal) -> String {
        refusal.violations[0].field.clone()
    }

    #[test]
    fn an_import_without_a_name_is_refused() {
        assert_eq!(
            field(begin(&call(), &ImportHeader::default()).unwrap_err()),
            "header.request_id"
        );
    }

    #[test]
    fn the_first_message_is_the_header_and_no_other_is() {
        assert_eq!(field(first(None).unwrap_err()), "header");
        assert_eq!(field(first(Some(row(1))).unwrap_err()), "header");
        let (_, _, mut rows) = begin(&call(), &header()).unwrap();
        let again = ImportLeadsRequest {
            payload: Some(Payload::Header(header())),
        };
        assert_eq!(field(rows.read(again).unwrap_err()), "header");
    }

    #[test]
    fn rows_before_the_line_to_resume_from_are_skipped() {
        let resumed = ImportHeader {
            resume_from: 3,
            ..header()
        };
        let (_, _, mut rows) = begin(&call(), &resumed).unwrap();
        assert!(rows.read(row(2)).unwrap().is_none());
        assert_eq!(rows.read(row(3)).unwrap().unwrap().line, 3);
    }

    #[test]
    fn lines_rise() {
        let (_, _, mut rows) = begin(&call(), &header()).unwrap();
        assert!(rows.read(row(0)).is_err());
        assert!(rows.read(row(5)).is_ok());
        assert_eq!(field(rows.read(row(5)).unwrap_err()), "row.line");
    }

    #[test]
    fn a_row_that_cannot_be_read_is_kept_as_a_reject() {
        let (_, _, mut rows) = begin(&call(), &header()).unwrap();
        let lead = Some(v1::Lead {
            team_id: "north".into(),
            ..v1::Lead::default()
        });
        let message = ImportLeadsRequest {
            payload: Some(Payload::Row(v1::ImportRow { line: 1, lead })),
        };
        assert_eq!(
            field(rows.read(message).unwrap().unwrap().given.unwrap_err()),
            "team_id"
        );
    }

    #[test]
    fn what_is_wrong_with_the_instruction_is_named_below_the_header() {
        let convert = Some(ConvertInstruction {
            team_id: "north".into(),
            ..ConvertInstruction::default()
        });
        let header_of = |convert, pool: &[&str]| ImportHeader {
            convert,
            salesperson_ids: pool.iter().map(|id| (*id).to_owned()).collect(),
            ..header()
        };
        let wrong = |header: &ImportHeader| field(begin(&call(), header).unwrap_err());
        assert_eq!(wrong(&header_of(convert, &[])), "header.convert.team_id");
        assert_eq!(wrong(&header_of(None, &["ann"])), "header.salesperson_ids[0]");
        let pool = Uuid::from_u128(2).to_string();
        assert_eq!(wrong(&header_of(None, &[&pool])), "header.salesperson_ids");
        let (_, order, _) = begin(&call(), &header_of(Some(ConvertInstruction::default()), &[&pool])).unwrap();
        assert_eq!(order.unwrap().pool.len(), 1);
    }
}
