//! When plans are too old: connections keep them, and tables grow.

use opportune_domain::world::Changes;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// As long as a table is smaller than this, every way to read it is quick.
const SMALL: usize = 300;
/// Once a table has got as many times as many rows as before, what was planned for it may no longer suit.
const STEP: usize = 4;

/// How much this process has added to the database. A connection that was opened when a table had much less is replaced,
/// and its plans with it: the planner reads a small table from end to end where it should look some rows up, and
/// PostgreSQL itself has plans made anew only when a table is analyzed next, which in a busy minute is too late.
#[derive(Debug)]
pub(crate) struct Growth(Mutex<Stage>);

#[derive(Debug)]
struct Stage {
    tables: [Table; 4],
    since: Instant,
}

#[derive(Debug, Clone, Copy)]
struct Table {
    added: usize,
    until: usize,
}

/// New rows of the tables that grow most: leads, customers, conversions, events. Others grow with one of them.
pub(crate) type Added = [usize; 4];

/// Rows that changes add.
pub(crate) fn added(changes: &Changes) -> Added {
    [
        changes.leads.values().filter(|before| before.is_none()).count(),
        changes.customers.values().filter(|before| before.is_none()).count(),
        changes.new_conversions.len(),
        changes.events.len(),
    ]
}

impl Default for Growth {
    fn default() -> Self {
        let empty = Table { added: 0, until: SMALL };
        Self(Mutex::new(Stage {
            tables: [empty; 4],
            since: Instant::now(),
        }))
    }
}

impl Growth {
    /// These rows have been committed.
    pub fn add(&self, added: Added) {
        let mut stage = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut leaps = false;
        for (table, rows) in stage.tables.iter_mut().zip(added) {
            leaps |= table.add(rows);
        }
        if leaps {
            stage.since = Instant::now();
        }
    }

    /// A connection of this age knows tables that were much smaller.
    pub fn has_outgrown(&self, age: Duration) -> bool {
        let stage = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        age > stage.since.elapsed()
    }
}

impl Table {
    /// Whether it has become much larger with this.
    fn add(&mut self, rows: usize) -> bool {
        self.added = self.added.saturating_add(rows);
        let leaps = self.added >= self.until;
        if leaps {
            self.until = self.added.saturating_mul(STEP);
        }
        leaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_leaps_when_it_is_no_longer_small_and_then_each_time_that_it_is_several_times_as_large() {
        let mut table = Growth::default().0.into_inner().unwrap().tables[0];
        assert!(!table.add(SMALL - 1));
        assert!(table.add(1));
        assert!(!table.add(SMALL * (STEP - 1) - 1));
        assert!(table.add(1));
    }

    #[test]
    fn connections_from_before_a_leap_of_any_table_are_outgrown() {
        let growth = Growth::default();
        growth.0.lock().unwrap().since = Instant::now() - Duration::from_secs(60);
        let (old, young) = (Duration::from_secs(30), Duration::ZERO);
        growth.add([0, 0, SMALL - 1, 1]);
        assert!(!growth.has_outgrown(old));
        growth.add([0, 0, 1, 0]);
        assert!(growth.has_outgrown(old));
        assert!(!growth.has_outgrown(young));
    }
}
