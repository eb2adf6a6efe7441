//! Keys of records that are there already are made anew when something reads them in another way (rules 2.1, 2.4).

use crate::builders::{customer, lead};
use crate::support::{TestDb, ids, look, new_id, tenant, write};
use futures_util::future::join;
use opportune_application::Call;
use opportune_application::ports::{Needs, Store};
use opportune_application::rekey::Rekeyer;
use opportune_application::work::{ChangeConfig, ChangeCustomer, ConfigChange, CustomerChange};
use opportune_domain::access::Caller;
use opportune_domain::customer::CustomerPatch;
use opportune_domain::ids::{CustomerId, LeadId};
use opportune_domain::keys::{Key, KeyKind, stored_of_customer, stored_of_lead};
use opportune_domain::lead::Lead;
use opportune_domain::rekey::SLICES;
use opportune_domain::tenant::SettingsPatch;
use opportune_postgres::{PgOutbox, PgStore};
use sqlx::{Executor, Row};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// A store, and the relay that makes keys anew.
pub struct House {
    pub db: TestDb,
    pub rekeyer: Rekeyer,
}

impl House {
    pub async fn new() -> Self {
        let db = TestDb::new().await;
        let database = db.open();
        let rekeyer = Rekeyer {
            store: Arc::new(PgStore::new(&database, ids())),
            outbox: Arc::new(PgOutbox::new(&database)),
        };
        Self { db, rekeyer }
    }

    /// All that waits is done. Returns how many slices there were.
    pub async fn rekey(&self) -> i32 {
        let waiting = self.rekeyer.outbox.rekeys().await.unwrap();
        for (tenant, id) in &waiting {
            self.rekeyer.finish(*tenant, *id, &mut |_| true).await.unwrap();
        }
        i32::try_from(waiting.len()).unwrap()
    }

    async fn set(&self, patch: SettingsPatch) {
        let mut change = ChangeConfig {
            call: call(),
            claim: None,
            etag: None,
            change: ConfigChange::Settings(patch),
            ids: ids(),
            result: None,
        };
        self.db.store.work(tenant(1), &mut change).await.unwrap();
        change.result.unwrap().unwrap();
    }

    async fn live_in(&self, country: &str) {
        self.set(SettingsPatch {
            default_country: Some(country.to_owned()),
            ..SettingsPatch::default()
        })
        .await;
    }

    /// Keys and their records, as they are stored: of leads, of customers.
    async fn stored(&self) -> (BTreeSet<(Uuid, i64)>, BTreeSet<(Uuid, i64)>) {
        let mut owner = self.db.owner().await;
        let mut sets = [BTreeSet::new(), BTreeSet::new()];
        let statements = [
            "SELECT lead_id, key FROM match_keys",
            "SELECT customer_id, key FROM customer_keys",
        ];
        for (statement, set) in statements.into_iter().zip(&mut sets) {
            let rows = owner.fetch_all(statement).await.unwrap();
            set.extend(rows.iter().map(|row| (row.get(0), row.get(1))));
        }
        sets.into()
    }

    /// Every record has the keys that it would get if it were written now, and no other.
    pub async fn keys_are_right(&self) {
        self.db.forms_are_right().await;
        let mut owner = self.db.owner().await;
        let ids = |rows: Vec<sqlx::postgres::PgRow>| rows.iter().map(|row| row.get::<Uuid, _>(0)).collect::<Vec<_>>();
        let leads = ids(owner.fetch_all("SELECT id FROM leads").await.unwrap());
        let customers = ids(owner.fetch_all("SELECT id FROM customers").await.unwrap());
        let needs = Needs {
            peek_leads: leads.into_iter().map(LeadId).collect(),
            customers: customers.into_iter().map(CustomerId).collect(),
            ..Needs::default()
        };
        let world = look(&self.db.store, tenant(1), needs).await;
        let reading = world.config.settings.reading();
        let of_lead = |lead: &Lead| {
            let stored = stored_of_lead(lead, world.customer_country(lead), reading);
            stored
                .keys
                .into_iter()
                .map(|key| (lead.id.0, key.hash))
                .collect::<Vec<_>>()
        };
        let expected: BTreeSet<_> = world.leads.values().flat_map(of_lead).collect();
        let of_customers: BTreeSet<_> = world
            .customers
            .values()
            .flat_map(|one| {
                stored_of_customer(one, reading)
                    .into_iter()
                    .map(|key| (one.id.0, key.hash))
            })
            .collect();
        let (stored, stored_of_customers) = self.stored().await;
        assert_eq!(stored.symmetric_difference(&expected).count(), 0);
        assert_eq!(stored_of_customers.symmetric_difference(&of_customers).count(), 0);
    }
}

fn call() -> Call {
    Call {
        tenant: tenant(1),
        caller: Caller::default(),
        traceparent: String::new(),
    }
}

pub fn local(name: &str, now: chrono::DateTime<chrono::Utc>) -> Lead {
    Lead {
        contact_name: name.to_owned(),
        phone: "02 456 00 11".to_owned(),
        ..lead(name, now)
    }
}

fn phone(number: &str) -> i64 {
    Key::new(KeyKind::Phone, number).hash
}

