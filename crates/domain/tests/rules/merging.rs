//! Rules 7.1 to 7.3 and 7.7 to 7.9: which records are merged, who survives, and what the others become.

use crate::support::*;
use opportune_domain::conversion::{
    ConversionMode, ConvertCommand, CustomerAction, CustomerChoice, DuplicatePolicy, SurvivorRule, accept,
};
use opportune_domain::ids::LeadId;
use opportune_domain::lead::{Lead, LeadStatus, LeadType};
use opportune_domain::refusal::Reason;

/// Merges these without converting them.
fn merge_only(leads: &[LeadId]) -> ConvertCommand {
    ConvertCommand {
        mode: ConversionMode::MergeOnly,
        merge_lead_ids: leads[1..].to_vec(),
        ..convert_anyway(leads[0])
    }
}

/// Merges this one with its duplicates, or with those that are named, and converts it.
fn merge_and_convert(lead: LeadId, others: &[LeadId]) -> ConvertCommand {
    ConvertCommand {
        mode: ConversionMode::Merge,
        merge_lead_ids: others.to_vec(),
        ..convert(lead)
    }
}

fn kim(lead: &mut Lead) {
    lead.email = "kim@harbor.example".to_owned();
}

fn topics(town: &Town) -> Vec<&'static str> {
    let events = town.world.changes.events.iter();
    events.map(|event| event.body.topic()).collect()
}

#[test]
fn the_earliest_survives_and_the_others_become_its_tombstones() {
    let mut town = Town::new();
    let first = town.lead(100, |_| {});
    let second = town.lead(101, |lead| lead.description = "kept".to_owned());
    let third = town.lead(102, |_| {});
    let outcome = town.converted(merge_only(&[third, first, second]));
    assert_eq!(
        (outcome.opportunity_id, outcome.merged_lead_ids),
        (first, vec![second, third])
    );
    assert_eq!(town.at(first).merged_lead_ids, [second, third]);
    for absorbed in [second, third] {
        let tombstone = town.at(absorbed);
        assert_eq!(
            (tombstone.status, tombstone.survivor_id),
            (LeadStatus::Merged, Some(first))
        );
    }
    assert_eq!(town.at(second).description, "kept");
}

#[test]
fn a_merge_of_leads_stays_a_lead_without_a_customer_and_says_updated() {
    let mut town = Town::new();
    let leads = [100, 101].map(|n| town.lead(n, kim));
    let plan = town.plan(&merge_only(&leads));
    assert_eq!((plan.resulting_type, plan.customer), (LeadType::Lead, None));
    town.converted(merge_only(&leads));
    let survivor = town.at(leads[0]);
    assert_eq!((survivor.kind, survivor.convert_time), (LeadType::Lead, None));
    assert_eq!(topics(&town), ["lead.merged", "lead.updated"]);
}

#[test]
fn a_merge_with_an_opportunity_makes_one_and_one_into_an_opportunity_does_not() {
    let mut town = Town::new();
    let lead = town.lead(100, |_| {});
    let opportunity = town.lead(101, |lead| lead.kind = LeadType::Opportunity);
    town.converted(merge_only(&[lead, opportunity]));
    assert_eq!(town.at(lead).kind, LeadType::Opportunity);
    assert_eq!(town.at(lead).convert_time, Some(now()));
    assert_eq!(topics(&town), ["lead.merged", "opportunity.created"]);

    let mut town = Town::new();
    let opportunity = town.lead(100, |lead| lead.kind = LeadType::Opportunity);
    let lead = town.lead(101, |_| {});
    town.converted(merge_only(&[lead, opportunity]));
    assert_eq!(town.at(opportunity).convert_time, None);
    assert_eq!(topics(&town), ["lead.merged", "opportunity.merged"]);
}

#[test]
fn by_confidence_open_comes_first_then_opportunities_then_stage_then_probability_then_age() {
    let by_confidence = |town: &Town, leads: &[LeadId]| {
        let command = ConvertCommand {
            survivor_rule: SurvivorRule::Confidence,
            ..merge_only(leads)
        };
        town.plan(&command).survivor_id
    };
    let mut town = Town::new();
    let leads = [
        town.lead(100, |lead| {
            lead.status = LeadStatus::Lost;
            lead.kind = LeadType::Opportunity;
        }),
        town.lead(101, |_| {}),
        town.lead(102, |lead| lead.probability = Some(20.0)),
        town.lead(103, |lead| lead.stage_id = Some(QUALIFIED)),
        town.lead(104, |lead| lead.kind = LeadType::Opportunity),
    ];
    for survivor in (1..leads.len()).rev() {
        assert_eq!(by_confidence(&town, &leads[..=survivor]), leads[survivor]);
    }
}

