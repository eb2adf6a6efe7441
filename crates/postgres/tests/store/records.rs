//! What is written is what is read.

use crate::builders::{customer, lead};
use crate::support::{TestDb, look, moment, new_id, steps, tenant, write};
use opportune_application::ports::{Needs, Store};
use opportune_domain::address::Address;
use opportune_domain::customer::Customer;
use opportune_domain::ids::{CustomerId, LeadId, SalespersonId, TeamId, TimelineEntryId};
use opportune_domain::keys::{Key, KeyKind};
use opportune_domain::lead::{Lead, LeadStatus, LeadType};
use opportune_domain::money::Money;
use opportune_domain::tenant::{Salesperson, Team};
use opportune_domain::timeline::{TimelineEntry, TimelineKind};
use opportune_domain::world::World;
use serde_json::json;
use std::sync::Arc;

fn text(name: &str) -> String {
    format!("{name}: \"quoted\", {{braced}}, back\\slash, ünïcode, NULL")
}

fn address(name: &str) -> Address {
    Address {
        street: text(&format!("{name} street")),
        street2: text(&format!("{name} street2")),
        city: text(&format!("{name} city")),
        state: text(&format!("{name} state")),
        postal_code: text(&format!("{name} code")),
        country: "NL".to_owned(),
    }
}

fn full_customer(world: &World, salesperson: SalespersonId, parent: CustomerId) -> Customer {
    Customer {
        id: CustomerId(new_id()),
        name: text("name"),
        is_company: true,
        parent_id: Some(parent),
        email: "\"A, B\" <a@example.com>; b@example.org".to_owned(),
        phone: "+31 20 624 1111".to_owned(),
        job_title: text("job"),
        website: "https://www.example.com/x".to_owned(),
        language: "pt-BR".to_owned(),
        address: address("customer"),
        description: text("description"),
        tags: vec![text("tag"), "NULL".to_owned(), String::new()],
        salesperson_id: Some(salesperson),
        external_id: text("customer id"),
        version: 1,
        create_time: moment(5),
        update_time: world.now,
    }
}

fn full_lead(world: &World, salesperson: SalespersonId, team: TeamId, customer: CustomerId) -> Lead {
    Lead {
        id: LeadId(new_id()),
        kind: LeadType::Opportunity,
        status: LeadStatus::Won,
        title: text("title"),
        contact_name: text("contact"),
        company_name: text("company"),
        email: "a@example.com, b@example.com".to_owned(),
        phone: "020 624 1111".to_owned(),
        job_title: text("job"),
        website: "example.com".to_owned(),
        language: "nl".to_owned(),
        address: address("lead"),
        description: text("description"),
        tags: vec![text("one"), text("two")],
        priority: 3,
        source: text("source"),
        medium: text("medium"),
        campaign: text("campaign"),
        referred_by: text("referred"),
        expected_revenue: Some(Money {
            currency: "EUR".to_owned(),
            amount: "-12345678901234.123456789".parse().unwrap(),
        }),
        probability: Some(33.25),
        earlier_probability: Some(12.5),
        stage_id: world.config.stages.first().map(|stage| stage.id),
        salesperson_id: Some(salesperson),
        team_id: Some(team),
        customer_id: Some(customer),
        lost_reason: text("lost"),
        custom_fields: json!({"a": 1, "b": [true, null, 1.5], "ü\"": {"deep": "x\\y"}})
            .as_object()
            .unwrap()
            .clone(),
        external_id: text("id"),
        survivor_id: Some(LeadId(new_id())),
        merged_lead_ids: vec![LeadId(new_id()), LeadId(new_id())],
        version: 1,
        create_time: moment(1),
        update_time: world.now,
        convert_time: Some(moment(2)),
        assign_time: Some(moment(3)),
        close_time: Some(moment(4)),
        expected_close_date: chrono::NaiveDate::from_ymd_opt(2027, 2, 28),
    }
}

/// One salesperson and one team.
async fn staff(db: &TestDb) -> (SalespersonId, TeamId) {
    let (person, team) = (SalespersonId(new_id()), TeamId(new_id()));
    let needs = |_: &World| Needs {
        config: true,
        ..Needs::default()
    };
    let mut hire = steps(needs, |world: &mut World| {
        let config = Arc::make_mut(&mut world.config);
        let salesperson = Salesperson {
            id: person,
            name: "Sam".to_owned(),
            email: String::new(),
            active: true,
            create_time: world.now,
        };
        config.salespeople.insert(person, salesperson);
        config.teams.push(Team {
            id: team,
            name: "Direct".to_owned(),
            sequence: 1,
            use_leads: true,
            use_opportunities: true,
            leader_id: None,
            member_ids: vec![person],
            version: 1,
            create_time: world.now,
        });
        world.changes.salespeople.insert(person);
        world.changes.teams.insert(team);
    });
    db.store.work(tenant(1), &mut hire).await.unwrap();
    (person, team)
}

