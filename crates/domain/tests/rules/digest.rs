//! Rules 4.6: a preview, and the digest that an execution must meet.

use crate::support::*;
use opportune_domain::conversion::{ConversionState, ConvertCommand, CustomerChoice};
use opportune_domain::lead::Lead;
use opportune_domain::refusal::Reason;

fn ida(lead: &mut Lead) {
    lead.contact_name = "Ida Frost".to_owned();
    lead.company_name = "Fjord Lines".to_owned();
    lead.email = "ida@fjord.example".to_owned();
    lead.stage_id = Some(QUALIFIED);
}

fn town() -> Town {
    let mut town = Town::new();
    town.lead(100, ida);
    town
}

fn digest(town: &Town) -> String {
    town.plan(&convert(lead_id(100))).digest
}

/// The digest after something else happened.
fn digest_after(change: impl FnOnce(&mut Town)) -> String {
    let mut town = town();
    change(&mut town);
    digest(&town)
}

fn change(town: &mut Town, change: impl FnOnce(&mut Lead)) {
    let mut lead = town.at(lead_id(100)).clone();
    change(&mut lead);
    town.lead(100, |one| *one = lead);
}

#[test]
fn a_preview_changes_nothing_and_is_the_same_again_with_other_ids_at_another_time() {
    let mut town = town();
    let first = digest(&town);
    town.ids = town.reload().ids;
    let _ = opportune_domain::ids::NewIds::next(&mut town.ids);
    town.world.now += chrono::TimeDelta::hours(1);
    assert_eq!(digest(&town), first);
    assert!(town.world.changes.leads.is_empty());
}

#[test]
fn an_execution_with_the_previewed_digest_does_it_and_has_that_digest() {
    let mut town = town();
    let expected = digest(&town);
    let command = ConvertCommand {
        expected_plan_digest: Some(expected.clone()),
        ..convert(lead_id(100))
    };
    match town.convert(command).state {
        ConversionState::Succeeded { plan, .. } => assert_eq!(plan.digest, expected),
        other => panic!("{other:?}"),
    }
}

#[test]
fn another_digest_is_refused_and_nothing_is_changed() {
    let mut town = town();
    let command = ConvertCommand {
        expected_plan_digest: Some("0".repeat(64)),
        ..convert(lead_id(100))
    };
    assert_eq!(town.reason(&command), Reason::PlanChanged);
    town.convert(command);
    assert!(town.world.changes.leads.is_empty() && town.world.changes.customers.is_empty());
}

#[test]
fn whatever_would_be_written_differently_changes_the_digest() {
    let before = digest(&town());
    let differs = |what: &str, after: String| assert_ne!(before, after, "{what}");
    differs(
        "company",
        digest_after(|town| change(town, |lead| lead.company_name = "Quarry".to_owned())),
    );
    differs(
        "person",
        digest_after(|town| change(town, |lead| lead.contact_name = "Ida F.".to_owned())),
    );
    differs(
        "job title of the new person",
        digest_after(|town| change(town, |lead| lead.job_title = "Boss".to_owned())),
    );
    differs(
        "customer that appeared",
        digest_after(|town| {
            town.person(50, "Ida Frost", |one| one.email = "ida@fjord.example".to_owned());
        }),
    );
    differs(
        "company that appeared",
        digest_after(|town| {
            town.company(50, "Fjord Lines", |one| {
                one.website = "https://fjord.example".to_owned()
            });
        }),
    );
    let link = |customer| move |town: &Town| town.plan(&convert_with(lead_id(100), customer)).digest;
    differs("no customer", link(CustomerChoice::None)(&town()));
}

#[test]
fn what_the_preview_showed_as_kept_counts_too() {
    let before = digest(&town());
    let stage = digest_after(|town| change(town, |lead| lead.stage_id = Some(PROPOSITION)));
    let person = digest_after(|town| {
        let ann = town.salesperson(10);
        change(town, |lead| lead.salesperson_id = Some(ann));
    });
    let team = digest_after(|town| {
        let north = town.team(20, 1, &[]);
        change(town, |lead| lead.team_id = Some(north));
    });
    assert_ne!(before, stage);
    assert_ne!(before, person);
    assert_ne!(before, team);
}

#[test]
fn a_change_of_what_is_not_written_changes_nothing() {
    let before = digest(&town());
    let noted = digest_after(|town| {
        change(town, |lead| {
            lead.description = "called twice".to_owned();
            lead.priority = 3;
            lead.version = 7;
        });
    });
    let elsewhere = digest_after(|town| {
        town.lead(101, |lead| lead.email = "other@quarry.example".to_owned());
        town.person(50, "Ida Frost", |one| one.email = "ida@quarry.example".to_owned());
    });
    assert_eq!(before, noted);
    assert_eq!(before, elsewhere);
}

#[test]
fn a_filled_field_that_the_customer_changed_meanwhile_changes_the_digest() {
    let with_phone = |phone: &str| {
        let mut town = town();
        let noor = town.person(50, "Noor Dahl", |one| one.phone = phone.to_owned());
        town.plan(&convert_with(lead_id(100), CustomerChoice::Link(noor)))
            .digest
    };
    assert_ne!(with_phone("+12025550101"), with_phone("+12025550102"));
    assert_eq!(with_phone("+12025550101"), with_phone("+12025550101"));
}
