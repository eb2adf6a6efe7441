//! Calls that come while a transaction is under way go into the next one together.

use crate::broker::Board;
use crate::store::{FakeStore, Fault};
use crate::workshop::{TENANT, command, conversion_id, lead_id, open_lead, within};
use opportune_application::AppError;
use opportune_application::accept::{AcceptOptions, Acceptor};
use opportune_application::dispatch::{Dispatcher, Sender};
use opportune_application::work::AcceptOne;
use opportune_domain::ids::{ConversionId, RequestId, TenantId};
use opportune_domain::refusal::Reason;
use opportune_domain::request::RequestClaim;
use std::sync::Arc;
use tokio::task::JoinHandle;
use uuid::Uuid;

const OTHER: TenantId = TenantId(Uuid::from_u128(2));

type Call = JoinHandle<Result<ConversionId, AppError>>;

struct Desk {
    store: Arc<FakeStore>,
    acceptor: Acceptor,
}

fn call(n: u128) -> AcceptOne {
    AcceptOne {
        id: conversion_id(n),
        command: command(lead_id(n)),
        claim: None,
        traceparent: String::new(),
        batch_id: None,
    }
}

impl Desk {
    /// One lane behind a closed store, with leads 1 to 20.
    fn new(max_group: usize) -> Self {
        let store = FakeStore::closed();
        for tenant in [TENANT, OTHER] {
            for n in 1..=20 {
                store.inside().put_lead(tenant, open_lead(n));
            }
        }
        let board: Arc<Board> = Arc::default();
        let sender = Sender {
            publisher: board.clone(),
            outbox: board,
            meter: Arc::new(()),
        };
        let options = AcceptOptions { max_group, lanes: 1 };
        let (acceptor, lanes) = Acceptor::new(options, store.clone(), Dispatcher::new(sender).0, Arc::new(()));
        tokio::spawn(lanes.run());
        Self { store, acceptor }
    }

    fn accept(&self, tenant: TenantId, call: AcceptOne) -> Call {
        let acceptor = self.acceptor.clone();
        tokio::spawn(async move { acceptor.accept(tenant, call).await.map(|accepted| accepted.id()) })
    }

    /// The lane takes the call 20 and stands before the store; then the others come.
    async fn with_lane_busy(&self, calls: impl IntoIterator<Item = (TenantId, AcceptOne)>) -> Vec<Call> {
        let mut begun = vec![self.accept(TENANT, call(20))];
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        begun.extend(calls.into_iter().map(|(tenant, call)| self.accept(tenant, call)));
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        begun
    }

    fn open(&self) {
        self.store.gate.add_permits(1_000);
    }

    fn group_sizes(&self) -> Vec<usize> {
        self.store.sets().iter().map(Vec::len).collect()
    }
}

async fn answer(call: Call) -> Result<ConversionId, AppError> {
    within(call).await.expect("the call ends by itself")
}

fn reason(answer: Result<ConversionId, AppError>) -> Option<Reason> {
    match answer {
        Err(AppError::Refused(refusal)) => Some(refusal.reason),
        _ => None,
    }
}

#[tokio::test]
async fn calls_that_wait_share_the_next_transaction() {
    let desk = Desk::new(100);
    let calls = desk.with_lane_busy((1..=5).map(|n| (TENANT, call(n)))).await;
    desk.open();
    for (call, n) in calls.into_iter().zip([20, 1, 2, 3, 4, 5]) {
        assert_eq!(answer(call).await.unwrap(), conversion_id(n));
    }
    assert_eq!(desk.group_sizes(), [1, 5]);
}

#[tokio::test]
async fn a_group_is_no_larger_than_it_may_be() {
    let desk = Desk::new(2);
    let calls = desk.with_lane_busy((1..=5).map(|n| (TENANT, call(n)))).await;
    desk.open();
    for call in calls {
        answer(call).await.unwrap();
    }
    assert_eq!(desk.group_sizes(), [1, 2, 2, 1]);
}

