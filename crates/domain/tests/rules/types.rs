//! Rules 1: the leads switch and the type of new records.

use crate::support::*;
use opportune_domain::lead::{CreateLead, Lead, LeadPatch, LeadType, create_lead};
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::tenant::{SettingsPatch, update_settings};

fn create(town: &Town, given: LeadPatch) -> Result<Lead, Refusal> {
    let given = LeadPatch {
        title: Some("New inquiry".to_owned()),
        ..given
    };
    create_lead(
        &town.world,
        &CreateLead {
            id: lead_id(900),
            given,
        },
    )
}

#[test]
fn a_new_record_is_a_lead_while_leads_are_on() {
    let lead = create(&Town::new(), LeadPatch::default()).unwrap();
    assert_eq!(lead.kind, LeadType::Lead);
}

#[test]
fn a_new_record_is_an_opportunity_while_leads_are_off() {
    let mut town = Town::new();
    town.config().settings.leads_enabled = false;
    let lead = create(&town, LeadPatch::default()).unwrap();
    assert_eq!(lead.kind, LeadType::Opportunity);
}

#[test]
fn a_team_without_leads_starts_with_opportunities() {
    let mut town = Town::new();
    let team = town.team(20, 1, &[]);
    town.team_mut(team).use_leads = false;
    let given = LeadPatch {
        team_id: Some(Some(team)),
        ..LeadPatch::default()
    };
    assert_eq!(create(&town, given).unwrap().kind, LeadType::Opportunity);
}

#[test]
fn the_team_that_follows_the_salesperson_decides_the_type() {
    let mut town = Town::new();
    let ann = town.salesperson(10);
    let team = town.team(20, 1, &[ann]);
    town.team_mut(team).use_leads = false;
    let given = LeadPatch {
        salesperson_id: Some(Some(ann)),
        ..LeadPatch::default()
    };
    let lead = create(&town, given).unwrap();
    assert_eq!((lead.team_id, lead.kind), (Some(team), LeadType::Opportunity));
}

#[test]
fn an_explicit_opportunity_always_works() {
    let given = LeadPatch {
        kind: Some(LeadType::Opportunity),
        ..LeadPatch::default()
    };
    assert_eq!(create(&Town::new(), given).unwrap().kind, LeadType::Opportunity);
}

#[test]
fn an_explicit_lead_is_refused_while_leads_are_off_for_tenant_or_team() {
    let mut town = Town::new();
    let team = town.team(20, 1, &[]);
    town.team_mut(team).use_leads = false;
    let explicit = LeadPatch {
        kind: Some(LeadType::Lead),
        team_id: Some(Some(team)),
        ..LeadPatch::default()
    };
    assert_eq!(
        create(&town, explicit.clone()).unwrap_err().reason,
        Reason::LeadsDisabled
    );
    town.config().settings.leads_enabled = false;
    let without_team = LeadPatch {
        team_id: None,
        ..explicit
    };
    assert_eq!(create(&town, without_team).unwrap_err().reason, Reason::LeadsDisabled);
}

#[test]
fn leads_that_exist_can_be_converted_after_the_switch_went_off() {
    let mut town = Town::new();
    let lead = town.lead(100, |_| {});
    town.config().settings.leads_enabled = false;
    town.converted(convert(lead));
    assert_eq!(town.at(lead).kind, LeadType::Opportunity);
}

fn switch(town: &Town, leads_enabled: bool) -> Vec<(u128, bool)> {
    let patch = SettingsPatch {
        leads_enabled: Some(leads_enabled),
        ..SettingsPatch::default()
    };
    let (_, teams) = update_settings(&town.world.config, &patch);
    teams.iter().map(|team| (team.id.0.as_u128(), team.use_leads)).collect()
}

#[test]
fn turning_the_switch_sets_or_clears_leads_on_teams_that_use_opportunities() {
    let mut town = Town::new();
    let retail = town.team(20, 1, &[]);
    let desk = town.team(21, 2, &[]);
    town.team_mut(desk).use_opportunities = false;
    assert_eq!(switch(&town, false), [(20, false)]);
    town.config().settings.leads_enabled = false;
    town.team_mut(retail).use_leads = false;
    assert_eq!(switch(&town, true), [(20, true)]);
}

#[test]
fn saving_without_a_turn_of_the_switch_touches_no_team() {
    let mut town = Town::new();
    let team = town.team(20, 1, &[]);
    town.team_mut(team).use_leads = false;
    assert_eq!(switch(&town, true), []);
}

#[test]
fn a_revert_window_below_a_second_is_refused() {
    let patch = SettingsPatch {
        revert_window: Some(std::time::Duration::from_millis(900)),
        ..SettingsPatch::default()
    };
    assert_eq!(patch.check().unwrap_err().violations[0].field, "revert_window");
}

#[test]
fn a_provider_counts_however_it_was_typed_into_the_list() {
    let mut town = Town::new();
    town.config().settings.generic_email_providers = vec![" LocalPost.example".to_owned()];
    let a = town.lead(100, |lead| lead.email = "kim@localpost.example".to_owned());
    let b = town.lead(101, |lead| lead.email = "lou@localpost.example".to_owned());
    assert!(town.matched(a, b).is_none());
}

#[test]
fn every_malformed_field_is_named_at_once() {
    let given = LeadPatch {
        country: Some("Atlantis".to_owned()),
        probability: Some(Some(140.0)),
        priority: Some(9),
        ..LeadPatch::default()
    };
    let refusal = create(&Town::new(), given).unwrap_err();
    let fields: Vec<&str> = refusal.violations.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(refusal.reason, Reason::FieldInvalid);
    assert_eq!(fields, ["country", "priority", "probability"]);
}
