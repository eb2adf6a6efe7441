//! `opportune timeline`: what happened, or is planned, about a record.

use anyhow::Context;
use opportune_contract::v1::{AddTimelineEntryRequest, ListTimelineRequest, TimelineEntry, TimelineKind};
use prost_types::Timestamp;
use serde_json::Value;

use crate::cli::{EntryArgs, EntryKind, Global, TimelineArgs, TimelineCommand};
use crate::client::{Client, explain};
use crate::output::{cut, message_json, print_json, print_table, short};

const LARGEST_PAGE: usize = 1_000;

/// Lists a timeline, or adds to it.
///
/// # Errors
/// The server cannot be reached or refuses.
pub async fn run(global: &Global, args: &TimelineArgs) -> anyhow::Result<()> {
    let client = Client::connect(global).await?;
    match (&args.command, &args.lead_id) {
        (Some(TimelineCommand::Add(entry)), _) => add(&client, global, entry).await,
        (None, lead) => list(&client, global, lead.as_deref().unwrap_or_default(), args.limit).await,
    }
}

async fn list(client: &Client, global: &Global, lead: &str, limit: usize) -> anyhow::Result<()> {
    let mut entries: Vec<TimelineEntry> = Vec::new();
    let mut page_token = String::new();
    while entries.len() < limit {
        let wanted = (limit - entries.len()).min(LARGEST_PAGE);
        let request = ListTimelineRequest {
            lead_id: lead.to_owned(),
            page_size: i32::try_from(wanted)?,
            page_token,
        };
        let answer = client.leads().list_timeline(request).await.map_err(explain)?;
        let page = answer.into_inner();
        entries.extend(page.entries);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    if global.json {
        let values = entries.iter().map(message_json).collect::<anyhow::Result<Vec<_>>>()?;
        return print_json(&Value::Array(values));
    }
    let rows: Vec<[String; 5]> = entries.iter().map(row).collect();
    print_table(["added", "kind", "author", "what", "details"], &rows);
    Ok(())
}

async fn add(client: &Client, global: &Global, args: &EntryArgs) -> anyhow::Result<()> {
    let request = AddTimelineEntryRequest {
        lead_id: args.lead_id.clone(),
        entry: Some(entry(args)),
        request_id: args.request_id.clone().unwrap_or_default(),
    };
    let answer = client.leads().add_timeline_entry(request).await.map_err(explain)?;
    let entry = answer
        .into_inner()
        .entry
        .context("the server answered without an entry")?;
    if global.json {
        return print_json(&message_json(&entry)?);
    }
    println!("added {} {}", kind_of(&entry), entry.id);
    Ok(())
}

fn entry(args: &EntryArgs) -> TimelineEntry {
    TimelineEntry {
        kind: kind(args.kind).into(),
        subject: args.subject.clone(),
        body: args.body.clone(),
        author: args.author.clone(),
        due_time: args.due,
        owner_id: args.owner.clone(),
        file_name: args.file_name.clone(),
        media_type: args.media_type.clone(),
        size_bytes: args.size,
        uri: args.uri.clone(),
        ..TimelineEntry::default()
    }
}

fn kind(choice: EntryKind) -> TimelineKind {
    match choice {
        EntryKind::Note => TimelineKind::Note,
        EntryKind::Message => TimelineKind::Message,
        EntryKind::Call => TimelineKind::Call,
        EntryKind::Activity => TimelineKind::Activity,
        EntryKind::Meeting => TimelineKind::Meeting,
        EntryKind::Attachment => TimelineKind::Attachment,
    }
}

fn kind_of(entry: &TimelineEntry) -> String {
    short(entry.kind().as_str_name(), "TIMELINE_KIND_")
}

fn row(entry: &TimelineEntry) -> [String; 5] {
    let what = [&entry.subject, &entry.body, &entry.file_name];
    let what = what.into_iter().find(|text| !text.is_empty()).cloned();
    [
        entry.create_time.as_ref().map(Timestamp::to_string).unwrap_or_default(),
        kind_of(entry),
        cut(&entry.author, 24),
        cut(&one_line(&what.unwrap_or_default()), 60),
        details(entry),
    ]
}

/// What belongs to the kind of the entry, and where it came from.
fn details(entry: &TimelineEntry) -> String {
    let mut parts = Vec::new();
    if let Some(due) = &entry.due_time {
        parts.push(format!("due {due}"));
    }
    let named = [("by", &entry.owner_id), ("type", &entry.media_type), ("at", &entry.uri)];
    parts.extend(
        named
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, text)| format!("{name} {text}")),
    );
    if entry.size_bytes > 0 {
        parts.push(format!("{} bytes", entry.size_bytes));
    }
    if entry.origin_lead_id != entry.lead_id {
        parts.push(format!("from {}", entry.origin_lead_id));
    }
    parts.join(", ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
