//! What a tenant decides for itself: settings, stages, teams, salespeople.

use crate::support::{Api, System, expected, lead_of, new_id, new_id_text, refusal};
use opportune_contract::v1::{
    AddTeamMemberRequest, CreateStageRequest, CreateTeamRequest, GetSettingsRequest, GetTeamRequest, Lead, LeadStatus,
    LeadType, ListSalespeopleRequest, ListStagesRequest, ListTeamsRequest, RemoveTeamMemberRequest, Salesperson,
    Settings, Stage, Team, UpdateLeadRequest, UpdateSalespersonRequest, UpdateSettingsRequest, UpdateStageRequest,
    UpdateTeamRequest,
};
use prost_types::{Duration, FieldMask};
use tonic::Code;

fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask {
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
    })
}

async fn settings(api: &Api) -> Settings {
    api.settings()
        .get_settings(GetSettingsRequest {})
        .await
        .unwrap()
        .into_inner()
        .settings
        .unwrap()
}

async fn change(api: &Api, settings: Settings, paths: &[&str]) -> Settings {
    let request = UpdateSettingsRequest {
        settings: Some(settings),
        update_mask: mask(paths),
    };
    api.settings()
        .update_settings(request)
        .await
        .unwrap()
        .into_inner()
        .settings
        .unwrap()
}

async fn stages(api: &Api, team_id: &str) -> Vec<Stage> {
    let request = ListStagesRequest {
        team_id: team_id.into(),
        ..ListStagesRequest::default()
    };
    api.settings().list_stages(request).await.unwrap().into_inner().stages
}

async fn team(api: &Api, id: &str) -> Team {
    api.teams()
        .get_team(GetTeamRequest { id: id.into() })
        .await
        .unwrap()
        .into_inner()
        .team
        .unwrap()
}

#[tokio::test]
async fn a_new_tenant_has_the_defaults_of_the_contract() {
    let system = System::start().await;
    let api = system.api();
    let found = settings(&api).await;
    assert!(found.leads_enabled && found.default_country.is_empty());
    assert!(found.generic_email_providers.iter().any(|domain| domain == "gmail.com"));
    assert_eq!(
        (found.merge_limit, found.revert_window),
        (
            100,
            Some(Duration {
                seconds: 30 * 86_400,
                nanos: 0
            })
        )
    );
    let pauses: Vec<i64> = found.retry_schedule.iter().map(|pause| pause.seconds).collect();
    assert_eq!(pauses, [1, 5, 30, 120, 600]);
    let names: Vec<_> = stages(&api, "")
        .await
        .into_iter()
        .map(|stage| (stage.name, stage.sequence, stage.won))
        .collect();
    let expected = [
        ("New", 1, false),
        ("Qualified", 2, false),
        ("Proposition", 3, false),
        ("Won", 4, true),
    ]
    .map(|(name, sequence, won)| (name.to_owned(), sequence, won));
    assert_eq!(names, expected);
}

#[tokio::test]
async fn settings_change_by_mask_and_are_guarded_by_their_etag() {
    let system = System::start().await;
    let api = system.api();
    let before = settings(&api).await;
    let after = change(
        &api,
        Settings {
            default_country: "NL".into(),
            merge_limit: 7,
            ..Settings::default()
        },
        &[],
    )
    .await;
    assert_eq!((after.default_country.as_str(), after.merge_limit), ("NL", 7));
    assert_eq!(after.generic_email_providers, before.generic_email_providers);
    assert!(after.leads_enabled && after.etag != before.etag);
    let stale = UpdateSettingsRequest {
        settings: Some(Settings {
            merge_limit: 8,
            etag: before.etag,
            ..Settings::default()
        }),
        update_mask: None,
    };
    assert_eq!(
        refusal(api.settings().update_settings(stale).await),
        expected(Code::Aborted, "ETAG_MISMATCH")
    );
    assert_eq!(
        change(&api, Settings::default(), &["default_country"])
            .await
            .default_country,
        ""
    );
    assert_eq!(
        settings(&api.as_tenant(new_id())).await.merge_limit,
        100,
        "other tenants have their own"
    );
}

