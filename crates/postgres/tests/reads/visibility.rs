//! Who sees what (rules 11), and the filters by people, teams, stages and customers.

use crate::bench::{Bench, NEWEST, caller, everything};
use opportune_application::ports::{LeadFilter, LeadOrder, SortKey};
use opportune_domain::access::Role;
use opportune_domain::ids::{SalespersonId, StageId, TeamId};
use opportune_domain::lead::{Lead, LeadStatus, LeadType};
use opportune_domain::tenant::{Salesperson, Stage, Team, TenantConfig};
use opportune_testkit::{customer, lead, moment, new_id};
use std::sync::Arc;

struct Pipeline {
    bench: Bench,
    ann: SalespersonId,
    bob: SalespersonId,
    team: TeamId,
    stage: StageId,
}

fn salesperson(name: &str) -> Salesperson {
    Salesperson {
        id: SalespersonId(new_id()),
        name: name.to_owned(),
        email: String::new(),
        active: true,
        create_time: moment(0),
    }
}

/// Ann's, Bob's and nobody's records in every status and type, in one team and stage.
async fn pipeline() -> Pipeline {
    let bench = Bench::new().await;
    let (ann, bob) = (salesperson("Ann"), salesperson("Bob"));
    let team = Team {
        id: TeamId(new_id()),
        name: "East".to_owned(),
        sequence: 1,
        use_leads: true,
        use_opportunities: true,
        leader_id: None,
        member_ids: vec![ann.id],
        version: 1,
        create_time: moment(0),
    };
    let stage = Stage {
        id: StageId(new_id()),
        name: "Extra".to_owned(),
        sequence: 9,
        won: false,
        folded: false,
        team_ids: Vec::new(),
        version: 1,
    };
    let (ann_id, bob_id, team_id, stage_id) = (ann.id, bob.id, team.id, stage.id);
    bench
        .write(|world| {
            let config: &mut TenantConfig = Arc::make_mut(&mut world.config);
            for person in [&ann, &bob] {
                config.salespeople.insert(person.id, person.clone());
                world.changes.salespeople.insert(person.id);
            }
            config.teams.push(team.clone());
            config.stages.push(stage.clone());
            world.changes.teams.insert(team.id);
            world.changes.stages.insert(stage.id);
        })
        .await;
    let mut leads = Vec::new();
    for (owner, who) in [("Ann", Some(ann_id)), ("Bob", Some(bob_id)), ("Nobody", None)] {
        for status in [LeadStatus::Open, LeadStatus::Won, LeadStatus::Merged] {
            for kind in [LeadType::Lead, LeadType::Opportunity] {
                leads.push(Lead {
                    title: format!("{owner} {status:?} {kind:?}"),
                    status,
                    kind,
                    salesperson_id: who,
                    team_id: Some(team_id),
                    stage_id: Some(stage_id),
                    ..lead("Eve", moment(i64::try_from(leads.len() * 7 % 5).unwrap()))
                });
            }
        }
    }
    bench.put(&leads).await;
    Pipeline {
        bench,
        ann: ann_id,
        bob: bob_id,
        team: team_id,
        stage: stage_id,
    }
}

async fn owners(pipeline: &Pipeline, filter: &LeadFilter) -> Vec<String> {
    let titles = pipeline.bench.titles(filter, NEWEST, 3).await;
    assert_eq!(pipeline.bench.total(filter).await, i64::try_from(titles.len()).unwrap());
    let mut owners: Vec<String> = titles
        .iter()
        .map(|title| title.split(' ').next().unwrap().to_owned())
        .collect();
    owners.sort();
    owners.dedup();
    owners
}

