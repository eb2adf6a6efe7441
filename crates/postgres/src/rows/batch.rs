//! `batches` and `batch_parts`.

use super::{Corrupt, json};
use chrono::{DateTime, Utc};
use opportune_domain::batch::{Batch, BatchOrder, Counts, RetryRange};
use opportune_domain::ids::{BatchId, RequestId};
use uuid::Uuid;

/// A row of `batches`; see [`select_batches`](crate::rows::batch::select_batches).
#[derive(Debug)]
pub(crate) struct BatchRow {
    pub id: Uuid,
    pub request_id: Option<Uuid>,
    pub content: String,
    pub closed: bool,
    pub cancelled: bool,
    pub cancelling: bool,
    pub total: i64,
    pub unexpanded: i64,
    pub parts: i64,
    pub turn: i64,
    pub retry_after: Option<i64>,
    pub retry_until: Option<i64>,
    pub held: i64,
    pub succeeded: i64,
    pub failed: i64,
    pub cancelled_items: i64,
    pub sequence: i64,
    pub traceparent: String,
    pub create_time: DateTime<Utc>,
    pub end_time: Option<DateTime<Utc>>,
}

/// A checked query for [`BatchRow`]s: the columns of `batches` that the domain knows, then what follows `FROM batches` as
/// one literal, then the arguments.
macro_rules! select_batches {
    ($tail:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            $crate::rows::batch::BatchRow,
            r#"SELECT id, request_id, content::text AS "content!", closed, cancelled, cancelling, total, unexpanded,
                parts, turn, retry_after, retry_until, held, succeeded, failed, cancelled_items, sequence, traceparent,
                create_time, end_time
            FROM batches "# + $tail
            $(, $argument)*
        )
    };
}
pub(crate) use select_batches;

impl TryFrom<BatchRow> for Batch {
    type Error = Corrupt;

    fn try_from(row: BatchRow) -> Result<Self, Corrupt> {
        let order: BatchOrder = json("batches", "content", row.id, &row.content)?;
        Ok(Self {
            id: BatchId(row.id),
            request_id: row.request_id.map(RequestId),
            order: BatchOrder {
                traceparent: row.traceparent,
                ..order
            },
            closed: row.closed,
            cancelled: row.cancelled,
            cancelling: row.cancelling,
            total: row.total,
            unexpanded: row.unexpanded,
            parts: row.parts,
            turn: row.turn,
            retry: row
                .retry_after
                .zip(row.retry_until)
                .map(|(after, until)| RetryRange { after, until }),
            counts: Counts {
                held: row.held,
                succeeded: row.succeeded,
                failed: row.failed,
                cancelled: row.cancelled_items,
            },
            sequence: row.sequence,
            create_time: row.create_time,
            end_time: row.end_time,
        })
    }
}
