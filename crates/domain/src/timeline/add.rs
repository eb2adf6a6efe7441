//! Adding an entry by hand.

use super::{TimelineEntry, TimelineKind, file};
use crate::access::Caller;
use crate::ids::{SalespersonId, TimelineEntryId};
use crate::lead::{Lead, must_be_no_tombstone};
use crate::limits::{self, Check};
use crate::refusal::{Reason, Refusal};
use crate::world::World;
use chrono::{DateTime, SubsecRound, Utc};

/// Digits behind the second that a time keeps when it is stored.
const STORED_DIGITS: u16 = 6;

/// What a caller gives about a new entry. Empty = not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are those of `TimelineEntry` and are described there"
)]
pub struct EntryDraft {
    pub kind: TimelineKind,
    pub subject: String,
    pub body: String,
    pub author: String,
    pub file_name: String,
    pub media_type: String,
    pub size_bytes: i64,
    pub uri: String,
    pub due_time: Option<DateTime<Utc>>,
    pub owner_id: Option<SalespersonId>,
}

impl EntryDraft {
    /// Refuses input that is too long, malformed, or of another kind of entry; names every such field.
    ///
    /// # Errors
    /// `FIELD_INVALID`.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut check = Check::default();
        check.text("subject", Some(&self.subject), limits::NAME);
        check.text("body", Some(&self.body), limits::TEXT);
        check.text("author", Some(&self.author), limits::NAME);
        self.check_plan(&mut check);
        self.check_file(&mut check);
        if check.violations.is_empty() && self.says_nothing() {
            check.add("body", "must not be empty when there is nothing else");
        }
        if check.violations.is_empty() {
            Ok(())
        } else {
            Err(Refusal::fields(check.violations))
        }
    }

    fn check_plan(&self, check: &mut Check) {
        let given = [
            ("due_time", self.due_time.is_some()),
            ("owner_id", self.owner_id.is_some()),
        ];
        for (field, given) in given {
            if given && !self.kind.is_planned() {
                check.add(field, "is for activities and meetings");
            }
        }
    }

    fn check_file(&self, check: &mut Check) {
        if self.kind == TimelineKind::Attachment {
            check.required("file_name", Some(&self.file_name));
            check.text("file_name", Some(&self.file_name), limits::NAME);
            file::check_media_type(check, &self.media_type);
            file::check_size(check, self.size_bytes);
            file::check_uri(check, &self.uri);
            return;
        }
        let given = [
            ("file_name", !self.file_name.is_empty()),
            ("media_type", !self.media_type.is_empty()),
            ("size_bytes", self.size_bytes != 0),
            ("uri", !self.uri.is_empty()),
        ];
        for (field, given) in given {
            if given {
                check.add(field, "is for attachments");
            }
        }
    }

    fn says_nothing(&self) -> bool {
        let blank = |text: &str| text.trim().is_empty();
        blank(&self.subject) && blank(&self.body) && blank(&self.file_name) && self.due_time.is_none()
    }
}

/// The entry that `draft` makes at `lead`, whatever the record's status; nothing is written.
///
/// # Errors
/// `FIELD_INVALID`, `LEAD_MERGED`, `SALESPERSON_NOT_FOUND`.
pub fn add_entry(
    world: &World,
    lead: &Lead,
    id: TimelineEntryId,
    draft: &EntryDraft,
    caller: &Caller,
) -> Result<TimelineEntry, Refusal> {
    draft.check()?;
    owner_works(world, draft.owner_id)?;
    must_be_no_tombstone(lead)?;
    let draft = draft.clone();
    Ok(TimelineEntry {
        subject: draft.subject,
        body: draft.body,
        author: signed(draft.author, caller),
        file_name: draft.file_name,
        media_type: draft.media_type,
        size_bytes: draft.size_bytes,
        uri: draft.uri,
        due_time: draft.due_time.map(|time| time.trunc_subsecs(STORED_DIGITS)),
        owner_id: draft.owner_id,
        ..TimelineEntry::empty(id, lead.id, draft.kind, world.now)
    })
}

/// As salespeople of records: somebody unknown is not found, somebody who has left is a wrong choice.
fn owner_works(world: &World, owner: Option<SalespersonId>) -> Result<(), Refusal> {
    let Some(owner) = owner else { return Ok(()) };
    match world.config.salespeople.get(&owner) {
        None => Err(Refusal::not_found(Reason::SalespersonNotFound, owner)),
        Some(person) if !person.active => Err(Refusal::field("owner_id", "is not active any more")),
        Some(_) => Ok(()),
    }
}

fn signed(author: String, caller: &Caller) -> String {
    match caller.actor {
        Some(actor) if author.trim().is_empty() => actor.to_string(),
        _ => author,
    }
}
