//! What a merge tells on the survivor's timeline (rules 7.6).

use super::Merged;
use crate::access::Caller;
use crate::ids::{LeadId, TimelineEntryId};
use crate::lead::{Lead, LeadType};
use crate::limits;
use crate::timeline::TimelineEntry;
use chrono::{DateTime, Utc};
use std::fmt::Write;

/// Longest value that is told in full; the plan and the tombstone have the rest.
const SHOWN: usize = 500;

/// Says what was merged, from where, and which values lost.
pub(in crate::conversion) fn note(
    id: TimelineEntryId,
    merged: &Merged,
    caller: &Caller,
    now: DateTime<Utc>,
) -> TimelineEntry {
    let mut body = String::from("Merged into this record:\n");
    for lead in &merged.absorbed {
        // Writing to a text cannot fail.
        let _ = writeln!(body, "- {}", described(lead));
    }
    if !merged.not_carried.is_empty() {
        body.push_str("\nValues that were not taken:\n");
    }
    for (index, left) in merged.not_carried.iter().enumerate() {
        let line = format!(
            "- {}: {} (from {})\n",
            left.field,
            shortened(&left.value),
            title_of(merged, left.source_lead_id)
        );
        if body.chars().count() + line.chars().count() + 60 > limits::TEXT {
            let _ = writeln!(body, "- and {} more, in the plan", merged.not_carried.len() - index);
            break;
        }
        body.push_str(&line);
    }
    let subject = match merged.absorbed.len() {
        1 => "Merged with another record".to_owned(),
        several => format!("Merged with {several} other records"),
    };
    TimelineEntry::note(id, merged.lead.id, subject, body.trim_end().to_owned(), caller, now)
}

fn described(lead: &Lead) -> String {
    let kind = match lead.kind {
        LeadType::Lead => "lead",
        LeadType::Opportunity => "opportunity",
    };
    let created = lead.create_time.format("%Y-%m-%d");
    format!("{} ({kind} of {created}, {})", titled(lead), lead.id)
}

fn title_of(merged: &Merged, id: LeadId) -> String {
    std::iter::once(&merged.before)
        .chain(&merged.absorbed)
        .find(|lead| lead.id == id)
        .map_or_else(|| id.to_string(), titled)
}

fn titled(lead: &Lead) -> String {
    let texts = [
        &lead.title,
        &lead.contact_name,
        &lead.company_name,
        &lead.email,
        &lead.phone,
    ];
    let telling = texts.into_iter().find(|text| !text.trim().is_empty());
    telling.map_or_else(|| lead.id.to_string(), |text| format!("\"{}\"", shortened(text.trim())))
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let start: String = text.chars().take(SHOWN).collect();
    format!("{start}…")
}
