//! Rules 6.3, 6.4 and 8: batches.

use crate::support::*;
use opportune_domain::access::Caller;
use opportune_domain::batch::{
    Batch, BatchOrder, BatchState, Instruction, Overrides, cancel, check_order, expand, retry, retry_picked,
};
use opportune_domain::conversion::{Conversion, ConversionState, DuplicatePolicy};
use opportune_domain::ids::{BatchId, ConversionId, LeadId, SalespersonId, TeamId};
use opportune_domain::lead::{LeadStatus, LeadType};
use opportune_domain::refusal::Reason;
use std::collections::BTreeMap;
use uuid::Uuid;

const BATCH: BatchId = BatchId(Uuid::from_u128(9_000));

fn order(instruction: Instruction, pool: &[SalespersonId]) -> BatchOrder {
    BatchOrder {
        instruction,
        pool: pool.to_vec(),
        caller: Caller::default(),
        traceparent: String::new(),
    }
}

/// Makes items of these leads, in this order.
fn make(town: &mut Town, order: BatchOrder, leads: &[LeadId], overrides: &[(LeadId, Instruction)]) {
    check_order(&town.world, &order).expect("an order without faults");
    let mut batch = Batch::new(BATCH, None, order, now());
    let overrides: BTreeMap<LeadId, Instruction> = overrides.iter().copied().collect();
    let part = batch.add_part(leads.to_vec(), Overrides(overrides));
    batch.closed = true;
    town.world.put_batch(batch);
    expand(&mut town.world, BATCH, &part, &mut town.ids);
}

fn item(town: &Town, lead: LeadId) -> &Conversion {
    let item = town.world.items[&(BATCH, lead)];
    &town.world.conversions[&item.conversion]
}

fn settle_item(town: &mut Town, lead: LeadId) {
    let id = item(town, lead).id;
    town.settle(id);
}

fn reason(town: &Town, lead: LeadId) -> Option<Reason> {
    match &item(town, lead).state {
        ConversionState::Failed { error } => Some(error.reason),
        _ => None,
    }
}

/// Whom the items are to be assigned to.
fn wishes(town: &Town, leads: &[LeadId]) -> Vec<(Option<SalespersonId>, Option<TeamId>)> {
    leads
        .iter()
        .map(|lead| {
            let command = &item(town, *lead).command;
            (command.salesperson_id, command.team_id)
        })
        .collect()
}

fn forced() -> Instruction {
    Instruction {
        force_assignment: true,
        ..Instruction::default()
    }
}

#[test]
fn records_that_are_to_be_assigned_take_turns_in_the_order_of_the_request() {
    let mut town = Town::new();
    let (ann, bob, cid) = (town.salesperson(10), town.salesperson(11), town.salesperson(12));
    let a = town.lead(100, |_| {});
    let b = town.lead(101, |lead| lead.salesperson_id = Some(cid));
    let c = town.lead(102, |lead| lead.status = LeadStatus::Lost);
    let (d, e) = (town.lead(103, |_| {}), town.lead(104, |_| {}));
    make(
        &mut town,
        order(Instruction::default(), &[ann, bob]),
        &[e, b, c, a, d],
        &[],
    );
    let turns = wishes(&town, &[e, b, c, a, d]).into_iter().map(|(person, _)| person);
    assert_eq!(turns.collect::<Vec<_>>(), [Some(ann), None, None, Some(bob), Some(ann)]);
    assert_eq!(reason(&town, c), Some(Reason::LeadLost));
    assert_eq!(town.world.batches[&BATCH].turn, 3);
}

#[test]
fn with_force_the_assigned_records_take_turns_too() {
    let mut town = Town::new();
    let (ann, bob) = (town.salesperson(10), town.salesperson(11));
    let a = town.lead(100, |lead| lead.salesperson_id = Some(bob));
    let b = town.lead(101, |_| {});
    make(&mut town, order(forced(), &[ann, bob]), &[a, b], &[]);
    assert_eq!(wishes(&town, &[a, b]), [(Some(ann), None), (Some(bob), None)]);
}

#[test]
fn what_is_given_for_all_is_given_to_those_without_a_salesperson_and_to_all_by_force() {
    let mut town = Town::new();
    let (ann, bob) = (town.salesperson(10), town.salesperson(11));
    let team = town.team(20, 1, &[]);
    let for_all = Instruction {
        salesperson_id: Some(ann),
        team_id: Some(team),
        ..Instruction::default()
    };
    let a = town.lead(100, |lead| lead.salesperson_id = Some(bob));
    let b = town.lead(101, |_| {});
    let mut other = town.reload();
    make(&mut town, order(for_all, &[]), &[a, b], &[]);
    assert_eq!(wishes(&town, &[a, b]), [(None, None), (Some(ann), Some(team))]);
    let by_force = Instruction {
        force_assignment: true,
        ..for_all
    };
    make(&mut other, order(by_force, &[]), &[a, b], &[]);
    assert_eq!(wishes(&other, &[a, b]), [(Some(ann), Some(team)); 2]);
}

