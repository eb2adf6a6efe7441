//! What was measured: a table for people, JSON for programs.

use super::Floor;
use serde_json::{Value, json};
use std::fmt::{self, Display, Formatter};
use std::time::Duration;

/// One run of the product.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// Conversions.
    pub count: usize,
    /// From the first call to the end.
    pub took: Duration,
    /// From call to SUCCEEDED, where calls waited.
    pub latencies: Vec<Duration>,
}

/// One case: the product beside its floor.
#[derive(Debug, Clone)]
pub struct Case {
    /// Name.
    pub name: String,
    /// The product.
    pub run: Run,
    /// Its floor.
    pub floor: Floor,
}

/// Median times of what no conversion can do without.
#[derive(Debug, Clone, Copy, Default)]
pub struct Primitives {
    /// One small transaction.
    pub commit: Duration,
    /// One message to a quorum queue.
    pub confirm: Duration,
}

/// Everything.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The cases in the order in which they were run.
    pub cases: Vec<Case>,
    /// Commit and confirm.
    pub latency: Primitives,
    /// Highest resident memory of the service in the bulk case.
    pub memory_mib: u64,
}

/// The value below which the share `p` of the times lies; zero when there are none.
pub fn percentile(times: &mut [Duration], p: f64) -> Duration {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let index = (last as f64 * p).round() as usize;
    times.get(index).copied().unwrap_or_default()
}

impl Case {
    /// The floor's time as a share of the product's: 1 = as fast as the floor.
    pub fn ratio(&self) -> f64 {
        (self.floor.sql + self.floor.amqp).as_secs_f64() / self.run.took.as_secs_f64()
    }

    fn per_second(&self, time: Duration) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a count of thousands")]
        let count = self.run.count as f64;
        count / time.as_secs_f64()
    }

    fn percentiles(&self) -> (Duration, Duration) {
        let mut times = self.run.latencies.clone();
        (percentile(&mut times, 0.5), percentile(&mut times, 0.99))
    }
}

impl Report {
    /// Median latency of one caller as a multiple of two commits and two confirms.
    pub fn latency_ratio(&self) -> f64 {
        let least = (self.latency.commit + self.latency.confirm) * 2;
        let p50 = self.cases.first().map(|case| case.percentiles().0).unwrap_or_default();
        p50.as_secs_f64() / least.as_secs_f64()
    }

    /// For programs; times in milliseconds.
    pub fn to_json(&self) -> Value {
        let cases: Vec<Value> = self.cases.iter().map(case_json).collect();
        json!({
            "cases": cases,
            "commit_ms": millis(self.latency.commit),
            "confirm_ms": millis(self.latency.confirm),
            "latency_ratio": self.latency_ratio(),
            "memory_mib": self.memory_mib,
        })
    }
}

fn case_json(case: &Case) -> Value {
    let (p50, p99) = case.percentiles();
    json!({
        "name": case.name,
        "conversions": case.run.count,
        "took_ms": millis(case.run.took),
        "per_second": case.per_second(case.run.took),
        "p50_ms": millis(p50),
        "p99_ms": millis(p99),
        "floor_sql_ms": millis(case.floor.sql),
        "floor_amqp_ms": millis(case.floor.amqp),
        "ratio": case.ratio(),
    })
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

impl Display for Case {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (p50, p99) = self.percentiles();
        write!(
            f,
            "{:<20} {:>7} {:>9.0} {:>8.1} {:>8.1} {:>9.0} {:>10.0} {:>10.0} {:>6.2}",
            self.name,
            self.run.count,
            self.per_second(self.run.took),
            millis(p50),
            millis(p99),
            millis(self.run.took),
            millis(self.floor.sql),
            millis(self.floor.amqp),
            self.ratio()
        )
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<20} {:>7} {:>9} {:>8} {:>8} {:>9} {:>10} {:>10} {:>6}",
            "case", "count", "per s", "p50 ms", "p99 ms", "took ms", "SQL ms", "AMQP ms", "ratio"
        )?;
        for case in &self.cases {
            writeln!(f, "{case}")?;
        }
        writeln!(f, "floor = SQL + AMQP; ratio = floor / took (1 = as fast as the floor)")?;
        writeln!(
            f,
            "one commit {:.2} ms, one confirm {:.2} ms; p50 with one caller = {:.1} x (two commits + two confirms)",
            millis(self.latency.commit),
            millis(self.latency.confirm),
            self.latency_ratio()
        )?;
        write!(
            f,
            "memory of the service in the bulk case: {} MiB at most",
            self.memory_mib
        )
    }
}
