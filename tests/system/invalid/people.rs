//! Teams and salespeople, and lists of what a tenant has set up.

use super::case::{Case, case};
use crate::support::{Api, new_id_text};
use opportune_contract::v1::{
    AddTeamMemberRequest, CreateSalespersonRequest, CreateTeamRequest, GetTeamRequest, ListSalespeopleRequest,
    ListStagesRequest, ListTeamsRequest, RemoveTeamMemberRequest, Salesperson, Team, UpdateSalespersonRequest,
    UpdateTeamRequest,
};
use prost_types::FieldMask;
use tonic::Status;

/// All of them.
pub fn cases() -> Vec<Case> {
    let mut cases = teams();
    cases.extend(salespeople());
    cases.extend(lists());
    cases
}

fn mask(path: &str) -> Option<FieldMask> {
    Some(FieldMask {
        paths: vec![path.to_owned()],
    })
}

fn teams() -> Vec<Case> {
    let good = || Team {
        name: "North".into(),
        ..Team::default()
    };
    let mut cases: Vec<Case> = [
        (
            "team.name",
            Team {
                name: String::new(),
                ..good()
            },
        ),
        (
            "team.name",
            Team {
                name: "x".repeat(501),
                ..good()
            },
        ),
        (
            "team.leader_id",
            Team {
                leader_id: "bo".into(),
                ..good()
            },
        ),
    ]
    .into_iter()
    .map(|(field, team)| case!(field, |api| create_team(api, Some(team.clone()), "")))
    .collect();
    cases.push(case!("team", |api| create_team(api, None, "")));
    cases.push(case!("request_id", |api| create_team(api, Some(good()), "7")));
    cases.push(case!("team", |api| update_team(api, None, None)));
    cases.push(case!("team.id", |api| update_team(api, Some(good()), None)));
    let named = move || {
        Some(Team {
            id: new_id_text(),
            ..good()
        })
    };
    for path in ["id", "etag", "member_ids", "create_time"] {
        cases.push(case!("update_mask", |api| update_team(api, named(), mask(path))));
    }
    cases.push(case!("id", |api| async move {
        api.teams().get_team(GetTeamRequest { id: "7".into() }).await
    }));
    for (field, team_id, salesperson_id) in [
        ("team_id", "7".to_owned(), new_id_text()),
        ("salesperson_id", new_id_text(), String::new()),
    ] {
        let add = AddTeamMemberRequest {
            team_id: team_id.clone(),
            salesperson_id: salesperson_id.clone(),
        };
        let remove = RemoveTeamMemberRequest {
            team_id,
            salesperson_id,
        };
        cases.push(case!(field, |api| {
            let add = add.clone();
            async move { api.teams().add_team_member(add).await }
        }));
        cases.push(case!(field, |api| {
            let remove = remove.clone();
            async move { api.teams().remove_team_member(remove).await }
        }));
    }
    cases
}

fn salespeople() -> Vec<Case> {
    let good = || Salesperson {
        name: "Bo".into(),
        ..Salesperson::default()
    };
    let mut cases: Vec<Case> = [
        (
            "salesperson.name",
            Salesperson {
                name: String::new(),
                ..good()
            },
        ),
        (
            "salesperson.name",
            Salesperson {
                name: "x".repeat(501),
                ..good()
            },
        ),
        (
            "salesperson.email",
            Salesperson {
                email: "x".repeat(1_001),
                ..good()
            },
        ),
        (
            "salesperson.email",
            Salesperson {
                email: "a\0b".into(),
                ..good()
            },
        ),
    ]
    .into_iter()
    .map(|(field, person)| case!(field, |api| create_person(api, Some(person.clone()), "")))
    .collect();
    cases.push(case!("salesperson", |api| create_person(api, None, "")));
    cases.push(case!("request_id", |api| create_person(api, Some(good()), "7")));
    cases.push(case!("salesperson", |api| update_person(api, None, None)));
    cases.push(case!("salesperson.id", |api| update_person(api, Some(good()), None)));
    let named = move || {
        Some(Salesperson {
            id: new_id_text(),
            ..good()
        })
    };
    for path in ["id", "email", "create_time"] {
        cases.push(case!("update_mask", |api| update_person(api, named(), mask(path))));
    }
    cases
}

fn lists() -> Vec<Case> {
    let mut cases = vec![case!("team_id", |api| async move {
        api.settings()
            .list_stages(ListStagesRequest {
                team_id: "7".into(),
                ..ListStagesRequest::default()
            })
            .await
    })];
    for (field, page_size, page_token) in [("page_size", -1, ""), ("page_token", 0, "x"), ("", 1_001, "")] {
        let token = page_token.to_owned();
        let stages = ListStagesRequest {
            page_size,
            page_token: token.clone(),
            ..ListStagesRequest::default()
        };
        let teams = ListTeamsRequest {
            page_size,
            page_token: token.clone(),
        };
        let people = ListSalespeopleRequest {
            page_size,
            page_token: token,
        };
        let three = [
            case!(field, |api| {
                let stages = stages.clone();
                async move { api.settings().list_stages(stages).await }
            }),
            case!(field, |api| {
                let teams = teams.clone();
                async move { api.teams().list_teams(teams).await }
            }),
            case!(field, |api| {
                let people = people.clone();
                async move { api.teams().list_salespeople(people).await }
            }),
        ];
        cases.extend(
            three
                .into_iter()
                .map(|case| if field.is_empty() { case.too_large() } else { case }),
        );
    }
    cases
}

async fn create_team(api: Api, team: Option<Team>, request_id: &'static str) -> Result<(), Status> {
    api.teams()
        .create_team(CreateTeamRequest {
            team,
            request_id: request_id.into(),
        })
        .await
        .map(drop)
}

async fn update_team(api: Api, team: Option<Team>, update_mask: Option<FieldMask>) -> Result<(), Status> {
    api.teams()
        .update_team(UpdateTeamRequest { team, update_mask })
        .await
        .map(drop)
}

async fn create_person(api: Api, salesperson: Option<Salesperson>, request_id: &'static str) -> Result<(), Status> {
    let request = CreateSalespersonRequest {
        salesperson,
        request_id: request_id.into(),
    };
    api.teams().create_salesperson(request).await.map(drop)
}

async fn update_person(
    api: Api,
    salesperson: Option<Salesperson>,
    update_mask: Option<FieldMask>,
) -> Result<(), Status> {
    api.teams()
        .update_salesperson(UpdateSalespersonRequest {
            salesperson,
            update_mask,
        })
        .await
        .map(drop)
}
