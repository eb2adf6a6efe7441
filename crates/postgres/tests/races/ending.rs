//! How a race ended: what everybody was answered, and the records afterwards, without ids and times.

use crate::arena::Scene;
use crate::racer::Answer;
use opportune_application::ports::Needs;
use opportune_domain::ids::{CustomerId, LeadId};
use opportune_domain::lead::Lead;
use opportune_postgres::PgStore;
use opportune_testkit::look;

/// An ending; two that are equal cannot be told apart by anybody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ending {
    /// One a racer.
    pub answers: Vec<String>,
    /// One a record.
    pub records: Vec<String>,
}

/// Reads how it ended.
pub async fn read(store: &PgStore, scene: &Scene, answers: &[Answer]) -> Ending {
    let needs = Needs {
        peek_leads: scene.leads.iter().copied().collect(),
        ..Needs::default()
    };
    let world = look(store, scene.tenant, needs).await.unwrap();
    let mut customers: Vec<CustomerId> = Vec::new();
    let records = scene
        .leads
        .iter()
        .map(|id| record(scene, &world.leads[id], &mut customers));
    Ending {
        answers: answers.iter().map(|answer| format!("{answer:?}")).collect(),
        records: records.collect(),
    }
}

fn record(scene: &Scene, lead: &Lead, customers: &mut Vec<CustomerId>) -> String {
    let number = |id: &LeadId| scene.leads.iter().position(|other| other == id);
    let customer = lead.customer_id.map(|id| {
        customers.iter().position(|other| *other == id).unwrap_or_else(|| {
            customers.push(id);
            customers.len() - 1
        })
    });
    let mut absorbed: Vec<_> = lead.merged_lead_ids.iter().map(number).collect();
    absorbed.sort();
    format!(
        "{:?} {:?} into {:?} of {absorbed:?}, customer {customer:?}, converted {}, {:?} {:?} {:?} {:?} {:?} {:?}",
        lead.kind,
        lead.status,
        lead.survivor_id.as_ref().map(number),
        lead.convert_time.is_some(),
        lead.title,
        lead.contact_name,
        lead.email,
        lead.phone,
        lead.lost_reason,
        lead.probability,
    )
}
