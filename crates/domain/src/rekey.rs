//! Keys that are made anew, in the background, because something reads records in another way now (rules 2.4).

use crate::ids::{CustomerId, LeadId};
use crate::keys::{Key, Stored};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Records in one step.
pub const STEP: usize = 1_000;

/// Whose keys are made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Everybody's: the rules of keys, or the list of placeholders, have changed.
    All,
    /// Those of records without a country of their own: the tenant's default country has changed.
    NoCountry,
    /// Those of a customer's leads without a country of their own: its country has changed.
    OfCustomer(CustomerId),
}

/// Slices of a whole tenant.
pub const SLICES: i32 = 4;

impl Scope {
    /// In how many slices the records are done, side by side: one writes while another reads and computes.
    pub fn slices(self) -> i32 {
        match self {
            Self::All | Self::NoCountry => SLICES,
            Self::OfCustomer(_) => 1,
        }
    }
}

/// Which records come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Customers.
    Customers,
    /// Leads, tombstones among them.
    Leads,
}

/// Keys of one slice of the records that are being made anew, and how far that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rekey {
    /// Which.
    pub id: Uuid,
    /// Whose keys.
    pub scope: Scope,
    /// Which records come next.
    pub phase: Phase,
    /// They come after this one.
    pub after: Uuid,
    /// How many records have been done.
    pub done: i64,
    /// The next records; none = all of this phase have been done.
    pub next: Vec<Uuid>,
}

impl Rekey {
    /// The customers of the next step.
    pub fn customers(&self) -> impl Iterator<Item = CustomerId> + '_ {
        let next = (self.phase == Phase::Customers).then_some(&self.next);
        next.into_iter().flatten().map(|id| CustomerId(*id))
    }

    /// The leads of the next step.
    pub fn leads(&self) -> impl Iterator<Item = LeadId> + '_ {
        let next = (self.phase == Phase::Leads).then_some(&self.next);
        next.into_iter().flatten().map(|id| LeadId(*id))
    }

    /// How far it is after the next step; `None` = it is done.
    pub fn after_step(&self) -> Option<Self> {
        let done = self.done + i64::try_from(self.next.len()).unwrap_or(0);
        let (phase, after) = match (self.next.last(), self.phase) {
            (Some(last), phase) => (phase, *last),
            (None, Phase::Customers) => (Phase::Leads, Uuid::nil()),
            (None, Phase::Leads) => return None,
        };
        Some(Self {
            phase,
            after,
            done,
            next: Vec::new(),
            ..self.clone()
        })
    }
}

/// What a step found out: all keys of its records, whatever they had before.
#[derive(Debug, Clone, Default)]
pub struct Rekeyed {
    /// Of leads, with their normal forms.
    pub leads: BTreeMap<LeadId, Stored>,
    /// Of customers.
    pub customers: BTreeMap<CustomerId, BTreeSet<Key>>,
}
