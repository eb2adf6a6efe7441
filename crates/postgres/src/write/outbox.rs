//! The columns of `events`, and of the `outbox` rows of events and jobs; and which of the written rows this process has
//! to publish.

use super::outbox_rows::{first_of_subject, group};
use super::text;
use crate::error::DbError;
use chrono::{DateTime, Utc};
use opportune_application::ports::{Outbound, OutboxRow};
use opportune_domain::event::Event;
use opportune_domain::ids::{ConversionId, TenantId};
use opportune_domain::world::JobNote;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The columns of `events`, one list each.
#[derive(Default)]
pub(super) struct EventColumns<'a> {
    pub id: Vec<Uuid>,
    pub kind: Vec<&'a str>,
    pub subject: Vec<Uuid>,
    pub sequence: Vec<i64>,
    pub occurred_at: Vec<DateTime<Utc>>,
    pub traceparent: Vec<&'a str>,
    pub body: Vec<String>,
}

/// The columns of `outbox`, one list each.
#[derive(Default)]
pub(super) struct RowColumns<'a> {
    pub conversion_ids: Vec<Option<String>>,
    pub bulk: Vec<bool>,
    pub traceparent: Vec<&'a str>,
    pub event_id: Vec<Option<Uuid>>,
    pub event_time: Vec<Option<DateTime<Utc>>>,
    pub subject: Vec<Option<Uuid>>,
    pub not_before: Vec<Option<DateTime<Utc>>>,
    pub at_once: Vec<bool>,
}

/// What was written: how many rows of other tables, and an outbox row; without one if there is none.
pub(super) struct WrittenRow {
    pub claimed: i64,
    pub inserted: i64,
    pub updated: i64,
    /// Batches of items that ended without having had their turn.
    pub not_held: Vec<Uuid>,
    pub id: Option<i64>,
    pub conversion_ids: Option<Vec<Uuid>>,
    pub bulk: Option<bool>,
    pub traceparent: Option<String>,
    pub event_id: Option<Uuid>,
    pub leased: bool,
}

/// The rows that this process has leased, in order, with the events that they are about.
pub(super) fn leased(tenant: TenantId, written: Vec<WrittenRow>, events: Vec<Event>) -> Vec<OutboxRow> {
    let mut events: BTreeMap<Uuid, Event> = events.into_iter().map(|event| (event.id.0, event)).collect();
    let rows = written.into_iter().filter(|row| row.leased);
    let mut leased: Vec<OutboxRow> = rows
        .filter_map(|row| {
            let message = match row.event_id {
                Some(event) => Outbound::Event(Box::new(events.remove(&event)?)),
                None => Outbound::Jobs {
                    bulk: row.bulk?,
                    conversions: row.conversion_ids?.into_iter().map(ConversionId).collect(),
                    traceparent: row.traceparent?,
                },
            };
            Some(OutboxRow {
                id: row.id?,
                tenant,
                message,
            })
        })
        .collect();
    leased.sort_unstable_by_key(|row| row.id);
    leased
}

impl<'a> EventColumns<'a> {
    pub fn of(events: &'a [Event]) -> Result<Self, DbError> {
        let mut columns = Self::default();
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
}

impl<'a> RowColumns<'a> {
    pub fn of(events: &[Event], jobs: &'a [JobNote]) -> Self {
        let mut columns = Self::default();
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
            columns.conversion_ids.push(Some(text::plain(&job.conversions)));
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
}
