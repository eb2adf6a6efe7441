//! A database with a store and reads, and what tests do with them.

use opportune_application::ports::{LeadFilter, LeadOrder, Page, PageAfter, Reads, SortKey};
use opportune_domain::access::{Caller, Role};
use opportune_domain::ids::TenantId;
use opportune_domain::lead::Lead;
use opportune_domain::world::World;
use opportune_postgres::{PgReads, PgStore};
use opportune_testkit::{TestDatabase, ids, new_tenant, write};

/// Newest first.
pub const NEWEST: LeadOrder = LeadOrder {
    by: SortKey::CreateTime,
    descending: true,
};

pub struct Bench {
    pub store: PgStore,
    pub reads: PgReads,
    pub tenant: TenantId,
    // Last: connections end before their database.
    pub db: TestDatabase,
}

impl Bench {
    pub async fn new() -> Self {
        let db = TestDatabase::new().await.unwrap();
        let database = db.open().unwrap();
        let store = PgStore::new(&database, ids());
        let reads = PgReads::new(&database, &store);
        Self {
            store,
            reads,
            tenant: new_tenant(),
            db,
        }
    }

    /// Runs a unit of work that needs to see nothing.
    pub async fn write(&self, decide: impl FnMut(&mut World) + Send) {
        write(&self.store, self.tenant, decide).await.unwrap();
    }

    /// Stores leads as they are.
    pub async fn put(&self, leads: &[Lead]) {
        self.write(|world| {
            for lead in leads {
                world.put_lead(lead.clone());
            }
        })
        .await;
    }

    pub async fn page(
        &self,
        filter: &LeadFilter,
        order: LeadOrder,
        after: Option<&PageAfter>,
        limit: i64,
    ) -> Page<Lead> {
        let page = self.reads.list_leads(self.tenant, filter, order, after, limit).await;
        page.unwrap()
    }

    /// The titles of all pages, one after another.
    pub async fn titles(&self, filter: &LeadFilter, order: LeadOrder, limit: i64) -> Vec<String> {
        let mut titles = Vec::new();
        let mut after = None;
        loop {
            let page = self.page(filter, order, after.as_ref(), limit).await;
            titles.extend(page.items.into_iter().map(|lead| lead.title));
            match page.next {
                Some(next) => after = Some(next),
                None => return titles,
            }
        }
    }

    pub async fn total(&self, filter: &LeadFilter) -> i64 {
        self.reads.total_leads(self.tenant, filter).await.unwrap()
    }
}

/// Everything that a manager sees.
pub fn everything() -> LeadFilter {
    LeadFilter::default()
}

pub fn caller(role: Role, actor: Option<uuid::Uuid>) -> Caller {
    Caller { actor, role }
}
