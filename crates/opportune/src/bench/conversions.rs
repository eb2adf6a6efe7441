//! The product's side: single calls that wait for the outcome, and a batch.

use super::Stage;
use super::report::Run;
use anyhow::{Context, Result, ensure};
use opportune_contract::v1;
use opportune_contract::v1::lead_conversion_service_client::LeadConversionServiceClient;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tonic::Code;
use tonic::transport::Channel;
use uuid::Uuid;

/// Converts each lead with a call that waits for SUCCEEDED, `callers` at a time.
pub async fn single(stage: &Stage, lead_ids: &[Uuid], callers: usize) -> Result<Run> {
    let wait = prost_types::Duration { seconds: 30, nanos: 0 };
    let begun = Instant::now();
    let latencies = convert(stage, lead_ids, callers, wait).await?;
    Ok(Run {
        count: lead_ids.len(),
        took: begun.elapsed(),
        latencies,
    })
}

/// Hands all leads over as one batch, and takes the time to the last confirmed event.
pub async fn bulk(stage: &Stage, lead_ids: &[Uuid]) -> Result<Run> {
    let begun = Instant::now();
    let mut client = LeadConversionServiceClient::new(stage.channel(0));
    let request = v1::BatchConvertLeadsRequest {
        lead_ids: lead_ids.iter().map(Uuid::to_string).collect(),
        ..Default::default()
    };
    let answer = client.batch_convert_leads(request).await?.into_inner();
    let batch = answer.batch.context("an answer without batch")?;
    ensure!(
        batch.total_count == i64::try_from(lead_ids.len())?,
        "a batch of {}",
        batch.total_count
    );
    let accepted = begun.elapsed();
    stage.quiet().await?;
    let took = begun.elapsed();
    tracing::info!(?accepted, ?took, "bulk");
    nearly_all_succeeded(stage, lead_ids).await?;
    Ok(Run {
        count: lead_ids.len(),
        took,
        latencies: Vec::new(),
    })
}

async fn convert(
    stage: &Stage,
    lead_ids: &[Uuid],
    callers: usize,
    wait: prost_types::Duration,
) -> Result<Vec<Duration>> {
    let ids: Arc<[Uuid]> = lead_ids.into();
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for caller in 0..callers {
        tasks.spawn(call(stage.channel(caller), ids.clone(), next.clone(), wait));
    }
    let mut latencies = Vec::with_capacity(lead_ids.len());
    while let Some(ended) = tasks.join_next().await {
        latencies.extend(ended??);
    }
    Ok(latencies)
}

async fn call(
    channel: Channel,
    ids: Arc<[Uuid]>,
    next: Arc<AtomicUsize>,
    wait: prost_types::Duration,
) -> Result<Vec<Duration>> {
    let mut client = LeadConversionServiceClient::new(channel);
    let mut latencies = Vec::new();
    while let Some(id) = ids.get(next.fetch_add(1, Ordering::Relaxed)) {
        let request = v1::ConvertLeadRequest {
            lead_id: id.to_string(),
            // The key only has to be new; the lead's own id is.
            request_id: id.to_string(),
            wait: Some(wait),
            ..Default::default()
        };
        let begun = Instant::now();
        let answer = client.convert_lead(request).await?.into_inner();
        latencies.push(begun.elapsed());
        let conversion = answer.conversion.context("an answer without conversion")?;
        ensure!(
            is_settled(&conversion),
            "a conversion ended {:?}: {:?}",
            conversion.state(),
            conversion.error
        );
    }
    Ok(latencies)
}

/// Converted, or refused as a duplicate: the invented people have namesakes now and then.
fn is_settled(conversion: &v1::Conversion) -> bool {
    let duplicate = conversion
        .error
        .as_ref()
        .is_some_and(|error| error.code == i32::from(Code::AlreadyExists));
    conversion.state() == v1::ConversionState::Succeeded || duplicate
}

/// All but a few in a hundred were converted.
async fn nearly_all_succeeded(stage: &Stage, lead_ids: &[Uuid]) -> Result<()> {
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM conversions WHERE state = 'succeeded' AND lead_id = ANY ($1)")
            .bind(lead_ids)
            .fetch_one(&stage.pool)
            .await?;
    let succeeded = usize::try_from(count)?;
    ensure!(
        succeeded * 100 >= lead_ids.len() * 97,
        "{succeeded} of {} conversions succeeded",
        lead_ids.len()
    );
    Ok(())
}
