//! Calls about batches.

use super::api::Api;
use super::poll::within;
use opportune_contract::v1::{
    Batch, BatchConvertLeadsRequest, BatchState, Conversion, ConvertInstruction, DuplicatePolicy, GetBatchRequest,
    ItemOverride, ListConversionsRequest, RetryBatchRequest, WatchBatchRequest, WatchBatchResponse,
};
use std::collections::BTreeMap;
use std::time::Duration;
use tonic::Status;
use tonic_types::StatusExt;

/// Long enough for the largest batch of a test, on a machine that is busy with other tests.
const OVER: Duration = Duration::from_secs(240);

/// To convert these leads with the defaults.
pub fn batch_of<T: ToString>(leads: &[T]) -> BatchConvertLeadsRequest {
    BatchConvertLeadsRequest {
        lead_ids: leads.iter().map(ToString::to_string).collect(),
        ..BatchConvertLeadsRequest::default()
    }
}

/// An instruction about duplicates.
pub fn on_duplicates(policy: DuplicatePolicy) -> Option<ConvertInstruction> {
    Some(ConvertInstruction {
        on_duplicates: policy.into(),
        ..ConvertInstruction::default()
    })
}

/// Another instruction for one record.
pub fn item_override(lead: &str, instruction: ConvertInstruction) -> ItemOverride {
    ItemOverride {
        lead_id: lead.to_owned(),
        instruction: Some(instruction),
    }
}

/// The reason that a conversion failed for; empty when it did not.
pub fn reason(conversion: &Conversion) -> String {
    info(conversion).map(|info| info.reason).unwrap_or_default()
}

/// A piece of the metadata of a conversion's error; empty when it is not there.
pub fn metadata_of(conversion: &Conversion, key: &str) -> String {
    info(conversion)
        .and_then(|info| info.metadata.get(key).cloned())
        .unwrap_or_default()
}

fn info(conversion: &Conversion) -> Option<tonic_types::ErrorInfo> {
    let error = conversion.error.as_ref()?;
    let details = prost::Message::encode_to_vec(error);
    Status::with_details(tonic::Code::from(error.code), error.message.clone(), details.into()).get_details_error_info()
}

impl Api {
    /// Asks for a batch.
    pub async fn try_batch(&self, request: BatchConvertLeadsRequest) -> Result<Batch, Status> {
        let answer = self.conversions().batch_convert_leads(request).await?;
        Ok(answer.into_inner().batch.unwrap())
    }

    /// Reads a batch.
    pub async fn get_batch(&self, id: &str) -> Batch {
        let request = GetBatchRequest { id: id.to_owned() };
        let answer = self.conversions().get_batch(request).await.unwrap();
        answer.into_inner().batch.unwrap()
    }

    /// Waits until every item has ended.
    pub async fn over(&self, id: &str) -> Batch {
        within(OVER, "the batch is over", || async {
            let request = GetBatchRequest { id: id.to_owned() };
            let answer = self.conversions().get_batch(request).await.ok()?;
            let batch = answer.into_inner().batch.unwrap();
            matches!(batch.state(), BatchState::Finished | BatchState::Cancelled).then_some(batch)
        })
        .await
    }

    /// Asks for a batch and waits until it is over.
    pub async fn batch(&self, request: BatchConvertLeadsRequest) -> Batch {
        let accepted = self.try_batch(request).await.unwrap();
        self.over(&accepted.id).await
    }

    /// Tries the failed items again.
    pub async fn retry_batch(&self, id: &str, request_id: &str) -> Result<Batch, Status> {
        let request = RetryBatchRequest {
            id: id.to_owned(),
            request_id: request_id.to_owned(),
        };
        let answer = self.conversions().retry_batch(request).await?;
        Ok(answer.into_inner().batch.unwrap())
    }

    /// The items of a batch by their leads.
    pub async fn items(&self, batch: &str) -> BTreeMap<String, Conversion> {
        let mut request = ListConversionsRequest {
            batch_id: batch.to_owned(),
            page_size: 1_000,
            ..ListConversionsRequest::default()
        };
        let mut items = BTreeMap::new();
        loop {
            let page = self
                .conversions()
                .list_conversions(request.clone())
                .await
                .unwrap()
                .into_inner();
            for item in page.conversions {
                let known = items.insert(item.lead_id.clone(), item);
                assert!(known.is_none(), "a lead is one item: {known:?}");
            }
            if page.next_page_token.is_empty() {
                return items;
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Follows a batch until it ends or `most` messages have come.
    pub async fn watched(&self, batch: &str, after_sequence: i64, most: usize) -> Vec<WatchBatchResponse> {
        let request = WatchBatchRequest {
            id: batch.to_owned(),
            after_sequence,
        };
        let mut stream = self.conversions().watch_batch(request).await.unwrap().into_inner();
        let mut seen = Vec::new();
        while seen.len() < most
            && let Some(message) = stream.message().await.unwrap()
        {
            seen.push(message);
        }
        seen
    }
}
