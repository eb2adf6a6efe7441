//! Conversions: what was asked, what was decided and what came of it.

use crate::customer::customer;
use crate::enums::{conversion_state, customer_action, lead_type};
use crate::ids::{text, texts};
use crate::refusal::status;
use crate::time::timestamp;
use opportune_contract::v1;
use opportune_domain::conversion::{
    AssignmentDecision, Conversion, ConversionState, ConvertCommand, CustomerDecision, FieldDecision, NotCarried,
    Outcome, Plan,
};

/// A conversion as a message.
pub fn conversion(conversion: &Conversion) -> v1::Conversion {
    let (plan_of, outcome_of) = match &conversion.state {
        ConversionState::Succeeded { plan, outcome } | ConversionState::Reverted { plan, outcome } => {
            (Some(plan), Some(outcome))
        }
        _ => (None, None),
    };
    let error = match &conversion.state {
        ConversionState::Failed { error } => Some(status(error)),
        _ => None,
    };
    v1::Conversion {
        id: conversion.id.to_string(),
        lead_id: conversion.lead_id.to_string(),
        batch_id: text(conversion.batch_id),
        request_id: text(conversion.request_id),
        state: conversion_state(&conversion.state).into(),
        plan: plan_of.map(|decided| plan(decided)),
        result: outcome_of.map(|outcome| result(outcome)),
        error,
        attempt: conversion.attempt,
        requested_by: text(conversion.command.caller.actor),
        create_time: Some(timestamp(conversion.create_time)),
        start_time: conversion.start_time.map(timestamp),
        end_time: conversion.end_time.map(timestamp),
        revert_deadline: conversion.revert_deadline.map(timestamp),
    }
}

/// A preview as a message: a conversion without id and state. The ids of customers that would be created are left
/// out, for they will be others (rules 4.6).
pub fn preview(command: &ConvertCommand, decided: &Plan) -> v1::Conversion {
    let mut plan = plan(decided);
    if let Some(decision) = &mut plan.customer {
        hide_new_ids(decision);
    }
    v1::Conversion {
        lead_id: command.lead_id.to_string(),
        plan: Some(plan),
        requested_by: text(command.caller.actor),
        ..v1::Conversion::default()
    }
}

/// A plan as a message.
pub fn plan(plan: &Plan) -> v1::Plan {
    v1::Plan {
        digest: plan.digest.clone(),
        resulting_type: lead_type(plan.resulting_type).into(),
        survivor_id: plan.survivor_id.to_string(),
        merged_lead_ids: texts(&plan.merged_lead_ids),
        fields: plan.fields.iter().map(field_decision).collect(),
        customer: plan.customer.as_ref().map(customer_decision),
        assignment: Some(assignment(&plan.assignment)),
        stage_id: text(plan.stage_id),
        not_carried: plan.not_carried.iter().map(not_carried).collect(),
    }
}

/// What came out, as a message.
pub fn result(outcome: &Outcome) -> v1::Result {
    v1::Result {
        opportunity_id: outcome.opportunity_id.to_string(),
        customer_id: text(outcome.customer_id),
        created_customer_ids: texts(&outcome.created_customer_ids),
        merged_lead_ids: texts(&outcome.merged_lead_ids),
        salesperson_id: text(outcome.salesperson_id),
        team_id: text(outcome.team_id),
        event_ids: texts(&outcome.event_ids),
    }
}

fn field_decision(decision: &FieldDecision) -> v1::FieldDecision {
    let lost = decision.lost.iter().map(|lost| v1::LostValue {
        value: lost.value.clone(),
        source_lead_id: lost.source_lead_id.to_string(),
    });
    v1::FieldDecision {
        field: decision.field.clone(),
        source_lead_id: text(decision.source_lead_id),
        rule: decision.rule.clone(),
        lost: lost.collect(),
        value: decision.value.clone(),
    }
}

fn customer_decision(decision: &CustomerDecision) -> v1::CustomerDecision {
    v1::CustomerDecision {
        action: customer_action(decision.action).into(),
        customer_id: text(decision.customer_id),
        company_id: text(decision.company_id),
        reason: decision.reason.clone(),
        differences: decision.differences.clone(),
        new_person: decision.new_person.as_deref().map(customer),
        new_company: decision.new_company.as_deref().map(customer),
    }
}

fn assignment(decision: &AssignmentDecision) -> v1::AssignmentDecision {
    v1::AssignmentDecision {
        salesperson_id: text(decision.salesperson_id),
        team_id: text(decision.team_id),
        reason: decision.reason.clone(),
    }
}

fn not_carried(left: &NotCarried) -> v1::NotCarried {
    v1::NotCarried {
        field: left.field.clone(),
        value: left.value.clone(),
        source_lead_id: left.source_lead_id.to_string(),
        reason: left.reason.clone(),
    }
}

fn hide_new_ids(decision: &mut v1::CustomerDecision) {
    let new: Vec<String> = [&decision.new_person, &decision.new_company]
        .into_iter()
        .flatten()
        .map(|made| made.id.clone())
        .collect();
    let hide = |id: &mut String| {
        if new.contains(id) {
            id.clear();
        }
    };
    hide(&mut decision.customer_id);
    hide(&mut decision.company_id);
    for made in [&mut decision.new_person, &mut decision.new_company]
        .into_iter()
        .flatten()
    {
        hide(&mut made.id);
        hide(&mut made.parent_id);
        made.etag.clear();
        made.create_time = None;
        made.update_time = None;
    }
}

#[cfg(test)]
#[path = "conversion_tests.rs"]
mod tests;