#[tokio::test]
async fn a_salesperson_sees_own_and_unassigned_records_and_an_operator_none() {
    let pipeline = pipeline().await;
    let seen_by = |role, actor| LeadFilter {
        caller: caller(role, actor),
        ..everything()
    };
    let ann = Some(pipeline.ann.0);
    assert_eq!(
        owners(&pipeline, &seen_by(Role::SalespersonOwn, ann)).await,
        ["Ann", "Nobody"]
    );
    assert_eq!(
        owners(&pipeline, &seen_by(Role::SalespersonOwn, None)).await,
        ["Nobody"]
    );
    assert_eq!(
        owners(&pipeline, &seen_by(Role::SalespersonAll, ann)).await,
        ["Ann", "Bob", "Nobody"]
    );
    assert!(owners(&pipeline, &seen_by(Role::Operator, ann)).await.is_empty());
    let of_bob = LeadFilter {
        salesperson_id: Some(pipeline.bob),
        ..seen_by(Role::SalespersonOwn, ann)
    };
    assert!(owners(&pipeline, &of_bob).await.is_empty());
}

#[tokio::test]
async fn parts_of_a_list_are_merged_in_order_and_page_by_page() {
    let pipeline = pipeline().await;
    let own = LeadFilter {
        caller: caller(Role::SalespersonOwn, Some(pipeline.ann.0)),
        ..everything()
    };
    for filter in [
        own.clone(),
        LeadFilter {
            team_id: Some(pipeline.team),
            ..own.clone()
        },
        LeadFilter {
            stage_id: Some(pipeline.stage),
            ..own.clone()
        },
        LeadFilter {
            salesperson_id: Some(pipeline.ann),
            ..own.clone()
        },
        LeadFilter {
            unassigned: true,
            ..own
        },
    ] {
        for descending in [true, false] {
            let order = LeadOrder {
                by: SortKey::CreateTime,
                descending,
            };
            let whole = pipeline.bench.page(&filter, order, None, 100).await.items;
            assert!(whole.is_sorted_by(|a, b| {
                let (a, b) = ((a.create_time, a.id), (b.create_time, b.id));
                if descending { a > b } else { a < b }
            }));
            assert!(whole.iter().all(|lead| lead.status != LeadStatus::Merged));
            let titles: Vec<String> = whole.into_iter().map(|lead| lead.title).collect();
            assert!(titles.len() >= 4);
            assert_eq!(pipeline.bench.titles(&filter, order, 1).await, titles);
        }
    }
}

#[tokio::test]
async fn records_are_found_by_salesperson_team_stage_and_customer() {
    let pipeline = pipeline().await;
    let of_ann = LeadFilter {
        salesperson_id: Some(pipeline.ann),
        ..everything()
    };
    assert_eq!(owners(&pipeline, &of_ann).await, ["Ann"]);
    let unassigned = LeadFilter {
        unassigned: true,
        ..everything()
    };
    assert_eq!(owners(&pipeline, &unassigned).await, ["Nobody"]);
    let neither = LeadFilter {
        unassigned: true,
        ..of_ann
    };
    assert!(owners(&pipeline, &neither).await.is_empty());
    let of_no_team = LeadFilter {
        team_id: Some(TeamId(new_id())),
        ..everything()
    };
    assert!(owners(&pipeline, &of_no_team).await.is_empty());
    let in_stage = LeadFilter {
        stage_id: Some(pipeline.stage),
        ..everything()
    };
    assert_eq!(owners(&pipeline, &in_stage).await, ["Ann", "Bob", "Nobody"]);

    let eve = customer("Eve", moment(0));
    let of_eve = Lead {
        customer_id: Some(eve.id),
        title: "Eve's".to_owned(),
        ..lead("Eve", moment(1))
    };
    pipeline
        .bench
        .write(|world| {
            world.put_customer(eve.clone());
            world.put_lead(of_eve.clone());
        })
        .await;
    let filter = LeadFilter {
        customer_id: Some(eve.id),
        ..everything()
    };
    assert_eq!(pipeline.bench.titles(&filter, NEWEST, 10).await, ["Eve's"]);
}
