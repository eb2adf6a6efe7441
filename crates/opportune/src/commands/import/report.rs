//! What came of an import.

use opportune_contract::v1::ImportReject;
use serde_json::json;
use uuid::Uuid;

use crate::output::{cut, print_json, print_table, thousands};

/// Rejects that are shown; a file has all of them.
const SHOWN: usize = 50;

/// What came of an import.
#[derive(Debug, Default)]
pub struct Report {
    /// The import's name; none in a dry run.
    pub request_id: Option<Uuid>,
    /// The batch that converts what was imported, if that was asked for.
    pub batch: Option<String>,
    /// Records created.
    pub created: u64,
    /// Records changed.
    pub updated: u64,
    /// Rows that did not go in; one row may have several rejects.
    pub rejected: u64,
    /// Rows that could be read (in a dry run only).
    pub readable: u64,
    /// What is wrong with them, by line.
    pub rejects: Vec<ImportReject>,
    /// Remarks for the user.
    pub remarks: Vec<String>,
    /// How long it took.
    pub seconds: f64,
}

impl Report {
    /// For people.
    pub fn print(&self) {
        for remark in &self.remarks {
            println!("note: {remark}");
        }
        let rows: Vec<[String; 4]> = self
            .rejects
            .iter()
            .take(SHOWN)
            .map(|reject| {
                [
                    reject.line.to_string(),
                    reject.field.clone(),
                    reject.reason.clone(),
                    cut(&reject.message, 80),
                ]
            })
            .collect();
        print_table(["line", "field", "reason", "what is wrong"], &rows);
        if self.rejects.len() > SHOWN {
            println!(
                "… and {} more; --rejects FILE has all of them, to be repaired and imported",
                thousands((self.rejects.len() - SHOWN) as u64)
            );
        }
        if let Some(batch) = &self.batch {
            println!("converting as batch {batch}; `opportune batch watch {batch}` follows it");
        }
        match self.request_id {
            Some(id) => println!(
                "created {}, updated {}, rejected {} in {:.1} s (import {id})",
                thousands(self.created),
                thousands(self.updated),
                thousands(self.rejected),
                self.seconds
            ),
            None => println!(
                "{} rows can be read, {} cannot",
                thousands(self.readable),
                self.rejects.len()
            ),
        }
    }

    /// For programs.
    ///
    /// # Errors
    /// None that a report could cause.
    pub fn print_json(&self) -> anyhow::Result<()> {
        let rejects: Vec<_> = self
            .rejects
            .iter()
            .map(|reject| {
                json!({
                    "line": reject.line,
                    "field": reject.field,
                    "reason": reject.reason,
                    "message": reject.message,
                })
            })
            .collect();
        print_json(&json!({
            "request_id": self.request_id,
            "batch_id": self.batch,
            "created": self.created,
            "updated": self.updated,
            "rejected": self.rejected,
            "readable": self.readable,
            "rejects": rejects,
            "remarks": self.remarks,
            "seconds": self.seconds,
        }))
    }
}
