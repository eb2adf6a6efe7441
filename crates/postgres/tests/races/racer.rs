//! Who takes part in a race: callers with the worker that serves them.

use crate::arena::Scene;
use opportune_application::Call;
use opportune_application::ports::{Needs, Store};
use opportune_application::work::{
    Accept, AcceptBatch, AcceptOne, Accepted, ChangeLead, LeadChange, RevertConversion, Settle, TendBatch,
};
use opportune_domain::access::Caller;
use opportune_domain::batch::{BatchOrder, Instruction, Overrides};
use opportune_domain::conversion::{ConversionMode, ConversionState, ConvertCommand, CustomerChoice, DuplicatePolicy};
use opportune_domain::ids::{BatchId, ConversionId, LeadId};
use opportune_domain::lead::LeadPatch;
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::world::World;
use opportune_postgres::PgStore;
use opportune_testkit::{ids, look, new_id};

/// Something that is done to the records of a scene, which are named by their numbers.
#[derive(Debug, Clone)]
pub enum Racer {
    /// `ConvertLead`, duplicates ignored.
    Convert(usize),
    /// `ConvertLead` in mode MERGE: the first with the others.
    MergeAndConvert(Vec<usize>),
    /// `MergeLeads`.
    Merge(Vec<usize>),
    /// `MarkLeadLost`.
    Lose(usize),
    /// `UpdateLead`: the title, which no conversion touches.
    Retitle(usize, &'static str),
    /// `UpdateLead`: no customer any more.
    Unlink(usize),
    /// `RevertConversion` of what came of the preparation with this number.
    Revert(usize),
    /// Several `ConvertLead` that are accepted and settled together, as those of a batch are, under this policy.
    Together(Vec<usize>, DuplicatePolicy),
    /// `BatchConvertLeads` under this policy: accepted, made into items, and settled together.
    Batch(Vec<usize>, DuplicatePolicy),
}

/// What a racer was answered, one a record that it asked about: nothing, or the reason of a refusal.
pub type Answer = Vec<Option<Reason>>;

/// The record is busy with somebody else: the racer has done nothing, and may come again.
pub fn is_busy(answer: &Answer) -> bool {
    !answer.is_empty()
        && answer
            .iter()
            .all(|reason| *reason == Some(Reason::ConversionInProgress))
}

impl Racer {
    /// Does it, through this process. A failure of the store, a deadlock for one, ends the test.
    pub async fn run(&self, store: &PgStore, scene: &Scene) -> (Answer, Vec<ConversionId>) {
        match self {
            Self::Convert(record) => {
                let command = command(scene.leads[*record], DuplicatePolicy::Ignore);
                convert(store, scene, vec![command]).await
            }
            Self::MergeAndConvert(records) => {
                let command = merge(scene, records, ConversionMode::Merge);
                convert(store, scene, vec![command]).await
            }
            Self::Merge(records) => {
                let command = merge(scene, records, ConversionMode::MergeOnly);
                convert(store, scene, vec![command]).await
            }
            Self::Together(records, policy) => {
                let commands = records.iter().map(|record| command(scene.leads[*record], *policy));
                convert(store, scene, commands.collect()).await
            }
            Self::Batch(records, policy) => batch(store, scene, records, *policy).await,
            Self::Lose(record) => {
                let change = LeadChange::Lose {
                    reason: "too dear".to_owned(),
                    comment: String::new(),
                };
                (vec![self::change(store, scene, *record, change).await], Vec::new())
            }
            Self::Retitle(record, title) => {
                let given = LeadPatch {
                    title: Some((*title).to_owned()),
                    ..LeadPatch::default()
                };
                (vec![update(store, scene, *record, given).await], Vec::new())
            }
            Self::Unlink(record) => {
                let given = LeadPatch {
                    customer_id: Some(None),
                    ..LeadPatch::default()
                };
                (vec![update(store, scene, *record, given).await], Vec::new())
            }
            Self::Revert(prepared) => (vec![revert(store, scene, scene.prepared[*prepared]).await], Vec::new()),
        }
    }
}

fn call(scene: &Scene) -> Call {
    Call {
        tenant: scene.tenant,
        caller: Caller::default(),
        traceparent: String::new(),
    }
}

fn command(lead: LeadId, on_duplicates: DuplicatePolicy) -> ConvertCommand {
    ConvertCommand {
        lead_id: lead,
        etag: None,
        expected_plan_digest: None,
        mode: ConversionMode::Convert,
        merge_lead_ids: Vec::new(),
        survivor_rule: Default::default(),
        on_duplicates,
        customer: CustomerChoice::MatchOrCreate,
        salesperson_id: None,
        team_id: None,
        force_assignment: false,
        caller: Caller::default(),
    }
}

fn merge(scene: &Scene, records: &[usize], mode: ConversionMode) -> ConvertCommand {
    let mut leads = records.iter().map(|record| scene.leads[*record]);
    let first = leads.next().expect("a merge has a first record");
    ConvertCommand {
        mode,
        merge_lead_ids: leads.collect(),
        ..command(first, DuplicatePolicy::Ignore)
    }
}

/// Accepts in one transaction, settles in another, as a server and a worker do.
async fn convert(store: &PgStore, scene: &Scene, commands: Vec<ConvertCommand>) -> (Answer, Vec<ConversionId>) {
    let calls = commands.into_iter().map(|command| AcceptOne {
        id: ConversionId(new_id()),
        command,
        claim: None,
        traceparent: String::new(),
        batch_id: None,
    });
    let mut accept = Accept {
        calls: calls.collect(),
        results: Vec::new(),
    };
    store.work(scene.tenant, &mut accept).await.unwrap();
    let accepted: Vec<ConversionId> = accept.results.iter().flatten().map(Accepted::id).collect();
    let world = settled(store, scene, &accepted).await;
    let answer = accept.results.into_iter().map(|accepted| match accepted {
        Err(refusal) => Some(refusal.reason),
        Ok(accepted) => outcome(&world, accepted.id()),
    });
    (answer.collect(), accepted)
}

/// Accepts a batch in one transaction, makes its items in a second, settles them in a third, as a server and a worker do.
async fn batch(
    store: &PgStore,
    scene: &Scene,
    records: &[usize],
    on_duplicates: DuplicatePolicy,
) -> (Answer, Vec<ConversionId>) {
    let id = BatchId(new_id());
    let order = BatchOrder {
        instruction: Instruction {
            on_duplicates,
            ..Instruction::default()
        },
        ..BatchOrder::default()
    };
    let leads: Vec<LeadId> = records.iter().map(|record| scene.leads[*record]).collect();
    let mut accept = AcceptBatch::new(id, order, None, &leads, Overrides::default());
    store.work(scene.tenant, &mut accept).await.unwrap();
    accept.result.unwrap().unwrap();
    let mut tend = TendBatch {
        id,
        ids: ids(),
        more: true,
    };
    while tend.more {
        store.work(scene.tenant, &mut tend).await.unwrap();
    }
    let needs = Needs {
        items: leads.iter().map(|lead| (id, *lead)).collect(),
        ..Needs::default()
    };
    let items = look(store, scene.tenant, needs).await.unwrap().items;
    let conversions: Vec<ConversionId> = leads.iter().map(|lead| items[&(id, *lead)].conversion).collect();
    let world = settled(store, scene, &conversions).await;
    let answer = conversions.iter().map(|id| outcome(&world, *id));
    (answer.collect(), conversions)
}

/// The world in which these conversions are settled, in one transaction.
async fn settled(store: &PgStore, scene: &Scene, conversions: &[ConversionId]) -> World {
    if !conversions.is_empty() {
        let mut settle = Settle::together(conversions.to_vec(), ids());
        store.work(scene.tenant, &mut settle).await.unwrap();
    }
    let needs = Needs {
        conversions: conversions.iter().copied().collect(),
        ..Needs::default()
    };
    look(store, scene.tenant, needs).await.unwrap()
}

fn outcome(world: &World, conversion: ConversionId) -> Option<Reason> {
    match &world.conversions[&conversion].state {
        ConversionState::Succeeded { .. } => None,
        ConversionState::Failed { error } => Some(error.reason),
        other => panic!("a conversion that was settled is {}", other.name()),
    }
}

async fn change(store: &PgStore, scene: &Scene, record: usize, change: LeadChange) -> Option<Reason> {
    let mut work = ChangeLead {
        call: call(scene),
        id: scene.leads[record],
        etag: None,
        change,
        ids: ids(),
        result: None,
    };
    store.work(scene.tenant, &mut work).await.unwrap();
    reason(work.result.unwrap())
}

async fn update(store: &PgStore, scene: &Scene, record: usize, given: LeadPatch) -> Option<Reason> {
    change(store, scene, record, LeadChange::Update(Box::new(given))).await
}

async fn revert(store: &PgStore, scene: &Scene, conversion: ConversionId) -> Option<Reason> {
    let mut work = RevertConversion {
        call: call(scene),
        claim: None,
        id: conversion,
        validate_only: false,
        ids: ids(),
        result: None,
    };
    store.work(scene.tenant, &mut work).await.unwrap();
    reason(work.result.unwrap())
}

fn reason<T>(result: Result<T, Refusal>) -> Option<Reason> {
    result.err().map(|refusal| refusal.reason)
}
