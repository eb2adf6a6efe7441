//! The part of a round of loading that is about batches.

use super::order::Class;
use super::session::Session;
use crate::error::DbError;
use crate::load;
use opportune_application::ports::Needs;
use uuid::Uuid;

impl Session<'_> {
    /// Batches, locked; then the next part of some, and items for errands.
    pub(super) async fn load_batches(&mut self, new: &Needs) -> Result<(), DbError> {
        if let Some(last) = new.batches.last() {
            let ids: Vec<Uuid> = new.batches.iter().map(|id| id.0).collect();
            let batches = load::batches(&mut self.tx, self.tenant, &ids, self.locking).await?;
            self.order.hold((Class::Batches, last.0.as_u128()));
            let batches = batches.into_iter().map(|batch| (batch.id, batch));
            self.world.batches.extend(batches);
        }
        for batch in &new.parts_of {
            if let Some(part) = load::next_part(&mut self.tx, self.tenant, *batch).await? {
                self.world.parts.insert(*batch, part);
            }
        }
        for pick in &new.picks {
            let picked = load::pick(&mut self.tx, self.tenant, *pick).await?;
            let ids: Vec<Uuid> = picked.iter().map(|(id, _)| id.0).collect();
            let conversions = load::conversions(&mut self.tx, self.tenant, &ids, false).await?;
            self.world.picked.extend(picked);
            let conversions = conversions.into_iter().map(|conversion| (conversion.id, conversion));
            self.world.conversions.extend(conversions);
        }
        Ok(())
    }

    /// Items by their records. After the locks of leads: what another item did to them has been committed.
    pub(super) async fn load_items(&mut self, new: &Needs) -> Result<(), DbError> {
        if new.items.is_empty() {
            return Ok(());
        }
        let (batches, leads): (Vec<Uuid>, Vec<Uuid>) = new.items.iter().map(|(batch, lead)| (batch.0, lead.0)).unzip();
        let items = load::items(&mut self.tx, self.tenant, &batches, &leads).await?;
        self.world.items.extend(items);
        Ok(())
    }
}
