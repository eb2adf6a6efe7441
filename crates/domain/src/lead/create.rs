//! A new record (rules 1.3, 4.4, 5.6, 6.5).

use super::{Assignment, Lead, LeadPatch, LeadType, assign, fill_from_customer, keep_or_first_stage};
use crate::ids::LeadId;
use crate::lead::references::{check_references, linked_customer};
use crate::refusal::{Reason, Refusal};
use crate::world::World;

/// A record to be created: its id and what the caller gave.
#[derive(Debug, Clone)]
pub struct CreateLead {
    /// The new id.
    pub id: LeadId,
    /// What was given.
    pub given: LeadPatch,
}

/// The record that `create` makes in `world`; nothing is written.
///
/// # Errors
/// `FIELD_INVALID`, `LEADS_DISABLED`, `EXTERNAL_ID_TAKEN`, or a referenced record that is not there.
pub fn create_lead(world: &World, create: &CreateLead) -> Result<Lead, Refusal> {
    let given = &create.given;
    given.check()?;
    must_say_something(given)?;
    check_references(world, given)?;
    if let Some(taken) = given.external_id.as_ref().and_then(|id| world.external_ids.get(id)) {
        return Err(
            Refusal::new(Reason::ExternalIdTaken, "another record has this external_id").with("lead_id", taken),
        );
    }
    let mut lead = Lead::empty(create.id, LeadType::Lead, world.now);
    given.write_plain(&mut lead);
    place(world, given, &mut lead)?;
    if let Some(customer) = given.customer_id.flatten().and_then(|id| linked_customer(world, id)) {
        lead.customer_id = Some(customer.id);
        let company = customer.parent_id.and_then(|id| world.customers.get(&id));
        fill_from_customer(&mut lead, customer, company);
    }
    if lead
        .stage_id
        .and_then(|id| world.config.stage(id))
        .is_some_and(|stage| stage.won)
    {
        super::close::win_in_place(&mut lead, world.now);
    }
    Ok(lead)
}

/// Salesperson, team, type and stage: each depends on the one before it.
fn place(world: &World, given: &LeadPatch, lead: &mut Lead) -> Result<(), Refusal> {
    let config = &world.config;
    let wished = given
        .kind
        .unwrap_or_else(|| config.type_of_new(given.team_id.flatten()));
    let Assignment {
        salesperson_id,
        team_id,
        ..
    } = assign(
        config,
        lead,
        given.salesperson_id.flatten(),
        given.team_id.flatten(),
        wished,
    );
    lead.salesperson_id = salesperson_id;
    lead.team_id = team_id;
    lead.assign_time = salesperson_id.map(|_| world.now);
    lead.kind = given.kind.unwrap_or_else(|| config.type_of_new(team_id));
    if lead.kind == LeadType::Lead && !config.leads_allowed(team_id) {
        return Err(Refusal::new(
            Reason::LeadsDisabled,
            "leads are switched off for the tenant or the team",
        ));
    }
    lead.stage_id = keep_or_first_stage(config, given.stage_id.flatten(), team_id);
    Ok(())
}

/// A record without title, name, company, address or number can be found by nobody.
fn must_say_something(given: &LeadPatch) -> Result<(), Refusal> {
    let telling = [
        &given.title,
        &given.contact_name,
        &given.company_name,
        &given.email,
        &given.phone,
    ];
    if telling.into_iter().flatten().any(|text| !text.trim().is_empty()) {
        return Ok(());
    }
    Err(Refusal::field(
        "title",
        "must not be empty when contact name, company name, e-mail and phone are empty too",
    ))
}
