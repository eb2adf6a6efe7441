//! `conversions`, and `before_images` of what they touched.

use super::columns::columns;
use super::text;
use crate::error::{DbError, Setback, all_written};
use crate::load::Tx;
use crate::rows::conversion::StateColumns;
use chrono::{DateTime, Utc};
use opportune_domain::conversion::Conversion;
use opportune_domain::ids::{ConversionId, TenantId};
use opportune_domain::world::World;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The parts of a conversion that are stored as JSON.
struct Parts<'a> {
    conversion: &'a Conversion,
    state: &'static str,
    command: String,
    plan: Option<String>,
    outcome: Option<String>,
    error: Option<String>,
    /// When its job is sent in this unit of work.
    sent: Option<DateTime<Utc>>,
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
    }
}

/// Inserts accepted conversions. When a lead has got a live one meanwhile, the unit of work starts over and sees it.
pub(super) async fn insert(tx: &mut Tx, tenant: TenantId, world: &World) -> Result<(), Setback> {
    let new = parts(world, &world.changes.new_conversions)?;
    if new.is_empty() {
        return Ok(());
    }
    let columns = ConversionColumns::of(&new);
    let done = sqlx::query!(
        "INSERT INTO conversions (
            tenant_id, id, lead_id, batch_id, request_id, state, command, plan, outcome, error, attempt, traceparent,
            create_time, start_time, end_time, revert_deadline, sent_time)
        SELECT $1, given.id, given.lead_id, given.batch_id, given.request_id, given.state, given.command::json,
            given.plan::json, given.outcome::json, given.error::json, given.attempt, given.traceparent,
            given.create_time, given.start_time, given.end_time, given.revert_deadline,
            coalesce(given.sent_time, given.create_time)
        FROM UNNEST(
            $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::text[], $11::integer[], $12::text[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[],
            $16::timestamptz[], $17::timestamptz[]
        ) AS given (
            id, lead_id, batch_id, request_id, state, command, plan, outcome, error, attempt, traceparent,
            create_time, start_time, end_time, revert_deadline, sent_time)
        ORDER BY given.lead_id
        ON CONFLICT (tenant_id, lead_id) WHERE state IN ('queued', 'running') DO NOTHING",
        tenant.0,
        &columns.id,
        &columns.lead_id,
        &columns.batch_id as _,
        &columns.request_id as _,
        &columns.state as _,
        &columns.command as _,
        &columns.plan as _,
        &columns.outcome as _,
        &columns.error as _,
        &columns.attempt,
        &columns.traceparent as _,
        &columns.create_time,
        &columns.start_time as _,
        &columns.end_time as _,
        &columns.revert_deadline as _,
        &columns.sent_time as _
    )
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == new.len() as u64 {
        Ok(())
    } else {
        Err(Setback::Conflict)
    }
}

/// Writes what became of conversions, and what they changed in leads.
pub(super) async fn update(tx: &mut Tx, tenant: TenantId, world: &World) -> Result<(), DbError> {
    let changed = parts(world, &world.changes.updated_conversions)?;
    let images = before_images(world)?;
    if changed.is_empty() && images.conversion_id.is_empty() {
        return Ok(());
    }
    let columns = ConversionColumns::of(&changed);
    let count = sqlx::query_scalar!(
        r#"WITH changed AS (
            UPDATE conversions SET
                state = given.state, plan = given.plan::json, outcome = given.outcome::json,
                error = given.error::json, attempt = given.attempt, start_time = given.start_time,
                end_time = given.end_time, revert_deadline = given.revert_deadline,
                sent_time = coalesce(given.sent_time, conversions.sent_time),
                sent_count = conversions.sent_count + (given.sent_time IS NOT NULL)::integer
            FROM UNNEST(
                $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::integer[], $8::timestamptz[],
                $9::timestamptz[], $10::timestamptz[], $11::timestamptz[]
            ) AS given (id, state, plan, outcome, error, attempt, start_time, end_time, revert_deadline, sent_time)
            WHERE conversions.tenant_id = $1 AND conversions.id = given.id
            RETURNING 1
        ), imaged AS (
            INSERT INTO before_images (tenant_id, conversion_id, record_kind, record_id, touched)
            SELECT $1, image.conversion_id, 'lead', image.record_id, image.touched::json
            FROM UNNEST($12::uuid[], $13::uuid[], $14::text[]) AS image (conversion_id, record_id, touched)
        )
        SELECT count(*) AS "count!" FROM changed"#,
        tenant.0,
        &columns.id,
        &columns.state as _,
        &columns.plan as _,
        &columns.outcome as _,
        &columns.error as _,
        &columns.attempt,
        &columns.start_time as _,
        &columns.end_time as _,
        &columns.revert_deadline as _,
        &columns.sent_time as _,
        &images.conversion_id,
        &images.record_id,
        &images.touched
    )
    .fetch_one(&mut **tx)
    .await?;
    all_written("conversions", changed.len(), count)
}

fn parts<'a>(world: &'a World, ids: &BTreeSet<ConversionId>) -> Result<Vec<Parts<'a>>, DbError> {
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
            })
        })
        .collect()
}

#[derive(Default)]
struct Images {
    conversion_id: Vec<Uuid>,
    record_id: Vec<Uuid>,
    touched: Vec<String>,
}

/// Field by field, what each conversion changed in the leads that were there before.
fn before_images(world: &World) -> Result<Images, DbError> {
    let mut images = Images::default();
    for image in &world.changes.images {
        images.conversion_id.push(image.conversion_id.0);
        images.record_id.push(image.lead_id.0);
        images.touched.push(text::json("touched", &image.fields)?);
    }
    Ok(images)
}