#[tokio::test]
async fn the_default_country_reads_local_numbers_anew_and_who_has_a_country_stays() {
    let house = House::new().await;
    let (ours, theirs, firm) = (LeadId(new_id()), LeadId(new_id()), CustomerId(new_id()));
    write(&house.db.store, tenant(1), |world| {
        world.put_lead(Lead {
            id: ours,
            ..local("Ours", world.now)
        });
        let mut abroad = local("Theirs", world.now);
        abroad.id = theirs;
        abroad.address.country = "NL".to_owned();
        world.put_lead(abroad);
        let mut customer = customer("Firm", world.now);
        customer.id = firm;
        customer.phone = "02 456 00 11".to_owned();
        world.put_customer(customer);
    })
    .await;
    for (country, number) in [("BE", "+3224560011"), ("IT", "+39024560011")] {
        house.live_in(country).await;
        assert_eq!(house.rekey().await, SLICES);
        house.keys_are_right().await;
        let (leads, customers) = house.stored().await;
        assert!(leads.contains(&(ours.0, phone(number))), "{country}");
        assert!(customers.contains(&(firm.0, phone(number))), "{country}");
        assert!(!leads.contains(&(theirs.0, phone(number))), "{country}");
    }
    assert_eq!(house.rekey().await, 0, "it is done once");
}

#[tokio::test]
async fn a_customers_country_reads_its_leads_numbers_anew() {
    let house = House::new().await;
    let (own, firm) = (LeadId(new_id()), CustomerId(new_id()));
    write(&house.db.store, tenant(1), |world| {
        let mut customer = customer("Firm", world.now);
        customer.id = firm;
        world.put_customer(customer);
        world.put_lead(Lead {
            id: own,
            customer_id: Some(firm),
            ..local("Own", world.now)
        });
        world.put_lead(local("Stranger", world.now));
    })
    .await;
    let given = CustomerPatch {
        country: Some("BE".to_owned()),
        ..CustomerPatch::default()
    };
    let mut change = ChangeCustomer {
        call: call(),
        change: CustomerChange::Update(firm, None),
        given,
        ids: ids(),
        result: None,
    };
    house.db.store.work(tenant(1), &mut change).await.unwrap();
    change.result.unwrap().unwrap().unwrap();
    assert_eq!(house.rekey().await, 1);
    house.keys_are_right().await;
    let with_number: Vec<Uuid> = house
        .stored()
        .await
        .0
        .into_iter()
        .filter_map(|(id, key)| (key == phone("+3224560011")).then_some(id))
        .collect();
    assert_eq!(with_number, [own.0]);
}

#[tokio::test]
async fn an_address_that_became_a_placeholder_gives_no_key_any_more() {
    let house = House::new().await;
    write(&house.db.store, tenant(1), |world| {
        world.put_lead(Lead {
            email: "nobody@acme.example".to_owned(),
            ..lead("Nobody", world.now)
        });
    })
    .await;
    let has_key = async |house: &House| {
        let key = Key::new(KeyKind::Email, "nobody@acme.example").hash;
        house.stored().await.0.iter().any(|(_, stored)| *stored == key)
    };
    assert!(has_key(&house).await);
    house
        .set(SettingsPatch {
            placeholder_emails: Some(vec!["Nobody@".to_owned()]),
            ..SettingsPatch::default()
        })
        .await;
    assert_eq!(house.rekey().await, SLICES);
    assert!(!has_key(&house).await);
    house.keys_are_right().await;
}

/// Writers that know the old country while it changes, and while keys are made anew: whatever the order, the keys are
/// those of the last country.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_that_read_in_the_old_way_leave_no_old_key_behind() {
    let house = House::new().await;
    let known = LeadId(new_id());
    write(&house.db.store, tenant(1), |world| {
        world.put_lead(Lead {
            id: known,
            ..local("Known", world.now)
        });
    })
    .await;
    let elsewhere = house.db.another_store();
    for round in 0..200 {
        let country = ["BE", "IT", "NL"][round % 3];
        let writing = async {
            let mut rename = opportune_testkit::steps(
                |_: &_| Needs {
                    leads: [known].into(),
                    ..Needs::default()
                },
                |world: &mut opportune_domain::world::World| {
                    let mut lead = world.leads[&known].clone();
                    lead.contact_name = format!("Known {round}");
                    lead.phone = format!("02 456 00 {:02}", round % 100);
                    world.put_lead(lead);
                    world.put_lead(local(&format!("New {round}"), world.now));
                },
            );
            elsewhere.work(tenant(1), &mut rename).await.unwrap();
        };
        let changing = async {
            house.live_in(country).await;
            house.rekey().await;
        };
        join(writing, changing).await;
    }
    house.keys_are_right().await;
}

/// A record that is being written while the country changes: keys are made anew when it is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_that_began_before_is_waited_for() {
    let house = House::new().await;
    let elsewhere = house.db.another_store();
    let (began, begun) = std::sync::mpsc::channel();
    let (go, may_go) = std::sync::mpsc::channel::<()>();
    let writing = tokio::task::spawn_blocking(move || {
        let mut slow = opportune_testkit::steps(
            |_: &_| Needs::default(),
            move |world: &mut opportune_domain::world::World| {
                began.send(()).unwrap();
                may_go.recv().unwrap();
                world.put_lead(local("Slow", world.now));
            },
        );
        let runtime = tokio::runtime::Handle::current();
        runtime.block_on(elsewhere.work(tenant(1), &mut slow)).unwrap();
    });
    tokio::task::spawn_blocking(move || begun.recv().unwrap())
        .await
        .unwrap();
    house.live_in("BE").await;
    let mut rekeying = std::pin::pin!(house.rekey());
    // It is waiting, or has not waited and is done.
    let stands = async {
        while house
            .db
            .number("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
            .await
            == 0
        {}
    };
    tokio::select! {
        _ = &mut rekeying => panic!("the writer was not waited for"),
        () = stands => {}
    }
    go.send(()).unwrap();
    writing.await.unwrap();
    assert_eq!(rekeying.await, SLICES);
    house.keys_are_right().await;
    assert!(
        house
            .stored()
            .await
            .0
            .iter()
            .any(|(_, key)| *key == phone("+3224560011"))
    );
}
