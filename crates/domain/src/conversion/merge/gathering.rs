//! Taking values from records in their order, and keeping account of those that are not taken.

use crate::conversion::plan::{FieldDecision, LostValue, NotCarried};
use crate::ids::LeadId;
use crate::lead::Lead;

/// Another record's value was taken.
const ANOTHER_FIRST: &str = "the value of another record was taken";

/// A merge under way.
pub(super) struct Gathering<'a> {
    /// All records, the survivor first.
    pub records: &'a [&'a Lead],
    /// The survivor, field by field as it shall be.
    pub lead: Lead,
    /// What was decided so far, one entry a field.
    pub fields: Vec<FieldDecision>,
    /// What was left behind so far.
    pub not_carried: Vec<NotCarried>,
}

/// A value, and the record that it comes from.
pub(super) type Sourced<T> = (T, LeadId);

impl<'a> Gathering<'a> {
    /// Begins with the survivor as it is: the first of `records`.
    pub fn of(records: &'a [&'a Lead]) -> Self {
        Self {
            records,
            lead: records[0].clone(),
            fields: Vec::new(),
            not_carried: Vec::new(),
        }
    }

    /// The values that records have, in order.
    pub fn values<T>(&self, get: impl Fn(&Lead) -> Option<T>) -> Vec<Sourced<T>> {
        let sourced = |lead: &&Lead| Some((get(lead)?, lead.id));
        self.records.iter().filter_map(sourced).collect()
    }

    /// The first value that is there; the others that differ from it are noted as lost.
    pub fn first<T: Clone + PartialEq>(
        &mut self,
        field: &str,
        get: impl Fn(&Lead) -> Option<T>,
        show: impl Fn(&T) -> String,
    ) -> Option<T> {
        let mut values = self.values(get).into_iter();
        let (value, source) = values.next()?;
        self.take(field, "first_non_empty", (value, source), values.collect(), show)
    }

    /// Takes one of several values; those that differ from it are noted as lost.
    pub fn take<T: Clone + PartialEq>(
        &mut self,
        field: &str,
        rule: &str,
        (value, source): Sourced<T>,
        others: Vec<Sourced<T>>,
        show: impl Fn(&T) -> String,
    ) -> Option<T> {
        let lost: Vec<LostValue> = others
            .iter()
            .filter(|(other, _)| *other != value)
            .map(|(other, source)| LostValue {
                value: show(other),
                source_lead_id: *source,
            })
            .collect();
        for lost in &lost {
            self.leave(field, lost.value.clone(), lost.source_lead_id, ANOTHER_FIRST);
        }
        self.decided(field, rule, Some(source), show(&value), lost);
        Some(value)
    }

    /// Notes what a field ends with.
    pub fn decided(&mut self, field: &str, rule: &str, source: Option<LeadId>, value: String, lost: Vec<LostValue>) {
        self.fields.push(FieldDecision {
            field: field.to_owned(),
            source_lead_id: source,
            rule: rule.to_owned(),
            value,
            lost,
        });
    }

    /// Notes a value that the survivor does not take over.
    pub fn leave(&mut self, field: &str, value: String, source: LeadId, reason: &str) {
        self.not_carried.push(NotCarried {
            field: field.to_owned(),
            value,
            source_lead_id: source,
            reason: reason.to_owned(),
        });
    }
}
