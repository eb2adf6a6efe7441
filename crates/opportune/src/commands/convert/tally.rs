//! What came of many conversions.

use std::collections::{BTreeMap, BTreeSet};

use opportune_contract::v1::{Conversion, ConversionState};
use serde_json::{Value, json};

use super::show::error_reason;
use crate::client::Failure;
use crate::output::{print_table, thousands};

/// What came of one call.
pub(super) enum Outcome {
    /// The conversion as it was at the end.
    Accepted(Box<Conversion>),
    /// No conversion was made.
    Refused(Failure),
}

/// What came of many conversions.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub succeeded: u64,
    /// Accepted, and not waited for.
    pub queued: u64,
    /// Previewed.
    pub previewed: u64,
    /// Refused at the call, by reason.
    pub refused: BTreeMap<String, u64>,
    /// Accepted and ended FAILED, by reason.
    pub failed: BTreeMap<String, u64>,
    pub opportunities: BTreeSet<String>,
    pub created_customers: BTreeSet<String>,
    pub events: BTreeSet<String>,
    pub seconds: f64,
}

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, outcome: Outcome) {
        let conversion = match outcome {
            Outcome::Refused(failure) => {
                let reason = if failure.reason.is_empty() {
                    format!("{:?}", failure.code)
                } else {
                    failure.reason
                };
                *self.refused.entry(reason).or_default() += 1;
                return;
            }
            Outcome::Accepted(conversion) => conversion,
        };
        match conversion.state() {
            ConversionState::Succeeded => self.succeeded += 1,
            ConversionState::Failed => *self.failed.entry(error_reason(&conversion)).or_default() += 1,
            ConversionState::Unspecified => self.previewed += 1,
            _ => self.queued += 1,
        }
        if let Some(result) = conversion.result {
            self.opportunities.insert(result.opportunity_id);
            self.created_customers.extend(result.created_customer_ids);
            self.events.extend(result.event_ids);
        }
    }

    /// Every lead was converted, or accepted for it.
    pub fn is_clean(&self) -> bool {
        self.refused.is_empty() && self.failed.is_empty()
    }

    /// In a few words, for the progress bar.
    pub fn short(&self) -> String {
        let refused: u64 = self.refused.values().sum();
        let failed: u64 = self.failed.values().sum();
        format!(
            "converted {}, refused {}, failed {failed}",
            thousands(self.succeeded + self.queued),
            thousands(refused)
        )
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        let asked = self.succeeded
            + self.queued
            + self.previewed
            + self.refused.values().sum::<u64>()
            + self.failed.values().sum::<u64>();
        json!({
            "asked": asked,
            "succeeded": self.succeeded,
            "queued": self.queued,
            "previewed": self.previewed,
            "refused": self.refused,
            "failed": self.failed,
            "opportunities": self.opportunities.len(),
            "customers_created": self.created_customers.len(),
            "events": self.events.len(),
            "seconds": self.seconds,
        })
    }

    /// For people.
    pub fn print(&self) {
        let mut rows = Vec::new();
        for (name, count) in [
            ("succeeded", self.succeeded),
            ("accepted", self.queued),
            ("previewed", self.previewed),
        ] {
            if count > 0 {
                rows.push([name.to_owned(), String::new(), thousands(count)]);
            }
        }
        for (name, reasons) in [("refused", &self.refused), ("failed", &self.failed)] {
            rows.extend(
                reasons
                    .iter()
                    .map(|(reason, count)| [name.to_owned(), reason.clone(), thousands(*count)]),
            );
        }
        print_table(["outcome", "reason", "leads"], &rows);
        println!(
            "{} opportunities, {} customers created, {} events, {:.1} s",
            thousands(self.opportunities.len() as u64),
            thousands(self.created_customers.len() as u64),
            thousands(self.events.len() as u64),
            self.seconds
        );
    }
}