#[tokio::test]
async fn leads_and_customers_keep_every_field() {
    let db = TestDb::new().await;
    let (person, team) = staff(&db).await;
    let mut made = None;
    write(&db.store, tenant(1), |world| {
        let parent = world.put_customer(customer("Parent", world.now)).clone();
        let full = world.put_customer(full_customer(world, person, parent.id)).clone();
        let plain = world.put_lead(lead("Plain", world.now)).clone();
        let lead = world.put_lead(full_lead(world, person, team, full.id)).clone();
        made = Some((parent, full, plain, lead));
    })
    .await;
    let (parent, full, plain, lead) = made.unwrap();
    let needs = Needs {
        leads: [plain.id, lead.id].into(),
        customers: [full.id].into(),
        ..Needs::default()
    };
    let world = look(&db.store, tenant(1), needs.clone()).await;
    assert_eq!(world.leads[&lead.id], lead);
    assert_eq!(world.leads[&plain.id], plain);
    assert_eq!(world.customers[&full.id], full);
    assert_eq!(world.customers[&parent.id], parent, "the company above comes along");

    let mut changed = None;
    let mut swap = steps(
        |_: &World| Needs {
            customers_locked: needs.customers.clone(),
            ..needs.clone()
        },
        |world: &mut World| {
            // Full becomes plain and plain becomes full: every column changes.
            let mut emptied = Lead::empty(lead.id, LeadType::Lead, lead.create_time);
            emptied.version = lead.version;
            let filled = Lead {
                id: plain.id,
                create_time: plain.create_time,
                external_id: text("another id"),
                ..full_lead(world, person, team, full.id)
            };
            let mut bare = Customer::named(full.id, "Bare", false, full.create_time);
            bare.version = full.version;
            changed = Some((
                world.put_lead(emptied).clone(),
                world.put_lead(filled).clone(),
                world.put_customer(bare).clone(),
            ));
        },
    );
    db.store.work(tenant(1), &mut swap).await.unwrap();
    drop(swap);
    let (emptied, filled, bare) = changed.unwrap();
    assert_eq!(filled.version, 2);
    let world = look(&db.store, tenant(1), needs).await;
    assert_eq!(world.leads[&emptied.id], emptied);
    assert_eq!(world.leads[&filled.id], filled);
    assert_eq!(world.customers[&bare.id], bare);
}

#[tokio::test]
async fn timeline_entries_are_stored_with_their_lead() {
    let db = TestDb::new().await;
    write(&db.store, tenant(1), |world| {
        let lead = world.put_lead(lead("One", world.now)).id;
        world.changes.timeline.push(TimelineEntry {
            subject: text("subject"),
            body: text("body"),
            author: text("author"),
            ..TimelineEntry::empty(TimelineEntryId(new_id()), lead, TimelineKind::Note, world.now)
        });
    })
    .await;
    let stored = "SELECT count(*) FROM timeline_entries WHERE kind = 'note' AND body LIKE 'body: \"quoted\"%'";
    assert_eq!(db.number(stored).await, 1);
}

fn keys_of(texts: [(KeyKind, &str); 2]) -> Needs {
    Needs {
        open_lead_keys: texts.map(|(kind, text)| Key::new(kind, text)).into(),
        ..Needs::default()
    }
}

#[tokio::test]
async fn a_changed_lead_is_found_by_its_new_keys_and_no_more_by_its_old_ones() {
    let db = TestDb::new().await;
    let mut id = None;
    write(&db.store, tenant(1), |world| {
        let mut one = lead("One", world.now);
        one.email = "old@example.com".to_owned();
        id = Some(world.put_lead(one).id);
    })
    .await;
    let id = id.unwrap();
    let mut change = steps(
        |_: &World| Needs {
            leads: [id].into(),
            ..Needs::default()
        },
        |world: &mut World| {
            let mut one = world.leads[&id].clone();
            one.email = "new@example.com".to_owned();
            world.put_lead(one);
        },
    );
    db.store.work(tenant(1), &mut change).await.unwrap();
    let addresses = [(KeyKind::Email, "old@example.com"), (KeyKind::Email, "new@example.com")];
    let world = look(&db.store, tenant(1), keys_of(addresses)).await;
    let [old, new] = addresses.map(|(kind, text)| world.lead_hits.has(Key::new(kind, text), id));
    assert!(!old && new);
}

#[tokio::test]
async fn a_new_customer_changes_how_a_local_phone_number_is_read() {
    let db = TestDb::new().await;
    let mut made = None;
    write(&db.store, tenant(1), |world| {
        let mut dutch = customer("Dutch", world.now);
        dutch.address.country = "NL".to_owned();
        let mut belgian = customer("Belgian", world.now);
        belgian.address.country = "BE".to_owned();
        let mut one = lead("One", world.now);
        one.phone = "020 624 11 11".to_owned();
        one.customer_id = Some(dutch.id);
        let customers = [dutch, belgian].map(|customer| world.put_customer(customer).id);
        made = Some((world.put_lead(one).id, customers));
    })
    .await;
    let (id, [dutch, belgian]) = made.unwrap();
    let numbers = [(KeyKind::Phone, "+31206241111"), (KeyKind::Phone, "+3220624111")];
    let world = look(&db.store, tenant(1), keys_of(numbers)).await;
    assert!(world.lead_hits.has(Key::new(KeyKind::Phone, "+31206241111"), id));

    // The customer that it has comes with the lead.
    let mut relink = steps(
        |_: &World| Needs {
            leads: [id].into(),
            customers: [belgian].into(),
            ..Needs::default()
        },
        |world: &mut World| {
            let mut one = world.leads[&id].clone();
            one.customer_id = Some(belgian);
            world.put_lead(one);
        },
    );
    db.store.work(tenant(1), &mut relink).await.unwrap();
    let needs = Needs {
        open_lead_keys: [
            Key::new(KeyKind::Phone, "+31206241111"),
            Key::of_customer(dutch),
            Key::of_customer(belgian),
        ]
        .into(),
        ..Needs::default()
    };
    let world = look(&db.store, tenant(1), needs).await;
    assert!(!world.lead_hits.has(Key::new(KeyKind::Phone, "+31206241111"), id));
    assert!(!world.lead_hits.has(Key::of_customer(dutch), id));
    assert!(world.lead_hits.has(Key::of_customer(belgian), id));
}
