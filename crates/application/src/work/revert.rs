//! Taking a conversion back (rules 10): inside the call, in one transaction.

use super::request::{self, Claimed};
use crate::call::Call;
use crate::ids::IdSource;
use crate::ports::{Needs, Work};
use opportune_domain::conversion::{Conversion, ConversionState, Undoing, revert, undo};
use opportune_domain::ids::ConversionId;
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::request::RequestClaim;
use opportune_domain::world::World;
use std::collections::BTreeSet;

/// Takes one conversion back.
pub struct RevertConversion {
    /// Who calls.
    pub call: Call,
    /// The call's idempotency key.
    pub claim: Option<RequestClaim>,
    /// Which.
    pub id: ConversionId,
    /// Only say what would be done.
    pub validate_only: bool,
    /// New ids.
    pub ids: IdSource,
    /// The conversion afterwards and what was undone, or why not.
    pub result: Option<Result<(Conversion, Undoing), Refusal>>,
}

impl Work for RevertConversion {
    fn needs(&mut self, world: &World) -> Needs {
        let mut needs = Needs {
            requests: request::wanted(self.claim.as_ref()).collect(),
            conversions: BTreeSet::from([self.id]),
            ..Needs::default()
        };
        let Some(conversion) = world.conversions.get(&self.id) else {
            return needs;
        };
        needs.peek_leads.insert(conversion.lead_id);
        let ConversionState::Succeeded { outcome, .. } = &conversion.state else {
            return needs;
        };
        needs.images.insert(self.id);
        for image in world.images.get(&self.id).into_iter().flatten() {
            needs.leads.insert(image.lead_id);
            // The country of the customer that it had reads its phone number again.
            needs.customers.extend(image.customer_before());
        }
        needs.customers_locked.extend(&outcome.created_customer_ids);
        needs.referrers.extend(&outcome.created_customer_ids);
        needs
    }

    fn decide(&mut self, world: &mut World) {
        self.result = Some(self.revert(world));
    }
}

impl RevertConversion {
    fn revert(&mut self, world: &mut World) -> Result<(Conversion, Undoing), Refusal> {
        let caller = self.call.caller;
        let undoing = match request::look_up(world, self.claim.as_ref())? {
            Claimed::Fresh if !self.validate_only => {
                let undoing = revert(world, self.id, &caller, &mut self.ids)?;
                request::take(world, self.claim.as_ref(), self.id.0);
                undoing
            }
            _ => undo(world, self.id, &caller)?,
        };
        let conversion = world.conversions.get(&self.id).cloned();
        let conversion = conversion.ok_or_else(|| Refusal::not_found(Reason::ConversionNotFound, self.id))?;
        Ok((conversion, undoing))
    }
}
