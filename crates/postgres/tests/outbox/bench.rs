//! A database with a store that writes and an outbox that reads what it left.

use opportune_application::ports::{Committed, Needs, Outbound, OutboxRow, Store};
use opportune_domain::access::Caller;
use opportune_domain::conversion::{
    Conversion, ConversionMode, ConversionState, ConvertCommand, CustomerChoice, DuplicatePolicy, SurvivorRule,
};
use opportune_domain::event::EventBody;
use opportune_domain::ids::{BatchId, ConversionId, LeadId, TenantId};
use opportune_domain::lead::Lead;
use opportune_domain::refusal::{Reason, Refusal};
use opportune_domain::world::{JobNote, World};
use opportune_postgres::{Database, PgOutbox, PgStore};
use opportune_testkit::{TestDatabase, ids, lead, moment, new_id, new_tenant, steps, write};

pub struct Bench {
    pub store: PgStore,
    pub outbox: PgOutbox,
    pub database: Database,
    pub tenant: TenantId,
    // Last: connections end before their database.
    pub db: TestDatabase,
}

impl Bench {
    pub async fn new() -> Self {
        let db = TestDatabase::new().await.unwrap();
        let database = db.open().unwrap();
        Self {
            store: PgStore::new(&database, ids()),
            outbox: PgOutbox::new(&database),
            database,
            tenant: new_tenant(),
            db,
        }
    }

    pub async fn write(&self, decide: impl FnMut(&mut World) + Send) -> Committed {
        write(&self.store, self.tenant, decide).await.unwrap()
    }

    /// Stores a live conversion and, in the outbox, its job.
    pub async fn convert(&self, batch: Option<BatchId>) -> ConversionId {
        let one = conversion(batch);
        let id = one.id;
        self.write(|world| {
            if let Some(batch) = batch {
                world.put_batch(opportune_testkit::batch(batch, world.now));
            }
            world.put_conversion(one.clone());
            world.changes.jobs.push(JobNote {
                conversion: id,
                bulk: batch.is_some(),
                not_before: None,
                traceparent: "trace".to_owned(),
            });
        })
        .await;
        id
    }

    /// A conversion gets into another state, and is sent again if `send`.
    pub async fn change(&self, id: ConversionId, state: ConversionState, send: bool) {
        let needs = |_: &World| Needs {
            conversions: [id].into(),
            ..Needs::default()
        };
        let mut work = steps(needs, |world: &mut World| {
            let mut one = world.conversions[&id].clone();
            one.state = state.clone();
            world.put_conversion(one);
            if send {
                world.changes.jobs.push(JobNote {
                    conversion: id,
                    bulk: false,
                    not_before: None,
                    traceparent: String::new(),
                });
            }
        });
        self.store.work(self.tenant, &mut work).await.unwrap();
    }

    /// An event about a record.
    pub async fn emit(&self, about: &Lead, sequence: i64) -> Committed {
        self.write(|world| {
            let body = EventBody::LeadUpdated {
                lead: Box::new(about.clone()),
            };
            world.emit(&mut ids(), sequence, body, "");
        })
        .await
    }

    /// The process that wrote everything so far dies before it has published anything.
    pub async fn die(&self) {
        self.db
            .run("UPDATE outbox SET lease_until = '-infinity'")
            .await
            .unwrap();
    }

    /// Everything so far was published, and then lost by the broker.
    pub async fn lose(&self) {
        self.db.run("DELETE FROM outbox").await.unwrap();
    }

    /// Everything unfinished was sent so many seconds earlier.
    pub async fn pass(&self, seconds: i64) {
        let mut owner = self.db.owner().await.unwrap();
        let earlier = "UPDATE conversions SET sent_time = sent_time - make_interval(secs => $1) WHERE state = 'queued'";
        sqlx::query(earlier)
            .bind(f64::from(i32::try_from(seconds).unwrap()))
            .execute(&mut owner)
            .await
            .unwrap();
    }
}

pub fn conversion(batch_id: Option<BatchId>) -> Conversion {
    let lead_id = LeadId(new_id());
    Conversion {
        id: ConversionId(new_id()),
        lead_id,
        batch_id,
        request_id: None,
        command: ConvertCommand {
            lead_id,
            etag: None,
            expected_plan_digest: None,
            mode: ConversionMode::Convert,
            merge_lead_ids: Vec::new(),
            survivor_rule: SurvivorRule::EarliestCreated,
            on_duplicates: DuplicatePolicy::Ignore,
            customer: CustomerChoice::MatchOrCreate,
            salesperson_id: None,
            team_id: None,
            force_assignment: false,
            caller: Caller::default(),
        },
        state: ConversionState::Queued,
        attempt: 0,
        traceparent: "trace".to_owned(),
        create_time: moment(0),
        start_time: None,
        end_time: None,
        revert_deadline: None,
    }
}

pub fn failed() -> ConversionState {
    ConversionState::Failed {
        error: Box::new(Refusal::new(Reason::LeadWon, "it is won")),
    }
}

pub fn a_lead() -> Lead {
    lead("Ann Lee", moment(0))
}

/// The conversions of job rows, and whether each row is for the bulk queue.
pub fn jobs(rows: &[OutboxRow]) -> Vec<(bool, Vec<ConversionId>)> {
    rows.iter()
        .filter_map(|row| match &row.message {
            Outbound::Jobs { bulk, conversions, .. } => Some((*bulk, conversions.clone())),
            Outbound::Event(_) => None,
        })
        .collect()
}

/// The sequences of event rows.
pub fn sequences(rows: &[OutboxRow]) -> Vec<i64> {
    rows.iter()
        .filter_map(|row| match &row.message {
            Outbound::Event(event) => Some(event.sequence),
            Outbound::Jobs { .. } => None,
        })
        .collect()
}

pub fn ids_of(rows: &[OutboxRow]) -> Vec<i64> {
    rows.iter().map(|row| row.id).collect()
}
