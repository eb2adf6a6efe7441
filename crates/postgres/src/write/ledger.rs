//! What a unit of work leaves behind besides records, in one statement: requests, conversions with their before-images,
//! events, and the outbox rows of events and jobs. Nearly every unit of work writes several of these, and nothing
//! between them has to be waited for.
//!
//! An outbox row is written with a lease held by this process, which publishes it right after the commit. Not so an
//! event of which the record has an unsent one before it, and a job that is to be sent later: the relay takes those.

use super::conversions::{ConversionColumns, Sequences, before_images, parts};
use super::outbox::{EventColumns, RowColumns, WrittenRow, leased};
use super::requests::RequestColumns;
use crate::error::{Setback, all_written};
use crate::load::Tx;
use opportune_application::ports::OutboxRow;
use opportune_domain::ids::TenantId;
use opportune_domain::world::World;
use uuid::Uuid;

/// Writes all of it; returns the outbox rows that this process has to publish, in order. Waits for somebody who is
/// inserting the same request, or a live conversion of the same lead; when they were faster, or when the lead of a new
/// conversion is not any more as it was looked at (its own conversion may have begun and ended meanwhile), the unit of
/// work starts over and sees theirs. Returns the batches of items, too, that ended and had not had their turn, one entry an item.
pub(super) async fn write(
    tx: &mut Tx,
    tenant: TenantId,
    world: &mut World,
    sequences: &Sequences,
) -> Result<(Vec<OutboxRow>, Vec<Uuid>), Setback> {
    let events = std::mem::take(&mut world.changes.events);
    let changes = &world.changes;
    let new = parts(world, &changes.new_conversions, sequences)?;
    let changed = parts(world, &changes.updated_conversions, sequences)?;
    let images = before_images(world)?;
    let no_conversions = new.is_empty() && changed.is_empty() && images.conversion_id.is_empty();
    if no_conversions && changes.requests.is_empty() && events.is_empty() && changes.jobs.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let requests = RequestColumns::sorted(&changes.requests);
    let inserted = ConversionColumns::of(&new);
    let updated = ConversionColumns::of(&changed);
    let stored = EventColumns::of(&events)?;
    let rows = RowColumns::of(&events, &changes.jobs);
    let written = sqlx::query_as!(
        WrittenRow,
        r#"WITH claimed AS (
            INSERT INTO requests (tenant_id, id, rpc, actor, fingerprint, resource)
            SELECT $1, given.id, given.rpc, given.actor, given.fingerprint, given.resource
            FROM UNNEST($2::uuid[], $3::text[], $4::uuid[], $5::bytea[], $6::uuid[])
                AS given (id, rpc, actor, fingerprint, resource)
            ON CONFLICT (tenant_id, id) DO NOTHING
            RETURNING 1
        ), inserted AS (
            INSERT INTO conversions (
                tenant_id, id, lead_id, batch_id, request_id, state, command, plan, outcome, error, attempt,
                traceparent, create_time, start_time, end_time, revert_deadline, batch_sequence, sent_time)
            SELECT $1, given.id, given.lead_id, given.batch_id, given.request_id, given.state, given.command::json,
                given.plan::json, given.outcome::json, given.error::json, given.attempt, given.traceparent,
                given.create_time, given.start_time, given.end_time, given.revert_deadline, given.batch_sequence,
                -- An item of a batch waits for its turn.
                CASE WHEN given.batch_id IS NOT NULL AND given.state = 'queued' THEN given.sent_time
                    ELSE coalesce(given.sent_time, given.create_time) END
            FROM UNNEST(
                $7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[], $11::text[], $12::text[], $13::text[], $14::text[],
                $15::text[], $16::integer[], $17::text[], $18::timestamptz[], $19::timestamptz[], $20::timestamptz[],
                $21::timestamptz[], $22::timestamptz[], $51::bigint[], $53::bigint[]
            ) AS given (
                id, lead_id, batch_id, request_id, state, command, plan, outcome, error, attempt, traceparent,
                create_time, start_time, end_time, revert_deadline, sent_time, batch_sequence, lead_version)
            WHERE given.lead_version IS NULL OR given.lead_version = (
                SELECT leads.version FROM leads WHERE leads.tenant_id = $1 AND leads.id = given.lead_id)
            ORDER BY given.lead_id
            ON CONFLICT (tenant_id, lead_id) WHERE state IN ('queued', 'running') DO NOTHING
            RETURNING 1
        ), updated AS (
            UPDATE conversions SET
                state = given.state, plan = given.plan::json, outcome = given.outcome::json,
                error = given.error::json, attempt = given.attempt, start_time = given.start_time,
                end_time = given.end_time, revert_deadline = given.revert_deadline,
                -- An item that is to be tried again waits for its turn.
                sent_time = CASE WHEN given.state = 'queued' THEN given.sent_time
                    ELSE coalesce(given.sent_time, conversions.sent_time) END,
                batch_sequence = CASE WHEN given.state = 'queued' THEN NULL
                    ELSE coalesce(given.batch_sequence, conversions.batch_sequence) END,
                -- Tried again by hand: the sweeper's patience begins anew.
                sent_count = CASE
                    WHEN given.sent_time IS NULL THEN conversions.sent_count
                    WHEN conversions.state = 'failed' THEN 1
                    ELSE conversions.sent_count + 1
                END
            FROM UNNEST(
                $23::uuid[], $24::text[], $25::text[], $26::text[], $27::text[], $28::integer[], $29::timestamptz[],
                $30::timestamptz[], $31::timestamptz[], $32::timestamptz[], $52::bigint[]
            ) AS given (
                id, state, plan, outcome, error, attempt, start_time, end_time, revert_deadline, sent_time,
                batch_sequence)
            WHERE conversions.tenant_id = $1 AND conversions.id = given.id
            RETURNING conversions.batch_id, conversions.sent_time IS NULL AND given.state <> 'queued' AS not_held
        ), imaged AS (
            INSERT INTO before_images (tenant_id, conversion_id, record_kind, record_id, touched)
            SELECT $1, image.conversion_id, 'lead', image.record_id, image.touched::json
            FROM UNNEST($33::uuid[], $34::uuid[], $35::text[]) AS image (conversion_id, record_id, touched)
        ), stored AS (
            INSERT INTO events (tenant_id, id, type, subject, sequence, occurred_at, traceparent, body)
            SELECT $1, event.id, event.type, event.subject, event.sequence, event.occurred_at, event.traceparent,
                event.body::json
            FROM UNNEST(
                $36::uuid[], $37::text[], $38::uuid[], $39::bigint[], $40::timestamptz[], $41::text[], $42::text[]
            ) AS event (id, type, subject, sequence, occurred_at, traceparent, body)
        ), sent AS (
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
                $43::text[], $44::boolean[], $45::text[], $46::uuid[], $47::timestamptz[], $48::uuid[],
                $49::timestamptz[], $50::boolean[]
            ) WITH ORDINALITY AS given (
                conversion_ids, bulk, traceparent, event_id, event_time, subject, not_before, at_once, place)
            ORDER BY given.place
            RETURNING id, conversion_ids, bulk, traceparent, event_id, lease_until > '-infinity' AS leased
        )
        SELECT counted.claimed AS "claimed!", counted.inserted AS "inserted!", counted.updated AS "updated!",
            counted.not_held AS "not_held!",
            sent.id AS "id?", sent.conversion_ids, sent.bulk AS "bulk?", sent.traceparent AS "traceparent?",
            sent.event_id, coalesce(sent.leased, false) AS "leased!"
        FROM (
            SELECT (SELECT count(*) FROM claimed) AS claimed, (SELECT count(*) FROM inserted) AS inserted,
                (SELECT count(*) FROM updated) AS updated,
                ARRAY(SELECT batch_id FROM updated WHERE not_held) AS not_held
        ) AS counted
        LEFT JOIN sent ON true"#,
        tenant.0,
        &requests.id,
        &requests.rpc as _,
        &requests.actor as _,
        &requests.fingerprint as _,
        &requests.resource,
        &inserted.id,
        &inserted.lead_id,
        &inserted.batch_id as _,
        &inserted.request_id as _,
        &inserted.state as _,
        &inserted.command as _,
        &inserted.plan as _,
        &inserted.outcome as _,
        &inserted.error as _,
        &inserted.attempt,
        &inserted.traceparent as _,
        &inserted.create_time,
        &inserted.start_time as _,
        &inserted.end_time as _,
        &inserted.revert_deadline as _,
        &inserted.sent_time as _,
        &updated.id,
        &updated.state as _,
        &updated.plan as _,
        &updated.outcome as _,
        &updated.error as _,
        &updated.attempt,
        &updated.start_time as _,
        &updated.end_time as _,
        &updated.revert_deadline as _,
        &updated.sent_time as _,
        &images.conversion_id,
        &images.record_id,
        &images.touched,
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
        &rows.at_once,
        &inserted.batch_sequence as _,
        &updated.batch_sequence as _,
        &inserted.lead_version as _
    )
    .fetch_all(&mut **tx)
    .await?;
    let counts = written.first().map(|row| (row.claimed, row.inserted, row.updated));
    let (claimed, inserted, updated) = counts.unwrap_or_default();
    let not_held = written.first().map(|row| row.not_held.clone()).unwrap_or_default();
    if claimed != count(&changes.requests) || inserted != count(&new) {
        return Err(Setback::Conflict);
    }
    all_written("conversions", changed.len(), updated)?;
    Ok((leased(tenant, written, events), not_held))
}

fn count<T>(items: &[T]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}
