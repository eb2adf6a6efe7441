//! Which messages a unit of work has to send: each event is one; jobs travel together.

use chrono::{DateTime, Utc};
use opportune_domain::event::Event;
use opportune_domain::world::JobNote;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Most conversions in one job message.
const JOB_SIZE: usize = 100;

/// Conversions that are sent in one message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Job<'a> {
    pub bulk: bool,
    pub not_before: Option<DateTime<Utc>>,
    /// That of the first: a message has one.
    pub traceparent: &'a str,
    pub conversions: Vec<Uuid>,
}

/// Jobs of the same kind and time together, at most 100 conversions each, in the order given.
pub(super) fn group(notes: &[JobNote]) -> Vec<Job<'_>> {
    let mut kinds: BTreeMap<(bool, Option<DateTime<Utc>>), Vec<&JobNote>> = BTreeMap::new();
    for note in notes {
        kinds.entry((note.bulk, note.not_before)).or_default().push(note);
    }
    kinds
        .iter()
        .flat_map(|((bulk, not_before), notes)| {
            notes.chunks(JOB_SIZE).map(|some| Job {
                bulk: *bulk,
                not_before: *not_before,
                traceparent: some.first().map_or("", |first| &first.traceparent),
                conversions: some.iter().map(|note| note.conversion.0).collect(),
            })
        })
        .collect()
}

/// Of each event, whether it is the first of its record in this unit of work. Only the first may be sent at once: there
/// are never two of one record on the way.
pub(super) fn first_of_subject(events: &[Event]) -> Vec<bool> {
    let mut seen = BTreeSet::new();
    events.iter().map(|event| seen.insert(event.body.subject())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use opportune_domain::ids::ConversionId;

    fn note(number: u128, bulk: bool, not_before: Option<DateTime<Utc>>) -> JobNote {
        JobNote {
            conversion: ConversionId(Uuid::from_u128(number)),
            bulk,
            not_before,
            traceparent: format!("trace {number}"),
        }
    }

    #[test]
    fn jobs_of_one_kind_and_time_travel_together_but_no_more_than_a_hundred() {
        let later = Some(DateTime::UNIX_EPOCH);
        let mut notes: Vec<JobNote> = (0..150).map(|number| note(number, false, None)).collect();
        notes.push(note(200, true, None));
        notes.push(note(201, false, later));
        let jobs = group(&notes);
        let shapes: Vec<_> = jobs
            .iter()
            .map(|job| (job.bulk, job.not_before, job.conversions.len(), job.traceparent))
            .collect();
        assert_eq!(
            shapes,
            [
                (false, None, 100, "trace 0"),
                (false, None, 50, "trace 100"),
                (false, later, 1, "trace 201"),
                (true, None, 1, "trace 200"),
            ]
        );
    }
}
