//! Leads and opportunities.

use crate::api::{Answer, Api};
use crate::fingerprint::key;
use crate::import_stream;
use crate::parse::{given, lead_filter, order_by, page, paths, required};
use opportune_contract::v1;
use opportune_contract::v1::lead_service_server::LeadService;
use opportune_wire::ids::required_id;
use opportune_wire::import::{import, reject};
use opportune_wire::lead::{lead, lead_patch};
use opportune_wire::timeline;
use tonic::{Request, Response, Streaming, async_trait};

/// The service.
pub(crate) struct Leads(pub Api);

#[async_trait]
impl LeadService for Leads {
    async fn create_lead(&self, request: Request<v1::CreateLeadRequest>) -> Answer<v1::CreateLeadResponse> {
        self.0
            .answer_around("lead", request, |app, call, request| async move {
                let key = key(&request)?;
                let patch = lead_patch(required("lead", request.lead)?, None)?;
                let made = app.create_lead(&call, patch, key).await?;
                Ok(v1::CreateLeadResponse {
                    lead: Some(lead(&made)),
                })
            })
            .await
    }

    async fn get_lead(&self, request: Request<v1::GetLeadRequest>) -> Answer<v1::GetLeadResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let id = required_id("id", &request.id)?;
                let mut found = lead(&app.get_lead(&call, id).await?);
                if request.include_similar_count {
                    found.similar_count = app.similar_count(&call, id).await?;
                }
                Ok(v1::GetLeadResponse { lead: Some(found) })
            })
            .await
    }

    async fn list_leads(&self, request: Request<v1::ListLeadsRequest>) -> Answer<v1::ListLeadsResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let filter = lead_filter(request.filter)?;
                let order = order_by(&request.order_by)?;
                let page = page(request.page_size, request.page_token);
                let listed = app.list_leads(&call, filter, order, &page).await?;
                Ok(v1::ListLeadsResponse {
                    leads: listed.items.iter().map(lead).collect(),
                    total_size: listed.total,
                    next_page_token: listed.next_token,
                })
            })
            .await
    }

    async fn update_lead(&self, request: Request<v1::UpdateLeadRequest>) -> Answer<v1::UpdateLeadResponse> {
        self.0
            .answer_around("lead", request, |app, call, request| async move {
                let mut sent = required("lead", request.lead)?;
                let id = required_id("lead.id", &sent.id)?;
                let etag = given(std::mem::take(&mut sent.etag));
                let patch = lead_patch(sent, Some(&paths(request.update_mask)))?;
                let changed = app.update_lead(&call, id, patch, etag).await?;
                Ok(v1::UpdateLeadResponse {
                    lead: Some(lead(&changed)),
                })
            })
            .await
    }

    async fn mark_lead_won(&self, request: Request<v1::MarkLeadWonRequest>) -> Answer<v1::MarkLeadWonResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let won = app.win_lead(&call, required_id("id", &request.id)?).await?;
                Ok(v1::MarkLeadWonResponse { lead: Some(lead(&won)) })
            })
            .await
    }

    async fn mark_lead_lost(&self, request: Request<v1::MarkLeadLostRequest>) -> Answer<v1::MarkLeadLostResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let id = required_id("id", &request.id)?;
                let lost = app.lose_lead(&call, id, request.lost_reason, request.comment).await?;
                Ok(v1::MarkLeadLostResponse {
                    lead: Some(lead(&lost)),
                })
            })
            .await
    }

    async fn restore_lead(&self, request: Request<v1::RestoreLeadRequest>) -> Answer<v1::RestoreLeadResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let open = app.restore_lead(&call, required_id("id", &request.id)?).await?;
                Ok(v1::RestoreLeadResponse {
                    lead: Some(lead(&open)),
                })
            })
            .await
    }

    async fn archive_lead(&self, request: Request<v1::ArchiveLeadRequest>) -> Answer<v1::ArchiveLeadResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let archived = app.archive_lead(&call, required_id("id", &request.id)?).await?;
                Ok(v1::ArchiveLeadResponse {
                    lead: Some(lead(&archived)),
                })
            })
            .await
    }

    async fn import_leads(
        &self,
        request: Request<Streaming<v1::ImportLeadsRequest>>,
    ) -> Answer<v1::ImportLeadsResponse> {
        let call = self.0.call(&request)?;
        import_stream::run(&self.0.app, &call, request.into_inner(), self.0.stop.clone())
            .await
            .map(Response::new)
    }

    async fn get_import(&self, request: Request<v1::GetImportRequest>) -> Answer<v1::GetImportResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let found = app
                    .get_import(&call, required_id("request_id", &request.request_id)?)
                    .await?;
                Ok(v1::GetImportResponse {
                    import: Some(import(&found)),
                })
            })
            .await
    }

    async fn list_import_rejects(
        &self,
        request: Request<v1::ListImportRejectsRequest>,
    ) -> Answer<v1::ListImportRejectsResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let id = required_id("request_id", &request.request_id)?;
                let listed = app
                    .import_rejects(&call, id, &page(request.page_size, request.page_token))
                    .await?;
                Ok(v1::ListImportRejectsResponse {
                    rejects: listed.items.iter().map(reject).collect(),
                    next_page_token: listed.next_token,
                })
            })
            .await
    }

    async fn add_timeline_entry(
        &self,
        request: Request<v1::AddTimelineEntryRequest>,
    ) -> Answer<v1::AddTimelineEntryResponse> {
        self.0
            .answer_around("entry", request, |app, call, request| async move {
                let key = key(&request)?;
                let id = required_id("lead_id", &request.lead_id)?;
                let draft = timeline::draft(required("entry", request.entry)?)?;
                let added = app.add_timeline_entry(&call, id, draft, key).await?;
                Ok(v1::AddTimelineEntryResponse {
                    entry: Some(timeline::entry(&added)),
                })
            })
            .await
    }

    async fn list_timeline(&self, request: Request<v1::ListTimelineRequest>) -> Answer<v1::ListTimelineResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let id = required_id("lead_id", &request.lead_id)?;
                let page = page(request.page_size, request.page_token);
                let listed = app.list_timeline(&call, id, &page).await?;
                Ok(v1::ListTimelineResponse {
                    entries: listed.items.iter().map(timeline::entry).collect(),
                    total_size: listed.total,
                    next_page_token: listed.next_token,
                })
            })
            .await
    }
}
