//! Which parts a list of leads is made of.
//!
//! A btree gives rows in order only below equal values of its leading columns. So "own and unassigned", or "any status
//! but tombstones" of one salesperson, is read as several parts, each from one index and no longer than the page, and
//! their heads are merged.

use crate::rows::names;
use opportune_application::ports::{LeadFilter, SortKey};
use opportune_domain::access::Role;
use opportune_domain::ids::SalespersonId;
use opportune_domain::lead::{LeadStatus, LeadType};

/// Every status but that of tombstones.
const LIVING: [LeadStatus; 4] = [
    LeadStatus::Open,
    LeadStatus::Won,
    LeadStatus::Lost,
    LeadStatus::Archived,
];

const KINDS: [LeadType; 2] = [LeadType::Lead, LeadType::Opportunity];

/// Whose records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Anybody,
    Nobody,
    One(SalespersonId),
}

/// One part: records of one owner, in one status or any but that of tombstones, of one type or both, with a revenue or
/// without one or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Branch {
    pub owner: Owner,
    pub status: Option<&'static str>,
    pub kind: Option<&'static str>,
    pub priced: Option<bool>,
}

/// The parts of a list sorted by `by`; no record is in two of them. None = the caller sees nothing of it.
pub(super) fn of_list(filter: &LeadFilter, by: SortKey) -> Vec<Branch> {
    let whole = of_total(filter);
    let whole = whole.into_iter();
    let parts: Vec<Branch> = match by {
        _ if finds_few(filter) => whole.collect(),
        SortKey::UpdateTime => whole.collect(),
        SortKey::CreateTime => whole.flat_map(|branch| divide(filter, branch)).collect(),
        SortKey::ExpectedRevenue | SortKey::Priority => whole.flat_map(each_status).collect(),
    };
    if by != SortKey::ExpectedRevenue {
        return parts;
    }
    // Those without a revenue come last in either direction, so they are parts of their own.
    let priced = |branch: Branch| {
        [true, false].map(|priced| Branch {
            priced: Some(priced),
            ..branch
        })
    };
    parts.into_iter().flat_map(priced).collect()
}

/// The parts of a list that is counted: its order does not matter.
pub(super) fn of_total(filter: &LeadFilter) -> Vec<Branch> {
    owners(filter)
        .into_iter()
        .map(|owner| Branch {
            owner,
            status: filter.status.map(names::lead_status),
            kind: filter.kind.map(names::lead_type),
            priced: None,
        })
        .collect()
}

/// What is asked for leaves so few records that sorting them is nothing.
fn finds_few(filter: &LeadFilter) -> bool {
    !filter.words.is_empty() || filter.external_id.is_some() || filter.customer_id.is_some()
}

/// Gives a part the equal values that come before the time in the index of its owner, team, stage or status.
fn divide(filter: &LeadFilter, branch: Branch) -> Vec<Branch> {
    let of_somebody = branch.owner != Owner::Anybody || filter.team_id.is_some();
    let in_stage = filter.stage_id.is_some();
    let statuses = match branch.status {
        None if of_somebody || in_stage => each_status(branch),
        _ => vec![branch],
    };
    // The index of stages knows no type, and that of all records begins with the status.
    let by_kind = !in_stage && (of_somebody || branch.status.is_some());
    let kinds: Vec<Option<&'static str>> = match branch.kind {
        None if by_kind => KINDS.iter().map(|kind| Some(names::lead_type(*kind))).collect(),
        kind => vec![kind],
    };
    statuses
        .iter()
        .flat_map(|branch| kinds.iter().map(|kind| Branch { kind: *kind, ..*branch }))
        .collect()
}

/// One part for each status that is asked for.
fn each_status(branch: Branch) -> Vec<Branch> {
    match branch.status {
        Some(_) => vec![branch],
        None => LIVING
            .iter()
            .map(|status| Branch {
                status: Some(names::lead_status(*status)),
                ..branch
            })
            .collect(),
    }
}

/// Whose records are asked for, as far as the caller may see them (rules 11).
fn owners(filter: &LeadFilter) -> Vec<Owner> {
    let asked = match (filter.salesperson_id, filter.unassigned) {
        (Some(_), true) => return Vec::new(),
        (Some(person), false) => Owner::One(person),
        (None, true) => Owner::Nobody,
        (None, false) => Owner::Anybody,
    };
    let own = filter.caller.actor.map(|actor| Owner::One(SalespersonId(actor)));
    match (filter.caller.role, asked) {
        (Role::Operator, _) => Vec::new(),
        (Role::SalespersonOwn, Owner::Anybody) => own.into_iter().chain([Owner::Nobody]).collect(),
        (Role::SalespersonOwn, Owner::One(_)) if own != Some(asked) => Vec::new(),
        _ => vec![asked],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opportune_domain::access::Caller;
    use opportune_domain::ids::TeamId;
    use uuid::Uuid;

    fn person(number: u128) -> SalespersonId {
        SalespersonId(Uuid::from_u128(number))
    }

    fn filter(role: Role, actor: Option<u128>) -> LeadFilter {
        LeadFilter {
            caller: Caller {
                actor: actor.map(Uuid::from_u128),
                role,
            },
            ..LeadFilter::default()
        }
    }

    #[test]
    fn a_salesperson_lists_own_and_unassigned_records_only() {
        let mine = filter(Role::SalespersonOwn, Some(1));
        assert_eq!(owners(&mine), [Owner::One(person(1)), Owner::Nobody]);
        let nameless = filter(Role::SalespersonOwn, None);
        assert_eq!(owners(&nameless), [Owner::Nobody]);
        let of_another = LeadFilter {
            salesperson_id: Some(person(2)),
            ..mine
        };
        assert!(owners(&of_another).is_empty());
    }

    #[test]
    fn an_operator_lists_nothing() {
        assert!(of_list(&filter(Role::Operator, Some(1)), SortKey::CreateTime).is_empty());
    }

    #[test]
    fn the_whole_list_is_one_part_and_that_of_a_team_is_one_for_each_status_and_type() {
        let all = filter(Role::Manager, None);
        assert_eq!(of_list(&all, SortKey::CreateTime).len(), 1);
        let of_team = LeadFilter {
            team_id: Some(TeamId(Uuid::from_u128(3))),
            ..all
        };
        assert_eq!(of_list(&of_team, SortKey::CreateTime).len(), 8);
        assert_eq!(of_list(&of_team, SortKey::UpdateTime).len(), 1);
        assert_eq!(of_list(&of_team, SortKey::Priority).len(), 4);
        assert_eq!(of_list(&of_team, SortKey::ExpectedRevenue).len(), 8);
        let open = LeadFilter {
            status: Some(LeadStatus::Open),
            ..of_team
        };
        assert_eq!(of_list(&open, SortKey::CreateTime).len(), 2);
    }
}