#[test]
fn fewer_than_two_records_are_nothing_to_merge() {
    let mut town = Town::new();
    let lead = town.lead(100, |_| {});
    let tombstone = town.lead(101, |other| {
        other.status = LeadStatus::Merged;
        other.survivor_id = Some(lead);
    });
    for named in [vec![lead], vec![lead, lead], vec![lead, tombstone]] {
        assert_eq!(town.reason(&merge_only(&named)), Reason::NothingToMerge);
        assert_eq!(
            accept(&town.world, &merge_only(&named)).unwrap_err().reason,
            Reason::NothingToMerge
        );
    }
    assert_eq!(town.reason(&merge_and_convert(lead, &[])), Reason::NothingToMerge);
}

#[test]
fn more_records_than_the_limit_are_refused_named_or_found() {
    let mut town = Town::new();
    let leads: Vec<_> = (100..104).map(|n| town.lead(n, kim)).collect();
    town.config().settings.merge_limit = 3;
    for command in [merge_only(&leads), merge_and_convert(leads[0], &[])] {
        assert_eq!(town.reason(&command), Reason::TooManyMergeSources);
    }
    town.config().settings.merge_limit = 4;
    assert_eq!(town.converted(merge_only(&leads)).merged_lead_ids.len(), 3);
}

#[test]
fn a_named_tombstone_means_its_survivor_and_chains_are_remembered() {
    let mut town = Town::new();
    let [z, a, b] = [100, 101, 102].map(|n| town.lead(n, |_| {}));
    town.converted(merge_only(&[a, b]));
    town.converted(merge_only(&[z, b]));
    assert_eq!(town.at(a).survivor_id, Some(z));
    assert_eq!(town.at(b).survivor_id, Some(a));
    assert_eq!(town.at(z).merged_lead_ids, [a, b]);
}

#[test]
fn lost_and_archived_records_are_merged_when_named_and_won_ones_refused() {
    let mut town = Town::new();
    let open = town.lead(100, |_| {});
    let lost = town.lead(101, |lead| lead.status = LeadStatus::Lost);
    let archived = town.lead(102, |lead| lead.status = LeadStatus::Archived);
    let won = town.lead(103, |lead| lead.status = LeadStatus::Won);
    for named in [[open, won], [won, open]] {
        let refusal = town.refused(&merge_only(&named));
        assert_eq!(refusal.reason, Reason::LeadWon);
        assert_eq!(refusal.metadata["lead_id"], won.to_string());
    }
    let outcome = town.converted(merge_and_convert(open, &[lost, archived]));
    assert_eq!(outcome.merged_lead_ids, [lost, archived]);
}

#[test]
fn a_tombstone_without_a_survivor_is_not_absorbed_again() {
    let mut town = Town::new();
    let open = town.lead(100, |_| {});
    for nowhere in [lead_id(101), lead_id(999)] {
        let tombstone = town.lead(101, |lead| {
            lead.status = LeadStatus::Merged;
            lead.survivor_id = Some(nowhere);
        });
        for named in [[open, tombstone], [tombstone, open]] {
            assert_eq!(town.reason(&merge_only(&named)), Reason::LeadMerged);
        }
    }
}

#[test]
fn a_lost_survivor_is_open_again_as_it_was_before() {
    let mut town = Town::new();
    let lost = town.lead(100, |lead| {
        lead.status = LeadStatus::Lost;
        lead.lost_reason = "too dear".to_owned();
        lead.probability = Some(0.0);
        lead.earlier_probability = Some(40.0);
        lead.close_time = Some(earlier(5));
    });
    let open = town.lead(101, |_| {});
    town.converted(merge_only(&[open, lost]));
    let survivor = town.at(lost);
    assert_eq!((survivor.status, survivor.lost_reason.as_str()), (LeadStatus::Open, ""));
    assert_eq!((survivor.probability, survivor.close_time), (Some(40.0), None));
}

#[test]
fn in_mode_merge_the_customer_step_runs_whatever_the_survivor_is() {
    let mut town = Town::new();
    let opportunity = town.lead(100, |lead| {
        lead.kind = LeadType::Opportunity;
        lead.contact_name = "Quinn Ash".to_owned();
    });
    let lead = town.lead(101, |lead| lead.email = "q@harbor.example".to_owned());
    town.converted(merge_and_convert(lead, &[opportunity]));
    let customer = town.customer_of(opportunity);
    assert_eq!(
        (customer.name.as_str(), customer.email.as_str()),
        ("Quinn Ash", "q@harbor.example")
    );
}

