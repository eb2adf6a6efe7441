//! Converting, and finding what is similar.

use crate::api::{Answer, Api};
use crate::batches;
use crate::fingerprint::key;
use crate::parse::{conversion_filter, page, share, wait};
use crate::status::{refused, status};
use crate::stopping::until_stopped;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use opportune_application::app::{ConvertLead, Converted};
use opportune_application::work::Subject;
use opportune_contract::v1;
use opportune_contract::v1::find_similar_request::Subject as Sent;
use opportune_contract::v1::lead_conversion_service_server::LeadConversionService;
use opportune_domain::conversion::ConvertCommand;
use opportune_domain::refusal::Refusal;
use opportune_domain::similar::Options;
use opportune_wire::command::{convert_command, merge_command};
use opportune_wire::conversion::{conversion, preview};
use opportune_wire::ids::{required_id, texts};
use opportune_wire::similar::{customer_match, draft_patch, lead_match, related_lead, skipped_key};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, async_trait};

/// The service.
pub(crate) struct Conversions(pub Api);

#[async_trait]
impl LeadConversionService for Conversions {
    async fn convert_lead(&self, request: Request<v1::ConvertLeadRequest>) -> Answer<v1::ConvertLeadResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let ask = ConvertLead {
                    key: key(&request)?,
                    command: convert_command(&request, call.caller)?,
                    validate_only: request.validate_only,
                    wait: wait(request.wait.as_ref())?,
                };
                let command = ask.command.clone();
                Ok(v1::ConvertLeadResponse {
                    conversion: Some(converted(&command, app.convert_lead(&call, ask).await?)),
                })
            })
            .await
    }

    async fn find_similar(&self, request: Request<v1::FindSimilarRequest>) -> Answer<v1::FindSimilarResponse> {
        self.0
            .answer_around("draft", request, |app, call, request| async move {
                let first_page = request.page_token.is_empty();
                let options = Options {
                    min_score: share("min_score", request.min_score)?,
                    exclude_closed: request.exclude_closed,
                };
                let subject = subject(request.subject)?;
                let page = page(request.page_size, request.page_token);
                let found = app.find_similar(&call, subject, options, &page).await?;
                let customers = found.customers.iter().filter(|_| first_page);
                let related = found.related.iter().filter(|_| first_page);
                Ok(v1::FindSimilarResponse {
                    matches: found
                        .matches
                        .iter()
                        .map(|(found, record)| lead_match(found, record))
                        .collect(),
                    customers: customers.map(|(found, record)| customer_match(found, record)).collect(),
                    skipped_keys: found.skipped.iter().map(skipped_key).collect(),
                    total_size: found.total,
                    next_page_token: found.next_token,
                    related: related
                        .filter_map(|(found, record)| related_lead(found, record))
                        .collect(),
                })
            })
            .await
    }

    async fn get_conversion(&self, request: Request<v1::GetConversionRequest>) -> Answer<v1::GetConversionResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let found = app.get_conversion(&call, required_id("id", &request.id)?).await?;
                Ok(v1::GetConversionResponse {
                    conversion: Some(conversion(&found)),
                })
            })
            .await
    }

    async fn list_conversions(
        &self,
        request: Request<v1::ListConversionsRequest>,
    ) -> Answer<v1::ListConversionsResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let filter = conversion_filter(&request)?;
                let page = page(request.page_size, request.page_token);
                let listed = app.list_conversions(&call, filter, &page).await?;
                Ok(v1::ListConversionsResponse {
                    conversions: listed.items.iter().map(conversion).collect(),
                    total_size: listed.total,
                    next_page_token: listed.next_token,
                })
            })
            .await
    }

    async fn cancel_conversion(
        &self,
        request: Request<v1::CancelConversionRequest>,
    ) -> Answer<v1::CancelConversionResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let cancelled = app.cancel_conversion(&call, required_id("id", &request.id)?).await?;
                Ok(v1::CancelConversionResponse {
                    conversion: Some(conversion(&cancelled)),
                })
            })
            .await
    }

    async fn retry_conversion(
        &self,
        request: Request<v1::RetryConversionRequest>,
    ) -> Answer<v1::RetryConversionResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let queued = app.retry_conversion(&call, required_id("id", &request.id)?).await?;
                Ok(v1::RetryConversionResponse {
                    conversion: Some(conversion(&queued)),
                })
            })
            .await
    }

    type WatchConversionStream = BoxStream<'static, Result<v1::WatchConversionResponse, Status>>;

    async fn watch_conversion(
        &self,
        request: Request<v1::WatchConversionRequest>,
    ) -> Answer<Self::WatchConversionStream> {
        let call = self.0.call(&request)?;
        let id = required_id("id", &request.get_ref().id).map_err(|refusal| refused(&refusal))?;
        let states = self.0.app.watch_conversion(&call, id).await.map_err(status)?;
        let answers = ReceiverStream::new(states).map(|state| match state {
            Ok(state) => Ok(v1::WatchConversionResponse {
                conversion: Some(conversion(&state)),
            }),
            Err(error) => Err(status(error)),
        });
        Ok(Response::new(until_stopped(answers, self.0.stop.clone())))
    }

    async fn merge_leads(&self, request: Request<v1::MergeLeadsRequest>) -> Answer<v1::MergeLeadsResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let ask = ConvertLead {
                    key: key(&request)?,
                    command: merge_command(&request, call.caller)?,
                    validate_only: request.validate_only,
                    wait: wait(request.wait.as_ref())?,
                };
                let command = ask.command.clone();
                Ok(v1::MergeLeadsResponse {
                    conversion: Some(converted(&command, app.merge_leads(&call, ask).await?)),
                })
            })
            .await
    }

    async fn revert_conversion(
        &self,
        request: Request<v1::RevertConversionRequest>,
    ) -> Answer<v1::RevertConversionResponse> {
        self.0
            .answer(request, |app, call, request| async move {
                let (key, id) = (key(&request)?, required_id("id", &request.id)?);
                let (reverted, undoing) = app.revert_conversion(&call, id, key, request.validate_only).await?;
                Ok(v1::RevertConversionResponse {
                    conversion: Some(conversion(&reverted)),
                    removed_customer_ids: texts(&undoing.removed),
                    kept_customer_ids: texts(&undoing.kept),
                })
            })
            .await
    }

    async fn batch_convert_leads(
        &self,
        request: Request<v1::BatchConvertLeadsRequest>,
    ) -> Answer<v1::BatchConvertLeadsResponse> {
        batches::convert(&self.0, request).await
    }

    async fn get_batch(&self, request: Request<v1::GetBatchRequest>) -> Answer<v1::GetBatchResponse> {
        batches::get(&self.0, request).await
    }

    async fn cancel_batch(&self, request: Request<v1::CancelBatchRequest>) -> Answer<v1::CancelBatchResponse> {
        batches::cancel(&self.0, request).await
    }

    async fn retry_batch(&self, request: Request<v1::RetryBatchRequest>) -> Answer<v1::RetryBatchResponse> {
        batches::retry(&self.0, request).await
    }

    type WatchBatchStream = batches::Steps;

    async fn watch_batch(&self, request: Request<v1::WatchBatchRequest>) -> Answer<Self::WatchBatchStream> {
        batches::watch(&self.0, request).await
    }
}

fn converted(command: &ConvertCommand, answer: Converted) -> v1::Conversion {
    match answer {
        Converted::Preview(plan) => preview(command, &plan),
        Converted::Conversion(accepted) => conversion(&accepted),
    }
}

fn subject(sent: Option<Sent>) -> Result<Subject, Refusal> {
    match sent {
        Some(Sent::LeadId(id)) => Ok(Subject::Lead(required_id("lead_id", &id)?)),
        Some(Sent::Draft(draft)) => Ok(Subject::Draft(Box::new(draft_patch(draft)?))),
        None => Err(Refusal::field("subject", "must be given")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_for_nothing_is_refused() {
        assert_eq!(subject(None).unwrap_err().violations[0].field, "subject");
        let empty = Sent::LeadId(String::new());
        assert_eq!(subject(Some(empty)).unwrap_err().violations[0].field, "lead_id");
    }
}
