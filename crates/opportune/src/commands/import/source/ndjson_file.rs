//! Rows of a file with one JSON object a line.

use std::io::BufRead;

use opportune_contract::json;
use opportune_contract::v1::{ImportReject, ImportRow, Lead};

use super::super::rejects;
use super::super::row::FIELD_INVALID;
use super::{Item, Source};

/// A longer line is no record, but a file of another kind.
const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// Prepares to read the rows.
pub(super) fn open(text: impl BufRead + Send + 'static) -> Source {
    Source {
        items: Box::new(Lines { text, line: 0 }),
        remarks: Vec::new(),
    }
}

struct Lines<R> {
    text: R,
    line: i64,
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = anyhow::Result<Item>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut bytes = Vec::new();
            self.line += 1;
            match std::io::Read::take(&mut self.text, LONGEST_LINE as u64).read_until(b'\n', &mut bytes) {
                Ok(0) => return None,
                Ok(LONGEST_LINE) => return Some(Err(anyhow::anyhow!("line {} is longer than 16 MiB", self.line))),
                Ok(_) if bytes.trim_ascii().is_empty() => {}
                Ok(_) => return Some(Ok(self.item(&bytes))),
                Err(error) => return Some(Err(error.into())),
            }
        }
    }
}

impl<R> Lines<R> {
    fn item(&self, bytes: &[u8]) -> Item {
        let reject = |message: String| {
            Item::Reject(ImportReject {
                line: self.line,
                field: String::new(),
                reason: FIELD_INVALID.to_owned(),
                message,
            })
        };
        let Ok(text) = std::str::from_utf8(bytes) else {
            return reject("is not UTF-8".to_owned());
        };
        let repaired = rejects::without_fault(text);
        match json::from_json::<Lead>(repaired.as_deref().unwrap_or(text)) {
            Ok(lead) => Item::Row(Box::new(ImportRow {
                line: self.line,
                lead: Some(lead),
            })),
            // The parser's message may quote the value, which is personal data.
            Err(_) => reject(shape_of(text)),
        }
    }
}

fn shape_of(text: &str) -> String {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Object(_)) => "is a JSON object, but not one of a lead's fields and values".to_owned(),
        Ok(_) => "is JSON, but no object".to_owned(),
        Err(error) => format!("is not JSON (at column {})", error.column()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_leads_or_rejects_and_empty_ones_are_skipped() {
        let text: &[u8] = b"{\"title\":\"a\"}\n\n{\"titel\":\"b\"}\nno json\n\"c\"\n{\"title\":\"d\"}";
        let items: Vec<Item> = open(text).items.map(Result::unwrap).collect();
        let lines: Vec<(i64, bool)> = items
            .iter()
            .map(|item| match item {
                Item::Row(row) => (row.line, true),
                Item::Reject(reject) => (reject.line, false),
            })
            .collect();
        assert_eq!(lines, [(1, true), (3, false), (4, false), (5, false), (6, true)]);
    }
}
