//! What came of an import.

use std::path::Path;

use anyhow::Context;
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
                "… and {} more; --rejects FILE has all of them",
                thousands((self.rejects.len() - SHOWN) as u64)
            );
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
            "created": self.created,
            "updated": self.updated,
            "rejected": self.rejected,
            "readable": self.readable,
            "rejects": rejects,
            "remarks": self.remarks,
            "seconds": self.seconds,
        }))
    }

    /// As a CSV file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_rejects(&self, file: &Path) -> anyhow::Result<()> {
        let mut writer = csv::Writer::from_path(file).with_context(|| format!("cannot write {}", file.display()))?;
        writer.write_record(["line", "field", "reason", "message"])?;
        for reject in &self.rejects {
            writer.write_record([&reject.line.to_string(), &reject.field, &reject.reason, &reject.message])?;
        }
        writer
            .flush()
            .with_context(|| format!("cannot write {}", file.display()))
    }
}
