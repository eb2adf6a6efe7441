//! The order of records in a merge: the first one survives (rules 7.2).

use crate::conversion::SurvivorRule;
use crate::lead::{Lead, LeadType};
use crate::tenant::TenantConfig;
use std::cmp::Ordering;

/// Sorts records so that the survivor comes first.
pub(super) fn sort(config: &TenantConfig, records: &mut [&Lead], rule: SurvivorRule) {
    records.sort_by(|a, b| match rule {
        SurvivorRule::EarliestCreated => earliest(a, b),
        SurvivorRule::Confidence => furthest(config, a, b).then_with(|| earliest(a, b)),
    });
}

fn earliest(a: &Lead, b: &Lead) -> Ordering {
    (a.create_time, a.id).cmp(&(b.create_time, b.id))
}

/// Open before lost and archived, opportunity before lead, higher stage (none = 0), higher probability.
fn furthest(config: &TenantConfig, a: &Lead, b: &Lead) -> Ordering {
    let place = |lead: &Lead| {
        let stage = lead.stage_id.and_then(|id| config.stage(id));
        (
            lead.is_open(),
            lead.kind == LeadType::Opportunity,
            stage.map_or(0, |stage| stage.sequence),
        )
    };
    let chance = |lead: &Lead| lead.probability.unwrap_or(0.0);
    place(b).cmp(&place(a)).then_with(|| chance(b).total_cmp(&chance(a)))
}
