//! `conversions`.

use super::{Corrupt, json};
use chrono::{DateTime, Utc};
use opportune_domain::conversion::{Conversion, ConversionState, Outcome, Plan};
use opportune_domain::ids::{BatchId, ConversionId, LeadId, RequestId};
use opportune_domain::refusal::Refusal;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// A row of `conversions`; see [`select_conversions`](crate::rows::conversion::select_conversions).
#[derive(Debug)]
pub(crate) struct ConversionRow {
    pub id: Uuid,
    pub lead_id: Uuid,
    pub batch_id: Option<Uuid>,
    pub request_id: Option<Uuid>,
    pub state: String,
    pub command: String,
    pub plan: Option<String>,
    pub outcome: Option<String>,
    pub error: Option<String>,
    pub attempt: i32,
    pub traceparent: String,
    pub create_time: DateTime<Utc>,
    pub start_time: Option<DateTime<Utc>>,
    pub end_time: Option<DateTime<Utc>>,
    pub revert_deadline: Option<DateTime<Utc>>,
}

/// A checked query for [`ConversionRow`]s: the columns of `conversions` that the domain knows, then what follows
/// `FROM conversions` as one literal, then the arguments.
macro_rules! select_conversions {
    ($tail:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            $crate::rows::conversion::ConversionRow,
            r#"SELECT conversions.id, conversions.lead_id, conversions.batch_id, conversions.request_id,
                conversions.state, conversions.command::text AS "command!", conversions.plan::text AS plan,
                conversions.outcome::text AS outcome, conversions.error::text AS error, conversions.attempt,
                conversions.traceparent, conversions.create_time, conversions.start_time, conversions.end_time,
                conversions.revert_deadline
            FROM conversions "# + $tail
            $(, $argument)*
        )
    };
}
pub(crate) use select_conversions;

impl TryFrom<ConversionRow> for Conversion {
    type Error = Corrupt;

    fn try_from(row: ConversionRow) -> Result<Self, Corrupt> {
        Ok(Self {
            id: ConversionId(row.id),
            lead_id: LeadId(row.lead_id),
            batch_id: row.batch_id.map(BatchId),
            request_id: row.request_id.map(RequestId),
            command: json("conversions", "command", row.id, &row.command)?,
            state: state(&row)?,
            attempt: row.attempt,
            traceparent: row.traceparent,
            create_time: row.create_time,
            start_time: row.start_time,
            end_time: row.end_time,
            revert_deadline: row.revert_deadline,
        })
    }
}

fn state(row: &ConversionRow) -> Result<ConversionState, Corrupt> {
    match row.state.as_str() {
        "queued" => Ok(ConversionState::Queued),
        "running" => Ok(ConversionState::Running),
        "cancelled" => Ok(ConversionState::Cancelled),
        "succeeded" => Ok(ConversionState::Succeeded {
            plan: present(row, "plan", row.plan.as_ref())?,
            outcome: present(row, "outcome", row.outcome.as_ref())?,
        }),
        "reverted" => Ok(ConversionState::Reverted {
            plan: present(row, "plan", row.plan.as_ref())?,
            outcome: present(row, "outcome", row.outcome.as_ref())?,
        }),
        "failed" => Ok(ConversionState::Failed {
            error: present(row, "error", row.error.as_ref())?,
        }),
        _ => Err(corrupt(row, "state")),
    }
}

/// A part that has to be there in this state.
fn present<T: DeserializeOwned>(
    row: &ConversionRow,
    column: &'static str,
    text: Option<&String>,
) -> Result<T, Corrupt> {
    let text = text.ok_or_else(|| corrupt(row, column))?;
    json("conversions", column, row.id, text)
}

fn corrupt(row: &ConversionRow, column: &'static str) -> Corrupt {
    Corrupt {
        table: "conversions",
        column,
        id: row.id,
    }
}

/// The columns that hold a state: its name, and the parts that exist in it only.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StateColumns<'a> {
    pub state: &'static str,
    pub plan: Option<&'a Plan>,
    pub outcome: Option<&'a Outcome>,
    pub error: Option<&'a Refusal>,
}

impl<'a> StateColumns<'a> {
    /// How a state is stored.
    pub(crate) fn of(state: &'a ConversionState) -> Self {
        let (plan, outcome, error) = match state {
            ConversionState::Succeeded { plan, outcome } | ConversionState::Reverted { plan, outcome } => {
                (Some(&**plan), Some(&**outcome), None)
            }
            ConversionState::Failed { error } => (None, None, Some(&**error)),
            ConversionState::Queued | ConversionState::Running | ConversionState::Cancelled => (None, None, None),
        };
        Self {
            state: state.name(),
            plan,
            outcome,
            error,
        }
    }
}