#[test]
fn an_override_is_the_whole_instruction_of_its_record_but_for_the_pool() {
    let mut town = Town::new();
    let (ann, bob, cid) = (town.salesperson(10), town.salesperson(11), town.salesperson(12));
    let team = town.team(20, 1, &[]);
    let of_team = Instruction {
        team_id: Some(team),
        ..Instruction::default()
    };
    let a = town.lead(100, |lead| lead.salesperson_id = Some(bob));
    let (b, c) = (town.lead(101, |_| {}), town.lead(102, |_| {}));
    let for_cid = Instruction {
        salesperson_id: Some(cid),
        ..Instruction::default()
    };
    let overrides = [(a, for_cid), (b, Instruction::default())];
    make(&mut town, order(of_team, &[ann, bob]), &[a, b, c], &overrides);
    let expected = [(Some(cid), None), (Some(ann), None), (Some(bob), Some(team))];
    assert_eq!(wishes(&town, &[a, b, c]), expected);
}

#[test]
fn bad_items_fail_with_their_own_reasons_and_stop_nobody() {
    let mut town = Town::new();
    let good = town.lead(100, |_| {});
    let won = town.lead(101, |lead| lead.status = LeadStatus::Won);
    let done = town.lead(102, |lead| lead.kind = LeadType::Opportunity);
    let gone = town.lead(103, |lead| {
        lead.status = LeadStatus::Merged;
        lead.survivor_id = Some(won);
    });
    let busy = town.lead(104, |_| {});
    town.queue(convert(busy));
    let unknown = lead_id(999);
    make(
        &mut town,
        order(Instruction::default(), &[]),
        &[won, unknown, done, gone, busy, good, good],
        &[],
    );
    for (lead, expected) in [
        (won, Reason::LeadWon),
        (unknown, Reason::LeadNotFound),
        (done, Reason::LeadAlreadyConverted),
        (gone, Reason::LeadMerged),
        (busy, Reason::ConversionInProgress),
    ] {
        assert_eq!(reason(&town, lead), Some(expected));
    }
    settle_item(&mut town, good);
    assert_eq!(town.at(good).kind, LeadType::Opportunity);
    assert_eq!(town.world.batches[&BATCH].total, 6, "what is listed twice is one item");
}

#[test]
fn an_order_that_is_wrong_for_all_is_refused() {
    let mut town = Town::new();
    let ann = town.salesperson(10);
    let idle = town.salesperson(11);
    town.config().salespeople.get_mut(&idle).expect("a salesperson").active = false;
    let with = |salesperson_id, pool: &[SalespersonId]| {
        order(
            Instruction {
                salesperson_id,
                ..Instruction::default()
            },
            pool,
        )
    };
    let stranger = SalespersonId(Uuid::from_u128(99));
    for (order, expected) in [
        (with(Some(ann), &[ann]), "salesperson_ids"),
        (with(Some(idle), &[]), "instruction.salesperson_id"),
        (with(None, &[ann, idle]), "salesperson_ids[1]"),
    ] {
        let refusal = check_order(&town.world, &order).expect_err("a refusal");
        assert_eq!(refusal.violations[0].field, expected);
    }
    let refusal = check_order(&town.world, &with(None, &[stranger])).expect_err("a refusal");
    assert_eq!(refusal.reason, Reason::SalespersonNotFound);
}

/// Three leads of one person, 100 the earliest, in a batch.
fn three(policy: DuplicatePolicy) -> (Town, [LeadId; 3]) {
    let mut town = Town::new();
    let kim = |town: &mut Town, n| town.lead(n, |lead| lead.email = "kim@harbor.example".to_owned());
    let leads = [kim(&mut town, 100), kim(&mut town, 101), kim(&mut town, 102)];
    let instruction = Instruction {
        on_duplicates: policy,
        ..Instruction::default()
    };
    make(&mut town, order(instruction, &[]), &leads, &[]);
    (town, leads)
}

/// Every order of three.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

#[test]
fn under_reject_the_earliest_converts_in_whatever_order_they_run() {
    for order in ORDERS {
        let (mut town, leads) = three(DuplicatePolicy::Reject);
        for place in order {
            settle_item(&mut town, leads[place]);
        }
        assert_eq!(town.at(leads[0]).kind, LeadType::Opportunity, "{order:?}");
        for later in &leads[1..] {
            let ConversionState::Failed { error } = &item(&town, *later).state else {
                panic!("{order:?}: it is refused")
            };
            assert_eq!(error.reason, Reason::DuplicatesFound);
            assert!(error.metadata["lead_ids"].contains(&leads[0].to_string()), "{order:?}");
        }
    }
}

/// Leads with these addresses, the earliest first, in a batch that merges.
fn merging(emails: &[&str]) -> (Town, Vec<LeadId>) {
    let mut town = Town::new();
    let mut leads = Vec::new();
    for (n, email) in (100..).zip(emails) {
        leads.push(town.lead(n, |lead| lead.email = (*email).to_owned()));
    }
    let instruction = Instruction {
        on_duplicates: DuplicatePolicy::Merge,
        ..Instruction::default()
    };
    make(&mut town, order(instruction, &[]), &leads, &[]);
    (town, leads)
}