#[tokio::test]
async fn tenants_never_share_a_transaction() {
    let desk = Desk::new(100);
    let calls = [(OTHER, call(1)), (TENANT, call(2)), (OTHER, call(3))];
    let calls = desk.with_lane_busy(calls).await;
    desk.open();
    for call in calls {
        answer(call).await.unwrap();
    }
    let visits: Vec<_> = desk
        .store
        .inside()
        .visits
        .iter()
        .map(|one| (one.tenant, one.conversions.len()))
        .collect();
    assert_eq!(visits, [(TENANT, 1), (TENANT, 1), (OTHER, 2)]);
}

#[tokio::test]
async fn a_refusal_reaches_its_own_caller_only() {
    let desk = Desk::new(100);
    let unknown = call(99);
    let calls = desk
        .with_lane_busy([(TENANT, call(1)), (TENANT, unknown), (TENANT, call(2))])
        .await;
    desk.open();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(reason(answer(call).await));
    }
    assert_eq!(answers, [None, None, Some(Reason::LeadNotFound), None]);
}

#[tokio::test]
async fn the_same_request_twice_in_one_group_is_one_conversion() {
    let desk = Desk::new(100);
    let claimed = |n, fingerprint| AcceptOne {
        id: conversion_id(n),
        command: command(lead_id(1)),
        claim: Some(RequestClaim {
            id: RequestId(Uuid::from_u128(7)),
            rpc: "ConvertLead",
            actor: None,
            fingerprint: [fingerprint; 32],
        }),
        ..call(1)
    };
    let calls = desk
        .with_lane_busy([claimed(1, 0), claimed(2, 0), claimed(3, 9)].map(|one| (TENANT, one)))
        .await;
    desk.open();
    let mut answers = Vec::new();
    for call in calls.into_iter().skip(1) {
        answers.push(answer(call).await);
    }
    let third = answers.pop().map(reason);
    assert_eq!(third, Some(Some(Reason::RequestIdReused)));
    assert!(answers.into_iter().all(|one| one.unwrap() == conversion_id(1)));
}

#[tokio::test]
async fn two_calls_for_one_lead_in_one_group_are_one_conversion_and_one_refusal() {
    let desk = Desk::new(100);
    let second = AcceptOne {
        id: conversion_id(2),
        ..call(1)
    };
    let calls = desk.with_lane_busy([(TENANT, call(1)), (TENANT, second)]).await;
    desk.open();
    let mut answers = Vec::new();
    for call in calls.into_iter().skip(1) {
        answers.push(reason(answer(call).await));
    }
    assert_eq!(answers, [None, Some(Reason::ConversionInProgress)]);
}

#[tokio::test]
async fn a_group_that_fails_takes_nobody_with_the_bad_one() {
    let desk = Desk::new(100);
    desk.store.inside().poison.insert(lead_id(2));
    let calls = desk.with_lane_busy((1..=3).map(|n| (TENANT, call(n)))).await;
    desk.open();
    let mut answers = Vec::new();
    for call in calls.into_iter().skip(1) {
        answers.push(answer(call).await);
    }
    assert!(
        matches!(answers.as_slice(), [Ok(_), Err(AppError::Internal(_)), Ok(_)]),
        "{answers:?}"
    );
}

#[tokio::test]
async fn while_the_store_is_away_every_caller_hears_it_at_once() {
    let desk = Desk::new(100);
    let calls = desk.with_lane_busy((1..=3).map(|n| (TENANT, call(n)))).await;
    desk.store.inside().faults.extend([Fault::Away, Fault::Away]);
    desk.open();
    for call in calls {
        assert!(matches!(answer(call).await, Err(AppError::Unavailable(_))));
    }
    assert!(desk.store.sets().is_empty());
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_take_its_conversion_along() {
    let desk = Desk::new(100);
    let calls = desk.with_lane_busy([(TENANT, call(1)), (TENANT, call(2))]).await;
    calls[1].abort();
    tokio::task::yield_now().await;
    desk.open();
    let last = calls.into_iter().next_back().unwrap();
    answer(last).await.unwrap();
    assert_eq!(desk.store.conversion(TENANT, conversion_id(1)).state.name(), "queued");
}
