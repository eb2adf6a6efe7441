//! A tenant's set-up: cached by version, changed by one at a time.

use crate::support::{TestDb, look, new_id, steps, tenant};
use futures_util::future::join_all;
use opportune_application::ports::{Needs, Store};
use opportune_domain::ids::{SalespersonId, StageId, TeamId};
use opportune_domain::tenant::{Salesperson, Stage, Team};
use opportune_domain::world::World;
use opportune_postgres::PgStore;
use std::sync::Arc;

async fn change(store: &PgStore, mut decide: impl FnMut(&mut World) + Send) {
    let needs = |_: &World| Needs {
        config: true,
        ..Needs::default()
    };
    let mut work = steps(needs, |world: &mut World| decide(world));
    store.work(tenant(1), &mut work).await.unwrap();
}

async fn raise_merge_limit(store: &PgStore) {
    change(store, |world| {
        Arc::make_mut(&mut world.config).settings.merge_limit += 1;
        world.changes.settings = true;
    })
    .await;
}

#[tokio::test]
async fn a_process_sees_what_another_one_changed() {
    let db = TestDb::new().await;
    let other = db.another_store();
    let before = look(&other, tenant(1), Needs::default()).await.config;
    raise_merge_limit(&db.store).await;
    let after = look(&other, tenant(1), Needs::default()).await.config;
    assert_eq!(after.settings.merge_limit, before.settings.merge_limit + 1);
    assert_eq!(after.version, before.version + 1);
}

#[tokio::test]
async fn an_unchanged_set_up_is_read_once() {
    let db = TestDb::new().await;
    let first = look(&db.store, tenant(1), Needs::default()).await.config;
    let second = look(&db.store, tenant(1), Needs::default()).await.config;
    assert!(Arc::ptr_eq(&first, &second));
}

#[tokio::test]
async fn changes_at_the_same_moment_lose_nothing() {
    let db = TestDb::new().await;
    let other = db.another_store();
    let before = look(&db.store, tenant(1), Needs::default()).await.config;
    join_all((0..20).map(|number| raise_merge_limit(if number % 2 == 0 { &db.store } else { &other }))).await;
    let after = look(&db.store, tenant(1), Needs::default()).await.config;
    assert_eq!(after.settings.merge_limit, before.settings.merge_limit + 20);
}

#[tokio::test]
async fn stages_teams_and_salespeople_keep_every_field() {
    let db = TestDb::new().await;
    let people = [SalespersonId(new_id()), SalespersonId(new_id())];
    let (team, stage) = (TeamId(new_id()), StageId(new_id()));
    change(&db.store, |world| {
        let now = world.now;
        let config = Arc::make_mut(&mut world.config);
        for (number, id) in people.into_iter().enumerate() {
            let person = Salesperson {
                id,
                name: format!("Person \"{number}\""),
                email: "p@example.com".to_owned(),
                active: number == 0,
                create_time: now,
            };
            config.salespeople.insert(id, person);
        }
        config.teams.push(Team {
            id: team,
            name: "Team".to_owned(),
            sequence: 7,
            use_leads: false,
            use_opportunities: true,
            leader_id: Some(people[0]),
            member_ids: people.to_vec(),
            version: 1,
            create_time: now,
        });
        config.stages.push(Stage {
            id: stage,
            name: "Stage".to_owned(),
            sequence: 9,
            won: false,
            folded: true,
            team_ids: vec![team],
            version: 1,
        });
        world.changes.salespeople.extend(people);
        world.changes.teams.insert(team);
        world.changes.stages.insert(stage);
    })
    .await;
    let mut expected = None;
    change(&db.store, |world| {
        let config = Arc::make_mut(&mut world.config);
        let changed = config.teams.iter_mut().find(|one| one.id == team).unwrap();
        changed.member_ids = vec![people[1]];
        changed.leader_id = None;
        config.salespeople.get_mut(&people[0]).unwrap().active = false;
        world.changes.teams.insert(team);
        world.changes.salespeople.insert(people[0]);
        expected = Some(world.config.clone());
    })
    .await;
    let expected = expected.unwrap();
    let read = look(&db.another_store(), tenant(1), Needs::default()).await.config;
    assert_eq!(read.teams, expected.teams);
    assert_eq!(read.salespeople, expected.salespeople);
    assert_eq!(read.settings, expected.settings);
    assert_eq!(
        read.stages.iter().find(|one| one.id == stage),
        expected.stages.iter().find(|one| one.id == stage)
    );
    assert_eq!(read.version, expected.version + 1);
}
