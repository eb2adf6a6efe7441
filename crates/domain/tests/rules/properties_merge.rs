//! What holds for every merge, and for every conversion that is taken back.

use crate::support::*;
use crate::worlds::*;
use opportune_domain::conversion::{ConversionState, revert};
use opportune_domain::lead::Lead;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Everything that a record says, field by field as text.
fn said(lead: &Lead) -> Vec<(&'static str, String)> {
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let all = [
        ("title", lead.title.clone()),
        ("contact_name", lead.contact_name.clone()),
        ("company_name", lead.company_name.clone()),
        ("email", lead.email.clone()),
        ("phone", lead.phone.clone()),
        ("website", lead.website.clone()),
        ("address", lead.address.one_line()),
        ("salesperson_id", id(lead.salesperson_id.map(Into::into))),
        ("team_id", id(lead.team_id.map(Into::into))),
        ("customer_id", id(lead.customer_id.map(Into::into))),
    ];
    all.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_value_is_lost_without_being_told(town in town(), command in command()) {
        let Ok(decision) = town.decide(&command) else { return Ok(()) };
        let merged: BTreeMap<_, _> = said(&decision.merged.lead).into_iter().collect();
        for source in std::iter::once(&decision.merged.before).chain(&decision.merged.absorbed) {
            for (field, value) in said(source) {
                let carried = merged.get(field) == Some(&value);
                let told = decision.plan.not_carried.iter().any(|left| {
                    (left.field.as_str(), &left.value, left.source_lead_id) == (field, &value, source.id)
                });
                prop_assert!(carried || told, "{} {:?} of {}", field, value, source.id);
            }
        }
    }

    #[test]
    fn the_order_in_which_records_are_named_changes_nothing(town in town(), command in command()) {
        let mut turned = command.clone();
        turned.merge_lead_ids.reverse();
        let outcome = |command| town.decide(command).map(|decision| (decision.plan.digest, decision.lead)).ok();
        prop_assert_eq!(outcome(&command), outcome(&turned));
    }

    #[test]
    fn what_is_converted_and_reverted_is_as_it_was(mut town in town(), command in command()) {
        let before = town.world.leads.clone();
        let customers = town.world.customers.clone();
        let conversion = town.convert(command);
        prop_assume!(matches!(conversion.state, ConversionState::Succeeded { .. }));
        let mut town = town.reload_for(&conversion);
        let undoing = revert(&mut town.world, conversion.id, &manager(), &mut town.ids);
        prop_assert!(undoing.is_ok(), "{:?}", undoing);
        for (id, lead) in &before {
            prop_assert_eq!(settled(town.at(*id)), settled(lead));
        }
        prop_assert_eq!(&town.world.customers, &customers);
    }
}