#[tokio::test]
async fn turning_the_switch_turns_the_teams_with_it() {
    let system = System::start().await;
    let api = system.api();
    let (both, leads_only) = (api.create_team("Both").await, api.create_team("Leads only").await);
    let none = Team {
        id: leads_only.id.clone(),
        use_opportunities: Some(false),
        ..Team::default()
    };
    let request = UpdateTeamRequest {
        team: Some(none),
        update_mask: mask(&["use_opportunities"]),
    };
    api.teams().update_team(request).await.unwrap();
    change(&api, Settings::default(), &["leads_enabled"]).await;
    assert_eq!(team(&api, &both.id).await.use_leads, Some(false));
    assert_eq!(
        team(&api, &leads_only.id).await.use_leads,
        Some(true),
        "does not use opportunities (rules 1.2)"
    );
    assert_eq!(api.create(lead_of("Ann Lee")).await.r#type(), LeadType::Opportunity);
    change(
        &api,
        Settings {
            leads_enabled: true,
            ..Settings::default()
        },
        &["leads_enabled"],
    )
    .await;
    assert_eq!(team(&api, &both.id).await.use_leads, Some(true));
    assert_eq!(api.create(lead_of("Bo Berg")).await.r#type(), LeadType::Lead);
}

#[tokio::test]
async fn stages_are_created_changed_and_listed_by_team() {
    let system = System::start().await;
    let api = system.api();
    let (north, south) = (api.create_team("North").await.id, api.create_team("South").await.id);
    let stage = Stage {
        name: "Inspection".into(),
        sequence: 2,
        team_ids: vec![north.clone()],
        ..Stage::default()
    };
    let request = CreateStageRequest {
        stage: Some(stage),
        request_id: new_id_text(),
    };
    let made = api
        .settings()
        .create_stage(request.clone())
        .await
        .unwrap()
        .into_inner()
        .stage
        .unwrap();
    let again = api
        .settings()
        .create_stage(request)
        .await
        .unwrap()
        .into_inner()
        .stage
        .unwrap();
    assert_eq!(made, again, "the same request id, the same stage");
    assert_eq!(
        (
            stages(&api, "").await.len(),
            stages(&api, &north).await.len(),
            stages(&api, &south).await.len()
        ),
        (5, 5, 4)
    );
    let change = Stage {
        id: made.id.clone(),
        folded: true,
        ..Stage::default()
    };
    let request = UpdateStageRequest {
        stage: Some(change),
        update_mask: mask(&["folded", "team_ids"]),
    };
    let changed = api
        .settings()
        .update_stage(request)
        .await
        .unwrap()
        .into_inner()
        .stage
        .unwrap();
    assert!(changed.folded && changed.team_ids.is_empty() && changed.name == "Inspection");
    assert_eq!(stages(&api, &south).await.len(), 5);
    let request = UpdateStageRequest {
        stage: Some(Stage {
            id: new_id_text(),
            name: "x".into(),
            ..Stage::default()
        }),
        update_mask: None,
    };
    assert_eq!(
        refusal(api.settings().update_stage(request).await),
        expected(Code::NotFound, "STAGE_NOT_FOUND")
    );
}

#[tokio::test]
async fn moving_a_record_to_a_won_stage_wins_it_and_back_reopens_it() {
    let system = System::start().await;
    let api = system.api();
    let found = stages(&api, "").await;
    let (first, won) = (&found[0].id, &found[3].id);
    let lead = api
        .create(Lead {
            probability: Some(20.0),
            ..lead_of("Ann Lee")
        })
        .await;
    assert_eq!(&lead.stage_id, first);
    let to = |stage: &str| {
        let change = Lead {
            id: lead.id.clone(),
            stage_id: stage.to_owned(),
            ..Lead::default()
        };
        UpdateLeadRequest {
            lead: Some(change),
            update_mask: None,
        }
    };
    let at_end = api
        .leads()
        .update_lead(to(won))
        .await
        .unwrap()
        .into_inner()
        .lead
        .unwrap();
    assert_eq!((at_end.status(), at_end.probability), (LeadStatus::Won, Some(100.0)));
    assert!(at_end.close_time.is_some());
    let open = api
        .leads()
        .update_lead(to(first))
        .await
        .unwrap()
        .into_inner()
        .lead
        .unwrap();
    assert_eq!(
        (open.status(), open.probability, open.close_time),
        (LeadStatus::Open, Some(20.0), None)
    );
}

#[tokio::test]
async fn people_join_and_leave_teams() {
    let system = System::start().await;
    let api = system.api();
    let north = api.create_team("North").await.id;
    let bo = api.create_salesperson("Bo").await.id;
    let add = AddTeamMemberRequest {
        team_id: north.clone(),
        salesperson_id: bo.clone(),
    };
    for _ in 0..2 {
        let joined = api
            .teams()
            .add_team_member(add.clone())
            .await
            .unwrap()
            .into_inner()
            .team
            .unwrap();
        assert_eq!(joined.member_ids, std::slice::from_ref(&bo));
    }
    let assigned = api
        .create(Lead {
            salesperson_id: bo.clone(),
            ..lead_of("Ann Lee")
        })
        .await;
    assert_eq!(assigned.team_id, north, "the team follows the salesperson (rules 6.5)");
    let remove = RemoveTeamMemberRequest {
        team_id: north.clone(),
        salesperson_id: bo,
    };
    api.teams().remove_team_member(remove).await.unwrap();
    assert!(team(&api, &north).await.member_ids.is_empty());
    let unknown = AddTeamMemberRequest {
        team_id: north,
        salesperson_id: new_id_text(),
    };
    assert_eq!(
        refusal(api.teams().add_team_member(unknown).await),
        expected(Code::NotFound, "SALESPERSON_NOT_FOUND")
    );
}

#[tokio::test]
async fn an_inactive_salesperson_gets_nothing_more() {
    let system = System::start().await;
    let api = system.api();
    let bo = api.create_salesperson("Bo").await;
    let change = Salesperson {
        id: bo.id.clone(),
        active: Some(false),
        name: "Bo B.".into(),
        ..Salesperson::default()
    };
    let request = UpdateSalespersonRequest {
        salesperson: Some(change),
        update_mask: None,
    };
    api.teams().update_salesperson(request).await.unwrap();
    let people = api
        .teams()
        .list_salespeople(ListSalespeopleRequest::default())
        .await
        .unwrap()
        .into_inner()
        .salespeople;
    assert_eq!((people[0].name.as_str(), people[0].active), ("Bo B.", Some(false)));
    let lead = Lead {
        salesperson_id: bo.id,
        ..lead_of("Ann Lee")
    };
    assert_eq!(
        refusal(api.try_create(lead).await),
        expected(Code::InvalidArgument, "FIELD_INVALID")
    );
}

#[tokio::test]
async fn teams_are_listed_by_sequence() {
    let system = System::start().await;
    let api = system.api();
    for (name, sequence) in [("third", 3), ("first", 1), ("second", 2)] {
        let team = Team {
            name: name.into(),
            sequence,
            ..Team::default()
        };
        api.teams()
            .create_team(CreateTeamRequest {
                team: Some(team),
                request_id: String::new(),
            })
            .await
            .unwrap();
    }
    let page = api
        .teams()
        .list_teams(ListTeamsRequest::default())
        .await
        .unwrap()
        .into_inner();
    let names: Vec<_> = page.teams.iter().map(|team| team.name.as_str()).collect();
    assert_eq!((names, page.total_size), (vec!["first", "second", "third"], 3));
}