#[test]
fn a_customer_that_any_of_them_has_is_kept() {
    let mut town = Town::new();
    let known = town.person(50, "Quinn Ash", |_| {});
    let first = town.lead(100, kim);
    let second = town.lead(101, |lead| lead.customer_id = Some(known));
    let plan = town.plan(&merge_and_convert(first, &[second]));
    assert_eq!(
        (step(&plan).action, step(&plan).customer_id),
        (CustomerAction::Keep, Some(known))
    );
    let unlinked = ConvertCommand {
        customer: CustomerChoice::None,
        ..merge_and_convert(first, &[second])
    };
    assert_eq!(step(&town.plan(&unlinked)).customer_id, None);
}

#[test]
fn the_policy_merge_takes_open_duplicates_and_nothing_else() {
    let mut town = Town::new();
    let lead = town.lead(100, kim);
    let duplicate = town.lead(101, kim);
    town.lead(102, |lead| {
        kim(lead);
        lead.status = LeadStatus::Lost;
    });
    let other = town.lead(103, |lead| lead.email = "lou@quarry.example".to_owned());
    let by_policy = |lead| ConvertCommand {
        on_duplicates: DuplicatePolicy::Merge,
        ..convert(lead)
    };
    assert_eq!(town.converted(by_policy(lead)).merged_lead_ids, [duplicate]);
    assert!(town.converted(by_policy(other)).merged_lead_ids.is_empty());
}

#[test]
fn named_others_are_not_asked_about_the_rest() {
    let mut town = Town::new();
    let leads = [100, 101, 102].map(|n| town.lead(n, kim));
    let outcome = town.converted(merge_and_convert(leads[0], &[leads[2]]));
    assert_eq!(outcome.merged_lead_ids, [leads[2]]);
    assert_eq!(town.at(leads[1]).status, LeadStatus::Open);
    let in_mode_convert = ConvertCommand {
        merge_lead_ids: vec![leads[1]],
        ..convert(leads[0])
    };
    assert_eq!(town.refused(&in_mode_convert).violations[0].field, "merge_lead_ids");
}

#[test]
fn a_record_that_the_caller_may_not_see_stops_a_merge_that_names_it() {
    let mut town = Town::new();
    let (ann, bob) = (town.salesperson(10), town.salesperson(11));
    let mine = town.lead(100, |lead| lead.salesperson_id = Some(bob));
    let hers = town.lead(101, |lead| lead.salesperson_id = Some(ann));
    let command = ConvertCommand {
        caller: own(bob),
        ..merge_only(&[mine, hers])
    };
    assert_eq!(town.reason(&command), Reason::PermissionDenied);
    assert_eq!(town.reason(&merge_only(&[mine, lead_id(999)])), Reason::LeadNotFound);
}

#[test]
fn an_open_opportunity_can_be_merged_and_converted_but_not_converted_alone() {
    let mut town = Town::new();
    let opportunity = town.lead(100, |lead| {
        kim(lead);
        lead.kind = LeadType::Opportunity;
    });
    let lead = town.lead(101, kim);
    assert_eq!(town.reason(&convert_anyway(opportunity)), Reason::LeadAlreadyConverted);
    assert_eq!(
        town.converted(merge_and_convert(opportunity, &[])).merged_lead_ids,
        [lead]
    );
}

#[test]
fn an_expected_digest_holds_what_is_merged_and_what_is_left_behind() {
    let mut town = Town::new();
    let leads = [100, 101].map(|n| {
        town.lead(n, |lead| {
            kim(lead);
            lead.phone = format!("+12025550{n}");
        })
    });
    let digest = town.plan(&merge_and_convert(leads[0], &[])).digest;
    let expecting = ConvertCommand {
        expected_plan_digest: Some(digest),
        ..merge_and_convert(leads[0], &[])
    };
    assert!(town.decide(&expecting).is_ok());
    town.world.leads.get_mut(&leads[1]).unwrap().phone = "+12025550999".to_owned();
    assert_eq!(town.reason(&expecting), Reason::PlanChanged);
}

#[test]
fn timelines_move_to_the_last_survivor_even_within_one_unit_of_work() {
    let mut town = Town::new();
    let [z, a, b] = [100, 101, 102].map(|n| town.lead(n, |_| {}));
    town.converted(merge_only(&[a, b]));
    town.converted(merge_only(&[z, a]));
    let changes = &town.world.changes;
    assert_eq!(changes.timeline_moves, [(a, z), (b, z)].into());
    let notes: Vec<_> = changes
        .timeline
        .iter()
        .map(|entry| (entry.lead_id, entry.origin_lead_id))
        .collect();
    assert_eq!(notes, [(z, a), (z, z)]);
}