#[test]
fn under_merge_they_are_one_opportunity_in_whatever_order_they_run() {
    let same = ["kim@harbor.example"; 3];
    // The first and the last have nothing in common but the one between them.
    let chain = [
        "kim@harbor.example",
        "kim@harbor.example, snow@quarry.example",
        "snow@quarry.example",
    ];
    for emails in [same, chain] {
        for order in ORDERS {
            let (mut town, leads) = merging(&emails);
            for place in order {
                settle_item(&mut town, leads[place]);
            }
            assert_eq!(town.at(leads[0]).kind, LeadType::Opportunity, "{order:?}");
            for lead in &leads {
                let ConversionState::Succeeded { outcome, .. } = &item(&town, *lead).state else {
                    panic!("{order:?}: {:?}", item(&town, *lead).state)
                };
                assert_eq!(outcome.opportunity_id, leads[0], "{order:?}");
            }
            for gone in &leads[1..] {
                assert_eq!(town.at(*gone).status, LeadStatus::Merged, "{order:?}");
                assert_eq!(town.at(*gone).survivor_id, Some(leads[0]), "{order:?}");
            }
            assert_eq!(town.world.changes.customers.len(), 1, "{order:?}");
        }
    }
}

#[test]
fn an_item_whose_record_another_item_has_converted_succeeds_and_names_the_opportunity() {
    let mut town = Town::new();
    let survivor = town.lead(100, |_| {});
    let tombstone = town.lead(101, |lead| {
        lead.status = LeadStatus::Merged;
        lead.survivor_id = Some(survivor);
    });
    town.world.leads.get_mut(&survivor).expect("a lead").merged_lead_ids = vec![tombstone];
    make(
        &mut town,
        order(Instruction::default(), &[]),
        &[tombstone, survivor],
        &[],
    );
    let mut other = town.reload();
    (other.world.items, other.world.batches) = (town.world.items.clone(), town.world.batches.clone());
    for (town, order) in [(&mut town, [tombstone, survivor]), (&mut other, [survivor, tombstone])] {
        for lead in order {
            settle_item(town, lead);
        }
        for lead in order {
            let ConversionState::Succeeded { outcome, .. } = &item(town, lead).state else {
                panic!("{order:?}: {:?}", item(town, lead).state)
            };
            assert_eq!(outcome.opportunity_id, survivor);
        }
        assert!(
            item(town, order[1]).revert_deadline.is_none(),
            "there is nothing of it to take back"
        );
    }
}

#[test]
fn what_somebody_else_converted_is_converted_already() {
    let mut town = Town::new();
    let lead = town.lead(100, |_| {});
    make(&mut town, order(Instruction::default(), &[]), &[lead], &[]);
    town.world.leads.get_mut(&lead).expect("a lead").kind = LeadType::Opportunity;
    settle_item(&mut town, lead);
    assert_eq!(reason(&town, lead), Some(Reason::LeadAlreadyConverted));
}

#[test]
fn a_cancelled_batch_begins_nothing_more_and_is_not_tried_again() {
    let mut town = Town::new();
    let lead = town.lead(100, |_| {});
    let mut batch = Batch::new(BATCH, None, order(Instruction::default(), &[]), now());
    let part = batch.add_part(vec![lead, lead_id(999)], Overrides::default());
    batch.closed = true;
    let batch = cancel(batch);
    assert!(batch.cancelled && batch.has_errand());
    assert_eq!(
        retry(batch.clone()).expect_err("a refusal").reason,
        Reason::ConversionStateInvalid
    );
    town.world.put_batch(batch);
    expand(&mut town.world, BATCH, &part, &mut town.ids);
    for lead in [lead, lead_id(999)] {
        assert_eq!(item(&town, lead).state, ConversionState::Cancelled);
    }
}

#[test]
fn an_ended_batch_is_not_cancelled() {
    let mut batch = Batch::new(BATCH, None, order(Instruction::default(), &[]), now());
    batch.closed = true;
    assert_eq!(batch.state(), BatchState::Finished, "there was nothing to do");
    assert_eq!(cancel(batch.clone()), batch);
}

#[test]
fn a_retry_queues_the_failed_items_up_to_its_call() {
    let mut town = Town::new();
    let lost = town.lead(100, |lead| lead.status = LeadStatus::Lost);
    make(&mut town, order(Instruction::default(), &[]), &[lost], &[]);
    let mut batch = town.world.batches[&BATCH].clone();
    // As the store has counted it.
    (batch.counts.failed, batch.sequence) = (1, 1);
    let batch = retry(batch).expect("it can be tried again");
    assert!(!batch.is_over());
    town.world.put_batch(batch);
    let picked: Vec<ConversionId> = vec![item(&town, lost).id];
    retry_picked(&mut town.world, BATCH, &picked.iter().copied().collect(), Some(1));
    assert_eq!(item(&town, lost).state, ConversionState::Queued);
    assert_eq!(town.world.batches[&BATCH].retry, None, "that was the last one");
}
