//! Teams and salespeople.

use crate::api::{Answer, Api};
use crate::fingerprint::key;
use crate::parse::{given, page, paths, required};
use opportune_contract::v1;
use opportune_contract::v1::team_service_server::TeamService;
use opportune_wire::ids::required_id;
use opportune_wire::team::{salesperson, salesperson_patch, team, team_patch};
use tonic::{Request, async_trait};

/// The service.
pub(crate) struct Teams(pub Api);

#[async_trait]
impl TeamService for Teams {
    async fn create_team(&self, request: Request<v1::CreateTeamRequest>) -> Answer<v1::CreateTeamResponse> {
        self.0
            .answer_around("team", request, |app, call, request| async move {
                let key = key(&request)?;
                let patch = team_patch(required("team", request.team)?, None)?;
                let made = app.create_team(&call, patch, key).await?;
                Ok(v1::CreateTeamResponse {
                    team: Some(team(&made)),
                })
            })
            .await
    }

    async fn get_team(&self, request: Request<v1::GetTeamRequest>) -> Answer<v1::GetTeamResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let found = app.get_team(&call, required_id("id", &request.id)?).await?;
                Ok(v1::GetTeamResponse {
                    team: Some(team(&found)),
                })
            })
            .await
    }

    async fn update_team(&self, request: Request<v1::UpdateTeamRequest>) -> Answer<v1::UpdateTeamResponse> {
        self.0
            .answer_around("team", request, |app, call, request| async move {
                let mut sent = required("team", request.team)?;
                let id = required_id("team.id", &sent.id)?;
                let etag = given(std::mem::take(&mut sent.etag));
                let patch = team_patch(sent, Some(&paths(request.update_mask)))?;
                let changed = app.update_team(&call, id, patch, etag).await?;
                Ok(v1::UpdateTeamResponse {
                    team: Some(team(&changed)),
                })
            })
            .await
    }

    async fn list_teams(&self, request: Request<v1::ListTeamsRequest>) -> Answer<v1::ListTeamsResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let listed = app
                    .list_teams(&call, &page(request.page_size, request.page_token))
                    .await?;
                Ok(v1::ListTeamsResponse {
                    teams: listed.items.iter().map(team).collect(),
                    total_size: listed.total,
                    next_page_token: listed.next_token,
                })
            })
            .await
    }

    async fn add_team_member(&self, request: Request<v1::AddTeamMemberRequest>) -> Answer<v1::AddTeamMemberResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let id = required_id("team_id", &request.team_id)?;
                let person = required_id("salesperson_id", &request.salesperson_id)?;
                let changed = app.add_team_member(&call, id, person).await?;
                Ok(v1::AddTeamMemberResponse {
                    team: Some(team(&changed)),
                })
            })
            .await
    }

    async fn remove_team_member(
        &self,
        request: Request<v1::RemoveTeamMemberRequest>,
    ) -> Answer<v1::RemoveTeamMemberResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let id = required_id("team_id", &request.team_id)?;
                let person = required_id("salesperson_id", &request.salesperson_id)?;
                let changed = app.remove_team_member(&call, id, person).await?;
                Ok(v1::RemoveTeamMemberResponse {
                    team: Some(team(&changed)),
                })
            })
            .await
    }

    async fn create_salesperson(
        &self,
        request: Request<v1::CreateSalespersonRequest>,
    ) -> Answer<v1::CreateSalespersonResponse> {
        self.0
            .answer_around("salesperson", request, |app, call, request| async move {
                let key = key(&request)?;
                let patch = salesperson_patch(required("salesperson", request.salesperson)?, None)?;
                let made = app.create_salesperson(&call, patch, key).await?;
                Ok(v1::CreateSalespersonResponse {
                    salesperson: Some(salesperson(&made)),
                })
            })
            .await
    }

    async fn update_salesperson(
        &self,
        request: Request<v1::UpdateSalespersonRequest>,
    ) -> Answer<v1::UpdateSalespersonResponse> {
        self.0
            .answer_around("salesperson", request, |app, call, request| async move {
                let sent = required("salesperson", request.salesperson)?;
                let id = required_id("salesperson.id", &sent.id)?;
                let patch = salesperson_patch(sent, Some(&paths(request.update_mask)))?;
                let changed = app.update_salesperson(&call, id, patch).await?;
                Ok(v1::UpdateSalespersonResponse {
                    salesperson: Some(salesperson(&changed)),
                })
            })
            .await
    }

    async fn list_salespeople(
        &self,
        request: Request<v1::ListSalespeopleRequest>,
    ) -> Answer<v1::ListSalespeopleResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let listed = app
                    .list_salespeople(&call, &page(request.page_size, request.page_token))
                    .await?;
                Ok(v1::ListSalespeopleResponse {
                    salespeople: listed.items.iter().map(salesperson).collect(),
                    total_size: listed.total,
                    next_page_token: listed.next_token,
                })
            })
            .await
    }
}
