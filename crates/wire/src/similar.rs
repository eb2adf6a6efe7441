//! What is similar, and the draft that it may be similar to.

use crate::customer::customer;
use crate::enums::{evidence_key, relation, strength};
use crate::fields::Fields;
use crate::ids::parse_id;
use crate::lead::lead;
use opportune_contract::v1;
use opportune_domain::customer::Customer;
use opportune_domain::lead::{Lead, LeadPatch};
use opportune_domain::refusal::Refusal;
use opportune_domain::similar::{CustomerMatch, Evidence, Match, SkippedKey};
use std::f64::consts::LN_2;

/// A similar record as a message; `record` is the one that was found.
pub fn lead_match(found: &Match, record: &Lead) -> v1::LeadMatch {
    v1::LeadMatch {
        lead: Some(lead(record)),
        score: found.score,
        strength: strength(found.strength).into(),
        reasons: reasons(&found.reasons),
    }
}

/// A related record as a message; none if the two are not related.
pub fn related_lead(found: &Match, record: &Lead) -> Option<v1::RelatedLead> {
    Some(v1::RelatedLead {
        lead: Some(lead(record)),
        relation: relation(found.relation?).into(),
        reasons: reasons(&found.reasons),
    })
}

/// A likely customer as a message; `record` is the one that was found.
pub fn customer_match(found: &CustomerMatch, record: &Customer) -> v1::CustomerMatch {
    v1::CustomerMatch {
        customer: Some(customer(record)),
        score: found.score,
        strength: strength(found.strength).into(),
        reasons: reasons(&found.reasons),
    }
}

/// A key over budget as a message (rules 3.5).
pub fn skipped_key(skipped: &SkippedKey) -> v1::SkippedKey {
    v1::SkippedKey {
        key: evidence_key(skipped.key).into(),
        reason: "shared by too many records to search by; it still raised the scores of records found otherwise"
            .to_owned(),
        estimated_hits: skipped.estimated_hits,
    }
}

/// The contact data of a draft, as what a caller gives about a record.
///
/// # Errors
/// `FIELD_INVALID` naming `draft.customer_id` when it is no UUID, or `draft` when everything is empty.
pub fn draft_patch(draft: v1::LeadDraft) -> Result<LeadPatch, Refusal> {
    let mut fields = Fields::new(None, &[]);
    let patch = LeadPatch {
        contact_name: fields.take("contact_name", draft.contact_name),
        company_name: fields.take("company_name", draft.company_name),
        email: fields.take("email", draft.email),
        phone: fields.take("phone", draft.phone),
        website: fields.take("website", draft.website),
        street: fields.take("street", draft.street),
        city: fields.take("city", draft.city),
        postal_code: fields.take("postal_code", draft.postal_code),
        country: fields.take("country", draft.country),
        customer_id: fields.parse("customer_id", || parse_id("draft.customer_id", &draft.customer_id)),
        title: fields.take("title", draft.title),
        ..LeadPatch::default()
    };
    let patch = fields.finish(patch)?;
    if patch == LeadPatch::default() {
        Err(Refusal::field("draft", "must not be empty"))
    } else {
        Ok(patch)
    }
}

/// The contract counts evidence in bits, the domain in natural units.
fn reasons(evidence: &[Evidence]) -> Vec<v1::MatchReason> {
    let reason = |piece: &Evidence| v1::MatchReason {
        key: evidence_key(piece.key).into(),
        weight: piece.weight / LN_2,
        detail: piece.detail.to_owned(),
    };
    evidence.iter().map(reason).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use opportune_domain::ids::LeadId;
    use opportune_domain::lead::LeadType;
    use opportune_domain::similar::{EvidenceKey, Strength};
    use uuid::Uuid;

    #[test]
    fn evidence_is_told_in_bits() {
        let evidence = Evidence {
            key: EvidenceKey::Email,
            weight: LN_2 * 3.0,
            detail: "same",
            supports: true,
            acts: true,
            decisive: true,
        };
        let now = DateTime::from_timestamp(0, 0).unwrap();
        let record = Lead::empty(LeadId(Uuid::from_u128(1)), LeadType::Lead, now);
        let found = Match {
            lead_id: record.id,
            score: 0.9,
            strength: Strength::Strong,
            reasons: vec![evidence],
            relation: None,
        };
        let message = lead_match(&found, &record);
        assert_eq!(message.strength(), v1::MatchStrength::Strong);
        assert!((message.reasons[0].weight - 3.0).abs() < 1e-9);
        assert_eq!(message.lead.unwrap().id, record.id.to_string());
    }

    #[test]
    fn an_empty_draft_is_refused() {
        let refusal = draft_patch(v1::LeadDraft::default()).unwrap_err();
        assert_eq!(refusal.violations[0].field, "draft");
    }

    #[test]
    fn a_draft_gives_what_is_not_empty() {
        let draft = v1::LeadDraft {
            email: "ann@example.com".into(),
            ..v1::LeadDraft::default()
        };
        let expected = LeadPatch {
            email: Some("ann@example.com".into()),
            ..LeadPatch::default()
        };
        assert_eq!(draft_patch(draft).unwrap(), expected);
    }
}
