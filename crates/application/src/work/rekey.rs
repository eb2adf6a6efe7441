//! Keys that are made anew, step by step (rules 2.4).

use crate::ports::{Needs, Work};
use opportune_domain::keys::{stored_of_customer, stored_of_lead};
use opportune_domain::rekey::Rekeyed;
use opportune_domain::world::World;
use uuid::Uuid;

/// One step: the next records get the keys that they should have, whatever they had.
pub struct RekeyStep {
    /// Which.
    pub id: Uuid,
    /// How many records have been done; `None` = all of them.
    pub done: Option<i64>,
}

impl Work for RekeyStep {
    fn needs(&mut self, world: &World) -> Needs {
        let mut needs = Needs {
            rekeys: [self.id].into(),
            ..Needs::default()
        };
        if let Some(rekey) = world.rekeys.get(&self.id) {
            needs.customers_locked.extend(rekey.customers());
            needs.leads.extend(rekey.leads());
        }
        needs
    }

    fn decide(&mut self, world: &mut World) {
        self.done = None;
        // Somebody else has done the rest.
        let Some(rekey) = world.rekeys.get(&self.id) else {
            return;
        };
        let reading = world.config.settings.reading();
        let leads = rekey.leads().filter_map(|id| world.leads.get(&id));
        let customers = rekey.customers().filter_map(|id| world.customers.get(&id));
        let rekeyed = Rekeyed {
            leads: leads
                .map(|lead| (lead.id, stored_of_lead(lead, world.customer_country(lead), reading)))
                .collect(),
            customers: customers
                .map(|customer| (customer.id, stored_of_customer(customer, reading)))
                .collect(),
        };
        let after = rekey.after_step();
        self.done = after.as_ref().map(|after| after.done);
        world.changes.rekeyed = rekeyed;
        world.changes.rekey_steps.insert(self.id, after);
    }
}
