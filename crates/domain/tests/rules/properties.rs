//! What holds for every small town: random leads, customers and commands.

use crate::support::*;
use crate::worlds::*;
use opportune_domain::conversion::{ConversionMode, ConversionState, accept};
use opportune_domain::event::EventBody;
use opportune_domain::lead::{Lead, LeadStatus};
use opportune_domain::touched::touched;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Fields of the record that a conversion may write (rules 4.2, 4.3, 5.6).
const WRITTEN: &[&str] = &[
    "type",
    "convert_time",
    "customer_id",
    "salesperson_id",
    "team_id",
    "assign_time",
    "stage_id",
    "contact_name",
    "company_name",
    "email",
    "phone",
    "job_title",
    "website",
    "language",
    "address",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_execution_does_what_a_preview_in_the_same_world_said(mut town in town(), command in command()) {
        let preview = town.decide(&command);
        let again = town.decide(&command);
        prop_assert_eq!(preview.as_ref().map(|one| &one.plan), again.as_ref().map(|one| &one.plan));
        match (preview, town.convert(command).state) {
            (Ok(preview), ConversionState::Succeeded { plan, .. }) => prop_assert_eq!(preview.plan.digest, plan.digest),
            (Err(refusal), ConversionState::Failed { error }) => prop_assert_eq!(refusal, *error),
            (preview, state) => prop_assert!(false, "previewed {:?}, ended {:?}", preview, state),
        }
    }

    #[test]
    fn settling_again_changes_nothing(mut town in town(), command in command()) {
        let id = town.queue(command);
        town.settle(id);
        let (leads, customers) = (town.world.leads.clone(), town.world.customers.clone());
        let (conversion, events) = (town.world.conversions[&id].clone(), town.world.changes.events.len());
        town.settle(id);
        prop_assert_eq!(leads, town.world.leads);
        prop_assert_eq!(customers, town.world.customers);
        prop_assert_eq!(&conversion, &town.world.conversions[&id]);
        prop_assert_eq!(events, town.world.changes.events.len());
    }

    #[test]
    fn a_micro_batch_ends_as_if_its_jobs_had_run_one_after_another(
        mut together in town(), commands in vec(command(), 1..6),
    ) {
        let ids: Vec<_> = commands.into_iter().map(|command| together.queue(command)).collect();
        let mut apart = together.reload();
        for id in ids {
            together.settle(id);
            apart.settle(id);
            apart = apart.reload();
        }
        prop_assert_eq!(&together.world.conversions, &apart.world.conversions);
        prop_assert_eq!(&together.world.leads, &apart.world.leads);
        prop_assert_eq!(&together.world.customers, &apart.world.customers);
    }

    #[test]
    fn each_success_has_one_event_one_more_version_and_touches_nothing_else(
        mut town in town(), commands in vec(command(), 1..6),
    ) {
        for command in commands {
            prop_assume!(command.mode != ConversionMode::MergeOnly);
            let before = town.world.leads.clone();
            let customers = town.world.customers.clone();
            let events = town.world.changes.events.len();
            let conversion = town.convert(command);
            let new = &town.world.changes.events[events..];
            let created = new.iter().filter(|event| matches!(event.body, EventBody::OpportunityCreated { .. })).count();
            let grown = new.iter().filter(|event| matches!(event.body, EventBody::OpportunityMerged { .. })).count();
            let outcome = match &conversion.state {
                ConversionState::Succeeded { outcome, .. } => Some(outcome),
                _ => None,
            };
            prop_assert_eq!(created + grown, usize::from(outcome.is_some()));
            let (opportunity, absorbed) = outcome.map_or((None, &[][..]), |outcome| {
                (Some(outcome.opportunity_id), &outcome.merged_lead_ids)
            });
            for (id, lead) in &before {
                let after = town.at(*id);
                let fields = touched(lead, after);
                if absorbed.contains(id) {
                    prop_assert_eq!(fields.keys().collect::<Vec<_>>(), ["status", "survivor_id"]);
                } else if Some(*id) != opportunity {
                    prop_assert_eq!(lead, after);
                    continue;
                } else if absorbed.is_empty() {
                    for field in fields.keys() {
                        prop_assert!(WRITTEN.contains(&field.as_str()), "{} was written", field);
                    }
                }
                prop_assert_eq!(after.version, lead.version + 1);
            }
            for (id, customer) in &customers {
                prop_assert_eq!(customer, &town.world.customers[id]);
            }
        }
    }

    #[test]
    fn what_is_refused_at_the_call_is_refused_by_the_worker(town in town(), command in command()) {
        if let Err(refusal) = accept(&town.world, &command) {
            prop_assert_eq!(refusal, town.refused(&command));
        }
    }

    #[test]
    fn finding_has_no_direction(town in town()) {
        let mut scores = BTreeMap::new();
        let open = town.world.leads.values().filter(|lead| lead.status != LeadStatus::Merged);
        for lead in open {
            for found in town.found(lead.id).matches {
                scores.insert((lead.id, found.lead_id), (found.score.to_bits(), found.strength));
            }
        }
        for ((a, b), there) in &scores {
            let back = scores.get(&(*b, *a));
            prop_assert!(Some(there) == back, "{:?} and {:?}", town.at(*a), town.at(*b));
        }
    }

    #[test]
    fn a_shared_value_more_never_scores_less(a in contact(), b in contact(), which in 0..6_usize) {
        let scored = |shared: Option<&str>| {
            let mut town = Town::new();
            let both = |lead: &mut Lead, contact: &Contact| {
                fill_lead(lead, contact.clone());
                // The name decides how much a shared mailbox says, so it stays what it is.
                let name = if lead.contact_name.is_empty() { "Kim Snow" } else { &lead.contact_name };
                lead.contact_name = name.to_owned();
                if which == 5 {
                    // A mailbox that shows the other side's name speaks for that name.
                    lead.email.clear();
                }
                let Some(value) = shared else { return };
                match which {
                    0 => lead.email = format!("{}, {value}@fjord.example", lead.email),
                    1 => lead.email = format!("{}, info@fjord.example", lead.email),
                    2 => lead.website = "https://fjord.example".to_owned(),
                    3 => lead.phone = "+32456001122".to_owned(),
                    4 => lead.company_name = "Fjord Lines".to_owned(),
                    _ => lead.contact_name = "Noor Dahl".to_owned(),
                }
            };
            let (a, b) = (town.lead(100, |lead| both(lead, &a)), town.lead(101, |lead| both(lead, &b)));
            town.matched(a, b).map_or(0.0, |found| found.score)
        };
        // Replacing a value that speaks for something already is no more evidence.
        let empty = match which {
            2 => a.4.is_empty() && b.4.is_empty(),
            3 => a.3.is_empty() && b.3.is_empty(),
            4 => a.1.is_empty() && b.1.is_empty(),
            5 => (a.0 == "Lou Reyes") != (b.0 == "Lou Reyes"),
            _ => true,
        };
        prop_assume!(empty);
        prop_assert!(scored(Some("noor")) >= scored(None));
    }
}
