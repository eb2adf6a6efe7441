//! Settings and stages.

use crate::api::{Answer, Api};
use crate::fingerprint::key;
use crate::parse::{given, page, paths, required};
use opportune_contract::v1;
use opportune_contract::v1::settings_service_server::SettingsService;
use opportune_wire::ids::{parse_id, required_id};
use opportune_wire::settings::{settings, settings_patch, stage, stage_patch};
use tonic::{Request, async_trait};

/// The service.
pub(crate) struct TenantSettings(pub Api);

#[async_trait]
impl SettingsService for TenantSettings {
    async fn get_settings(&self, request: Request<v1::GetSettingsRequest>) -> Answer<v1::GetSettingsResponse> {
        self.0
            .answer(request, |app, call, _| async move {
                let found = app.get_settings(&call).await?;
                Ok(v1::GetSettingsResponse {
                    settings: Some(settings(&found)),
                })
            })
            .await
    }

    async fn update_settings(&self, request: Request<v1::UpdateSettingsRequest>) -> Answer<v1::UpdateSettingsResponse> {
        self.0
            .answer_around("settings", request, |app, call, request| async move {
                let mut sent = required("settings", request.settings)?;
                let etag = given(std::mem::take(&mut sent.etag));
                let patch = settings_patch(sent, &paths(request.update_mask))?;
                let changed = app.update_settings(&call, patch, etag).await?;
                Ok(v1::UpdateSettingsResponse {
                    settings: Some(settings(&changed)),
                })
            })
            .await
    }

    async fn list_stages(&self, request: Request<v1::ListStagesRequest>) -> Answer<v1::ListStagesResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let team = parse_id("team_id", &request.team_id)?;
                let listed = app
                    .list_stages(&call, team, &page(request.page_size, request.page_token))
                    .await?;
                Ok(v1::ListStagesResponse {
                    stages: listed.items.iter().map(stage).collect(),
                    total_size: listed.total,
                    next_page_token: listed.next_token,
                })
            })
            .await
    }

    async fn create_stage(&self, request: Request<v1::CreateStageRequest>) -> Answer<v1::CreateStageResponse> {
        self.0
            .answer_around("stage", request, |app, call, request| async move {
                let key = key(&request)?;
                let patch = stage_patch(required("stage", request.stage)?, None)?;
                let made = app.create_stage(&call, patch, key).await?;
                Ok(v1::CreateStageResponse {
                    stage: Some(stage(&made)),
                })
            })
            .await
    }

    async fn update_stage(&self, request: Request<v1::UpdateStageRequest>) -> Answer<v1::UpdateStageResponse> {
        self.0
            .answer_around("stage", request, |app, call, request| async move {
                let mut sent = required("stage", request.stage)?;
                let id = required_id("stage.id", &sent.id)?;
                let etag = given(std::mem::take(&mut sent.etag));
                let patch = stage_patch(sent, Some(&paths(request.update_mask)))?;
                let changed = app.update_stage(&call, id, patch, etag).await?;
                Ok(v1::UpdateStageResponse {
                    stage: Some(stage(&changed)),
                })
            })
            .await
    }
}
