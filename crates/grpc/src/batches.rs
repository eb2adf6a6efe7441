//! The rpcs of batches: requests to what the use cases take, and back.

use crate::api::{Answer, Api};
use crate::fingerprint::{batch_key, key};
use crate::parse::lead_filter;
use crate::status::{refused, status};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use opportune_application::app::{BatchAsk, BatchLeads, BatchStep, Batched};
use opportune_application::call::Call;
use opportune_contract::v1;
use opportune_domain::batch::{BatchOrder, MOST_ITEMS};
use opportune_domain::ids::SalespersonId;
use opportune_domain::refusal::Refusal;
use opportune_wire::batch::{batch, instruction, overrides, preview};
use opportune_wire::conversion::conversion;
use opportune_wire::ids::{parse_ids, required_id};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

pub(crate) async fn convert(
    api: &Api,
    request: Request<v1::BatchConvertLeadsRequest>,
) -> Answer<v1::BatchConvertLeadsResponse> {
    api.answer(request, |app, call, request| async move {
        let ask = ask(&call, request)?;
        let answer = match app.batch_convert(&call, ask).await? {
            Batched::Preview { total, refused } => preview(total, refused),
            Batched::Batch(accepted) => batch(&accepted),
        };
        Ok(v1::BatchConvertLeadsResponse { batch: Some(answer) })
    })
    .await
}

fn ask(call: &Call, mut request: v1::BatchConvertLeadsRequest) -> Result<BatchAsk, Refusal> {
    let key = batch_key(&mut request)?;
    let order = order(
        call,
        request.instruction.as_ref(),
        "instruction",
        &request.salesperson_ids,
        "salesperson_ids",
    )?;
    let overrides = overrides(&request.overrides)?;
    Ok(BatchAsk {
        leads: leads(std::mem::take(&mut request.lead_ids), request.filter)?,
        order,
        overrides,
        key,
        validate_only: request.validate_only,
    })
}

/// What is asked of a batch as a whole, also of one that an import makes.
pub(crate) fn order(
    call: &Call,
    sent: Option<&v1::ConvertInstruction>,
    path: &str,
    pool: &[String],
    pool_path: &str,
) -> Result<BatchOrder, Refusal> {
    Ok(BatchOrder {
        instruction: instruction(path, sent)?,
        pool: parse_ids::<SalespersonId>(pool_path, pool)?,
        caller: call.caller,
        traceparent: call.traceparent.clone(),
    })
}

fn leads(ids: Vec<String>, filter: Option<v1::LeadFilter>) -> Result<BatchLeads, Refusal> {
    match (ids.is_empty(), filter) {
        (true, None) => Err(Refusal::field("lead_ids", "must be given, or a filter")),
        (false, Some(_)) => Err(Refusal::field("filter", "cannot be given together with lead_ids")),
        (true, filter) => Ok(BatchLeads::Filter(Box::new(lead_filter(filter)?))),
        (false, None) if ids.len() > MOST_ITEMS => Err(Refusal::field(
            "lead_ids",
            format!("has more than {MOST_ITEMS} entries"),
        )),
        (false, None) => Ok(BatchLeads::Ids(parse_ids("lead_ids", &ids)?)),
    }
}

pub(crate) async fn get(api: &Api, request: Request<v1::GetBatchRequest>) -> Answer<v1::GetBatchResponse> {
    api.answer(request, |app, call, request| async move {
        let found = app.get_batch(&call, required_id("id", &request.id)?).await?;
        Ok(v1::GetBatchResponse {
            batch: Some(batch(&found)),
        })
    })
    .await
}

pub(crate) async fn cancel(api: &Api, request: Request<v1::CancelBatchRequest>) -> Answer<v1::CancelBatchResponse> {
    api.answer(request, |app, call, request| async move {
        let cancelled = app.cancel_batch(&call, required_id("id", &request.id)?).await?;
        Ok(v1::CancelBatchResponse {
            batch: Some(batch(&cancelled)),
        })
    })
    .await
}

pub(crate) async fn retry(api: &Api, request: Request<v1::RetryBatchRequest>) -> Answer<v1::RetryBatchResponse> {
    api.answer(request, |app, call, request| async move {
        let id = required_id("id", &request.id)?;
        let queued = app.retry_batch(&call, id, key(&request)?).await?;
        Ok(v1::RetryBatchResponse {
            batch: Some(batch(&queued)),
        })
    })
    .await
}

/// Steps of a batch.
pub(crate) type Steps = BoxStream<'static, Result<v1::WatchBatchResponse, Status>>;

pub(crate) async fn watch(api: &Api, request: Request<v1::WatchBatchRequest>) -> Answer<Steps> {
    let call = api.call(&request)?;
    let request = request.into_inner();
    let id = required_id("id", &request.id).map_err(|refusal| refused(&refusal))?;
    if request.after_sequence < 0 {
        return Err(refused(&Refusal::field("after_sequence", "must not be negative")));
    }
    let steps = api
        .app
        .watch_batch(&call, id, request.after_sequence)
        .await
        .map_err(status)?;
    let answers = ReceiverStream::new(steps).map(|step| step.map(|step| told(&step)).map_err(status));
    Ok(Response::new(answers.boxed()))
}

fn told(step: &BatchStep) -> v1::WatchBatchResponse {
    v1::WatchBatchResponse {
        sequence: step.sequence,
        batch: Some(batch(&step.batch)),
        conversion: step.conversion.as_deref().map(conversion),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn wrong(ids: Vec<String>, filter: Option<v1::LeadFilter>) -> String {
        leads(ids, filter).unwrap_err().violations[0].field.clone()
    }

    #[test]
    fn a_batch_has_ids_or_a_filter() {
        let id = || Uuid::from_u128(1).to_string();
        assert_eq!(wrong(vec![], None), "lead_ids");
        assert_eq!(wrong(vec![id()], Some(v1::LeadFilter::default())), "filter");
        assert_eq!(wrong(vec![id(), "x".into()], None), "lead_ids[1]");
        assert_eq!(wrong(vec![id(); MOST_ITEMS + 1], None), "lead_ids");
        assert!(leads(vec![id(); MOST_ITEMS], None).is_ok());
        assert!(leads(vec![], Some(v1::LeadFilter::default())).is_ok());
    }
}
