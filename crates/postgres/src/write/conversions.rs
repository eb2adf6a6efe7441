//! The columns of `conversions`, and of `before_images` of what they touched.

use super::columns::columns;
use super::text;
use crate::error::DbError;
use crate::rows::conversion::StateColumns;
use chrono::{DateTime, Utc};
use opportune_domain::conversion::Conversion;
use opportune_domain::ids::ConversionId;
use opportune_domain::world::World;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Places of ends within their batches.
pub(super) type Sequences = BTreeMap<ConversionId, i64>;

/// The parts of a conversion that are stored as JSON.
pub(super) struct Parts<'a> {
    conversion: &'a Conversion,
    state: &'static str,
    command: String,
    plan: Option<String>,
    outcome: Option<String>,
    error: Option<String>,
    /// When its job is sent in this unit of work.
    sent: Option<DateTime<Utc>>,
    /// Of an item of a batch that ends in this unit of work: its place.
    sequence: Option<i64>,
    /// The version of its lead that was looked at when this was decided.
    lead_version: Option<i64>,
}

columns! {
    /// The columns of `conversions`, one list each.
    ConversionColumns, |one: &Parts<'a>| {
        id: Uuid = one.conversion.id.0,
        lead_id: Uuid = one.conversion.lead_id.0,
        batch_id: Option<Uuid> = one.conversion.batch_id.map(Uuid::from),
        request_id: Option<Uuid> = one.conversion.request_id.map(Uuid::from),
        state: &'a str = one.state,
        command: &'a str = &one.command,
        plan: Option<&'a str> = one.plan.as_deref(),
        outcome: Option<&'a str> = one.outcome.as_deref(),
        error: Option<&'a str> = one.error.as_deref(),
        attempt: i32 = one.conversion.attempt,
        traceparent: &'a str = &one.conversion.traceparent,
        create_time: DateTime<Utc> = one.conversion.create_time,
        start_time: Option<DateTime<Utc>> = one.conversion.start_time,
        end_time: Option<DateTime<Utc>> = one.conversion.end_time,
        revert_deadline: Option<DateTime<Utc>> = one.conversion.revert_deadline,
        sent_time: Option<DateTime<Utc>> = one.sent,
        batch_sequence: Option<i64> = one.sequence,
        lead_version: Option<i64> = one.lead_version,
    }
}

/// The parts of the conversions with these ids.
pub(super) fn parts<'a>(
    world: &'a World,
    ids: &BTreeSet<ConversionId>,
    sequences: &Sequences,
) -> Result<Vec<Parts<'a>>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let jobs = world.changes.jobs.iter();
    let sent: BTreeMap<ConversionId, DateTime<Utc>> = jobs
        .map(|job| {
            (
                job.conversion,
                job.not_before.map_or(world.now, |time| time.max(world.now)),
            )
        })
        .collect();
    ids.iter()
        .map(|id| {
            let conversion = world.conversions.get(id).ok_or(DbError::Absent("conversions"))?;
            let state = StateColumns::of(&conversion.state);
            Ok(Parts {
                conversion,
                state: state.state,
                command: text::json("command", &conversion.command)?,
                plan: state.plan.map(|plan| text::json("plan", plan)).transpose()?,
                outcome: state
                    .outcome
                    .map(|outcome| text::json("outcome", outcome))
                    .transpose()?,
                error: state.error.map(|error| text::json("error", error)).transpose()?,
                sent: sent.get(id).copied(),
                sequence: sequences.get(id).copied(),
                lead_version: world.leads.get(&conversion.lead_id).map(|lead| lead.version),
            })
        })
        .collect()
}

/// The columns of `before_images`, one list each.
#[derive(Default)]
pub(super) struct Images {
    pub conversion_id: Vec<Uuid>,
    pub record_id: Vec<Uuid>,
    pub touched: Vec<String>,
}

/// Field by field, what each conversion changed in the leads that were there before.
pub(super) fn before_images(world: &World) -> Result<Images, DbError> {
    let mut images = Images::default();
    for image in &world.changes.images {
        images.conversion_id.push(image.conversion_id.0);
        images.record_id.push(image.lead_id.0);
        images.touched.push(text::json("touched", &image.fields)?);
    }
    Ok(images)
}
