//! Records and works that several tests use.

use crate::support::{ids, new_id};
use chrono::{DateTime, Utc};
use opportune_application::ports::{Needs, Work};
use opportune_domain::conversion::{
    Conversion, ConversionState, ConvertCommand, CustomerChoice, DuplicatePolicy, customer_needs, settle,
};
use opportune_domain::customer::Customer;
use opportune_domain::ids::{ConversionId, CustomerId, LeadId};
use opportune_domain::lead::{Lead, LeadType};
use opportune_domain::request::RequestClaim;
use opportune_domain::world::{JobNote, World};
use std::collections::BTreeSet;

pub fn lead(title: &str, now: DateTime<Utc>) -> Lead {
    Lead {
        title: title.to_owned(),
        ..Lead::empty(LeadId(new_id()), LeadType::Lead, now)
    }
}

pub fn customer(name: &str, now: DateTime<Utc>) -> Customer {
    Customer::named(CustomerId(new_id()), name, false, now)
}

pub fn command(lead: LeadId, on_duplicates: DuplicatePolicy) -> ConvertCommand {
    ConvertCommand {
        lead_id: lead,
        etag: None,
        expected_plan_digest: None,
        mode: Default::default(),
        merge_lead_ids: Vec::new(),
        survivor_rule: Default::default(),
        on_duplicates,
        customer: CustomerChoice::MatchOrCreate,
        salesperson_id: None,
        team_id: None,
        force_assignment: false,
        caller: Default::default(),
    }
}

pub fn queued(lead: LeadId, now: DateTime<Utc>) -> Conversion {
    Conversion {
        id: ConversionId(new_id()),
        lead_id: lead,
        batch_id: None,
        request_id: None,
        command: command(lead, DuplicatePolicy::Ignore),
        state: ConversionState::Queued,
        attempt: 0,
        traceparent: String::new(),
        create_time: now,
        start_time: None,
        end_time: None,
        revert_deadline: None,
    }
}

pub fn job(conversion: ConversionId) -> JobNote {
    JobNote {
        conversion,
        bulk: false,
        not_before: None,
        traceparent: String::new(),
    }
}

pub fn claim(id: uuid::Uuid) -> RequestClaim {
    RequestClaim {
        id: id.into(),
        rpc: "ConvertLead",
        actor: None,
        fingerprint: [7; 32],
    }
}

/// Settles conversions as a worker does: the conversions, then their leads, then keys and customers.
pub struct Settle(pub BTreeSet<ConversionId>);

impl Settle {
    pub fn one(id: ConversionId) -> Self {
        Self([id].into())
    }
}

impl Work for Settle {
    fn needs(&mut self, world: &World) -> Needs {
        let mut needs = Needs {
            conversions: self.0.clone(),
            ..Needs::default()
        };
        for conversion in world.conversions.values() {
            needs.leads.insert(conversion.lead_id);
            if let Some(lead) = world.leads.get(&conversion.lead_id) {
                let customer = customer_needs(&world.config.settings, lead, &conversion.command);
                needs.customers.extend(customer.ids);
                needs.customer_keys_locked.extend(customer.keys);
            }
        }
        needs
    }

    fn decide(&mut self, world: &mut World) {
        for id in &self.0 {
            settle(world, *id, &mut ids());
        }
    }
}
