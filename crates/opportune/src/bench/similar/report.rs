//! What was measured: a table for people, JSON for programs.

use crate::bench::report::percentile;
use serde_json::{Value, json};
use std::fmt::{self, Display, Formatter};
use std::time::Duration;

/// One kind of call.
#[derive(Debug, Clone, Default)]
pub struct Times {
    /// How long each took.
    pub calls: Vec<Duration>,
    /// Matches in all answers.
    pub found: usize,
    /// Keys over budget in all answers.
    pub skipped: usize,
}

/// Bytes of tables with their indexes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Room {
    /// The leads.
    pub leads_bytes: i64,
    /// Their keys and normal forms.
    pub keys_bytes: i64,
    /// How many keys.
    pub keys: i64,
}

/// Everything at one number of leads.
#[derive(Debug, Clone, Default)]
pub struct Size {
    /// How many leads.
    pub leads: usize,
    /// FindSimilar.
    pub find: Times,
    /// GetLead of the same leads: the floor.
    pub lookup: Times,
    /// The audit of all, if it was run.
    pub audit: Option<Duration>,
    /// Room in the database.
    pub room: Room,
    /// Highest resident memory of the service, in MiB.
    pub service_mib: u64,
}

/// The same leads written twice.
#[derive(Debug, Clone, Copy, Default)]
pub struct Writes {
    /// Leads in a transaction.
    pub at_once: usize,
    /// Leads on each side.
    pub count: usize,
    /// Without keys: the floor.
    pub bare: Duration,
    /// With keys made and written.
    pub with_keys: Duration,
}

/// All keys made anew.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reindex {
    /// How many keys of leads.
    pub keys: i64,
    /// The same keys by COPY, with their index: the floor.
    pub floor: Duration,
    /// Made by the product, from the records, where one key in ten is of other rules.
    pub after_release: Duration,
    /// The same where there are no keys.
    pub from_nothing: Duration,
}

impl Reindex {
    /// Rate of the product as a share of the rate of the floor.
    fn ratio(&self, took: Duration) -> f64 {
        self.floor.as_secs_f64() / took.as_secs_f64()
    }
}

/// Everything.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Smallest first.
    pub sizes: Vec<Size>,
    /// At the largest.
    pub reindex: Reindex,
    /// At the largest: one lead a transaction, and in sets.
    pub writes: [Writes; 2],
}

impl Times {
    fn at(&self, p: f64) -> f64 {
        percentile(&mut self.calls.clone(), p).as_secs_f64() * 1_000.0
    }
}

impl Writes {
    /// Rate with keys as a share of the rate without.
    fn ratio(&self) -> f64 {
        self.bare.as_secs_f64() / self.with_keys.as_secs_f64()
    }
}

impl Report {
    /// Median at the largest number of leads as a multiple of that at the smallest.
    fn growth(&self) -> f64 {
        let p50 = |size: Option<&Size>| size.map_or(0.0, |size| size.find.at(0.5));
        p50(self.sizes.last()) / p50(self.sizes.first())
    }

    /// For programs; times in milliseconds.
    pub fn to_json(&self) -> Value {
        json!({
            "sizes": self.sizes.iter().map(size_json).collect::<Vec<_>>(),
            "growth": self.growth(),
            "reindex": {
                "keys": self.reindex.keys,
                "floor_s": self.reindex.floor.as_secs_f64(),
                "after_release_s": self.reindex.after_release.as_secs_f64(),
                "ratio": self.reindex.ratio(self.reindex.after_release),
                "from_nothing_s": self.reindex.from_nothing.as_secs_f64(),
                "from_nothing_ratio": self.reindex.ratio(self.reindex.from_nothing),
            },
            "writes": self.writes.iter().map(writes_json).collect::<Vec<_>>(),
        })
    }
}

fn writes_json(writes: &Writes) -> Value {
    json!({
        "at_once": writes.at_once,
        "leads": writes.count,
        "bare_ms": writes.bare.as_secs_f64() * 1_000.0,
        "with_keys_ms": writes.with_keys.as_secs_f64() * 1_000.0,
        "ratio": writes.ratio(),
    })
}

fn size_json(size: &Size) -> Value {
    json!({
        "leads": size.leads,
        "find_p50_ms": size.find.at(0.5),
        "find_p99_ms": size.find.at(0.99),
        "lookup_p50_ms": size.lookup.at(0.5),
        "lookup_p99_ms": size.lookup.at(0.99),
        "calls": size.find.calls.len(),
        "matches": size.find.found,
        "skipped_keys": size.find.skipped,
        "audit_s": size.audit.map(|took| took.as_secs_f64()),
        "leads_bytes": size.room.leads_bytes,
        "keys_bytes": size.room.keys_bytes,
        "keys": size.room.keys,
        "service_mib": size.service_mib,
    })
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:>9} {:>12} {:>12} {:>14} {:>8} {:>8} {:>8} {:>10} {:>9} {:>9}",
            "leads",
            "find p50 ms",
            "find p99 ms",
            "lookup p50 ms",
            "matches",
            "skipped",
            "audit s",
            "leads MiB",
            "keys MiB",
            "memory"
        )?;
        for size in &self.sizes {
            let audit = size
                .audit
                .map_or_else(|| "-".to_owned(), |took| format!("{:.1}", took.as_secs_f64()));
            writeln!(
                f,
                "{:>9} {:>12.2} {:>12.2} {:>14.2} {:>8} {:>8} {:>8} {:>10} {:>9} {:>9}",
                size.leads,
                size.find.at(0.5),
                size.find.at(0.99),
                size.lookup.at(0.5),
                size.find.found,
                size.find.skipped,
                audit,
                size.room.leads_bytes >> 20,
                size.room.keys_bytes >> 20,
                size.service_mib
            )?;
        }
        writeln!(f, "growth of the median: {:.2}", self.growth())?;
        writeln!(
            f,
            "making {} keys anew, one in ten another: {:.1} s, COPY and index {:.1} s, ratio {:.2} (1 = as fast); \
             from nothing {:.1} s, ratio {:.2}",
            self.reindex.keys,
            self.reindex.after_release.as_secs_f64(),
            self.reindex.floor.as_secs_f64(),
            self.reindex.ratio(self.reindex.after_release),
            self.reindex.from_nothing.as_secs_f64(),
            self.reindex.ratio(self.reindex.from_nothing)
        )?;
        for writes in &self.writes {
            writeln!(
                f,
                "writing {} leads, {} a transaction: {:.2} s without keys, {:.2} s with keys, ratio {:.2} (1 = keys cost nothing)",
                writes.count,
                writes.at_once,
                writes.bare.as_secs_f64(),
                writes.with_keys.as_secs_f64(),
                writes.ratio()
            )?;
        }
        Ok(())
    }
}
