//! Conversions that came to grief: counted before they are tried again, given up when the schedule is through.

use crate::ids::IdSource;
use crate::ports::{Needs, Work};
use chrono::TimeDelta;
use opportune_domain::conversion::{Conversion, ConversionState, fail};
use opportune_domain::ids::ConversionId;
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::world::{JobNote, World};
use std::collections::BTreeSet;

/// Commits RUNNING and one more attempt before a conversion is tried alone, so that a job that kills its worker is
/// counted (design, idea 4). After as many tries as the schedule has, it is given up.
pub struct BeginAttempt {
    /// Which.
    pub id: ConversionId,
    /// New ids.
    pub ids: IdSource,
    /// It was given up: there is nothing to try.
    pub given_up: bool,
}

impl Work for BeginAttempt {
    fn needs(&mut self, _world: &World) -> Needs {
        one(self.id)
    }

    fn decide(&mut self, world: &mut World) {
        self.given_up = false;
        let Some(mut conversion) = live(world, self.id) else {
            return;
        };
        if conversion.state == ConversionState::Running && conversion.attempt % tries(world) == 0 {
            give_up(world, self.id, &mut self.ids);
            self.given_up = true;
            return;
        }
        conversion.attempt += 1;
        conversion.state = ConversionState::Running;
        conversion.start_time = conversion.start_time.or(Some(world.now));
        world.put_conversion(conversion);
    }
}

/// Records that a try failed for a reason that may pass: the next one is scheduled, or the conversion is given up.
pub struct FailedAttempt {
    /// Which.
    pub id: ConversionId,
    /// The try was counted already, by [`BeginAttempt`].
    pub counted: bool,
    /// New ids.
    pub ids: IdSource,
    /// It was given up.
    pub given_up: bool,
}

impl Work for FailedAttempt {
    fn needs(&mut self, _world: &World) -> Needs {
        one(self.id)
    }

    fn decide(&mut self, world: &mut World) {
        self.given_up = false;
        let Some(mut conversion) = live(world, self.id) else {
            return;
        };
        if !self.counted {
            conversion.attempt += 1;
        }
        conversion.state = ConversionState::Running;
        conversion.start_time = conversion.start_time.or(Some(world.now));
        let pause = usize::try_from((conversion.attempt - 1) % tries(world))
            .ok()
            .and_then(|index| world.config.settings.retry_schedule.get(index))
            .and_then(|pause| TimeDelta::from_std(*pause).ok());
        let Some(pause) = pause else {
            world.put_conversion(conversion);
            give_up(world, self.id, &mut self.ids);
            self.given_up = true;
            return;
        };
        world.changes.jobs.push(JobNote {
            conversion: conversion.id,
            bulk: conversion.batch_id.is_some(),
            not_before: world.now.checked_add_signed(pause),
            traceparent: conversion.traceparent.clone(),
        });
        world.put_conversion(conversion);
    }
}

fn one(id: ConversionId) -> Needs {
    Needs {
        conversions: BTreeSet::from([id]),
        ..Needs::default()
    }
}

fn live(world: &World, id: ConversionId) -> Option<Conversion> {
    world
        .conversions
        .get(&id)
        .filter(|conversion| conversion.state.is_live())
        .cloned()
}

/// The first try, and one after each pause of the schedule. Tries are counted on when a conversion that was given up is
/// tried again by hand (their number is the sequence of its events), so every so many tries it is given up once more.
fn tries(world: &World) -> i32 {
    i32::try_from(world.config.settings.retry_schedule.len())
        .unwrap_or(i32::MAX)
        .saturating_add(1)
}

fn give_up(world: &mut World, id: ConversionId, ids: &mut IdSource) {
    let refusal = Refusal::new(
        Reason::JobDeadLettered,
        "the conversion was given up after its last try",
    );
    fail(world, id, refusal, ids);
}
