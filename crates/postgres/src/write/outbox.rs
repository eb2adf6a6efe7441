//! `events`, and `outbox` rows of events and jobs, in one statement.
//!
//! A row is written with a lease held by this process, which publishes it right after the commit. Not so an event of
//! which the record has an unsent one before it, and a job that is to be sent later: the relay takes those.

use super::outbox_rows::{first_of_subject, group};
use super::text;
use crate::error::DbError;
use crate::load::Tx;
use chrono::{DateTime, Utc};
use opportune_application::ports::{Outbound, OutboxRow};
use opportune_domain::event::Event;
use opportune_domain::ids::{ConversionId, TenantId};
use opportune_domain::world::JobNote;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The columns of `events`, one list each.
#[derive(Default)]
struct EventColumns<'a> {
    id: Vec<Uuid>,
    kind: Vec<&'a str>,
    subject: Vec<Uuid>,
    sequence: Vec<i64>,
    occurred_at: Vec<DateTime<Utc>>,
    traceparent: Vec<&'a str>,
    body: Vec<String>,
}

/// The columns of `outbox`, one list each.
#[derive(Default)]
struct RowColumns<'a> {
    conversion_ids: Vec<Option<String>>,
    bulk: Vec<bool>,
    traceparent: Vec<&'a str>,
    event_id: Vec<Option<Uuid>>,
    event_time: Vec<Option<DateTime<Utc>>>,
    subject: Vec<Option<Uuid>>,
    not_before: Vec<Option<DateTime<Utc>>>,
    at_once: Vec<bool>,
}

/// Stores the events and writes all outbox rows; returns those that this process has to publish, in order.
pub(super) async fn write(
    tx: &mut Tx,
    tenant: TenantId,
    events: Vec<Event>,
    jobs: &[JobNote],
) -> Result<Vec<OutboxRow>, DbError> {
    if events.is_empty() && jobs.is_empty() {
        return Ok(Vec::new());
    }
    let stored = event_columns(&events)?;
    let rows = row_columns(&events, jobs);
    let written = sqlx::query!(
        r#"WITH stored AS (
            INSERT INTO events (tenant_id, id, type, subject, sequence, occurred_at, traceparent, body)
            SELECT $1, event.id, event.type, event.subject, event.sequence, event.occurred_at, event.traceparent,
                event.body::json
            FROM UNNEST(
                $2::uuid[], $3::text[], $4::uuid[], $5::bigint[], $6::timestamptz[], $7::text[], $8::text[]
            ) AS event (id, type, subject, sequence, occurred_at, traceparent, body)
        )
        INSERT INTO outbox (
            tenant_id, conversion_ids, bulk, traceparent, event_id, event_time, subject, not_before, lease_until)
        SELECT $1, given.conversion_ids::uuid[], given.bulk, given.traceparent, given.event_id, given.event_time,
            given.subject, coalesce(given.not_before, now()),
            CASE WHEN given.at_once AND coalesce(given.not_before <= now(), true) AND (
                -- Not EXISTS: that may read the whole outbox at once, which is long while the broker is away.
                SELECT unsent.id FROM outbox AS unsent
                WHERE unsent.tenant_id = $1 AND unsent.subject = given.subject LIMIT 1
            ) IS NULL THEN clock_timestamp() + interval '30 seconds' ELSE '-infinity' END
        FROM UNNEST(
            $9::text[], $10::boolean[], $11::text[], $12::uuid[], $13::timestamptz[], $14::uuid[],
            $15::timestamptz[], $16::boolean[]
        ) WITH ORDINALITY AS given (
            conversion_ids, bulk, traceparent, event_id, event_time, subject, not_before, at_once, place)
        ORDER BY given.place
        RETURNING id, conversion_ids, bulk, traceparent, event_id, lease_until > '-infinity' AS "leased!""#,
        tenant.0,
        &stored.id,
        &stored.kind as _,
        &stored.subject,
        &stored.sequence,
        &stored.occurred_at,
        &stored.traceparent as _,
        &stored.body,
        &rows.conversion_ids as _,
        &rows.bulk,
        &rows.traceparent as _,
        &rows.event_id as _,
        &rows.event_time as _,
        &rows.subject as _,
        &rows.not_before as _,
        &rows.at_once
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut events: BTreeMap<Uuid, Event> = events.into_iter().map(|event| (event.id.0, event)).collect();
    let mut leased: Vec<OutboxRow> = written
        .into_iter()
        .filter(|row| row.leased)
        .filter_map(|row| {
            let message = match row.event_id {
                Some(event) => Outbound::Event(Box::new(events.remove(&event)?)),
                None => Outbound::Jobs {
                    bulk: row.bulk,
                    conversions: row.conversion_ids?.into_iter().map(ConversionId).collect(),
                    traceparent: row.traceparent,
                },
            };
            Some(OutboxRow {
                id: row.id,
                tenant,
                message,
            })
        })
        .collect();
    leased.sort_unstable_by_key(|row| row.id);
    Ok(leased)
}

fn event_columns(events: &[Event]) -> Result<EventColumns<'_>, DbError> {
    let mut columns = EventColumns::default();
    for event in events {
        columns.id.push(event.id.0);
        columns.kind.push(event.body.type_name());
        columns.subject.push(event.body.subject());
        columns.sequence.push(event.sequence);
        columns.occurred_at.push(event.occurred_at);
        columns.traceparent.push(&event.traceparent);
        columns.body.push(text::json("event", &event.body)?);
    }
    Ok(columns)
}

fn row_columns<'a>(events: &[Event], jobs: &'a [JobNote]) -> RowColumns<'a> {
    let mut columns = RowColumns::default();
    for (event, first) in events.iter().zip(first_of_subject(events)) {
        columns.conversion_ids.push(None);
        columns.bulk.push(false);
        columns.traceparent.push("");
        columns.event_id.push(Some(event.id.0));
        columns.event_time.push(Some(event.occurred_at));
        columns.subject.push(Some(event.body.subject()));
        columns.not_before.push(None);
        columns.at_once.push(first);
    }
    for job in group(jobs) {
        columns.conversion_ids.push(Some(text::ids(&job.conversions)));
        columns.bulk.push(job.bulk);
        columns.traceparent.push(job.traceparent);
        columns.event_id.push(None);
        columns.event_time.push(None);
        columns.subject.push(None);
        columns.not_before.push(job.not_before);
        columns.at_once.push(true);
    }
    columns
}
