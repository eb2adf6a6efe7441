//! The calls, one after another over one connection.

use super::report::Times;
use crate::bench::Stage;
use anyhow::Result;
use opportune_contract::v1::find_similar_request::Subject;
use opportune_contract::v1::lead_conversion_service_client::LeadConversionServiceClient;
use opportune_contract::v1::lead_service_client::LeadServiceClient;
use opportune_contract::v1::{FindSimilarRequest, GetLeadRequest};
use std::time::Instant;
use uuid::Uuid;

/// Calls of each kind.
const CALLS: i64 = 1_000;
/// Calls before those that count: plans are made, pages are read.
const WARM_UP: usize = 100;

/// Leads drawn from all.
pub async fn subjects(stage: &Stage) -> Result<Vec<Uuid>> {
    let drawn = sqlx::query_scalar("SELECT id FROM leads ORDER BY hashtext(id::text), id LIMIT $1")
        .bind(CALLS)
        .fetch_all(&stage.pool)
        .await?;
    Ok(drawn)
}

/// FindSimilar of each.
pub async fn find(stage: &Stage, subjects: &[Uuid]) -> Result<Times> {
    let mut client = LeadConversionServiceClient::new(stage.channel(0));
    let mut times = Times::default();
    for (number, id) in subjects.iter().take(WARM_UP).chain(subjects).enumerate() {
        let request = FindSimilarRequest {
            subject: Some(Subject::LeadId(id.to_string())),
            ..Default::default()
        };
        let begun = Instant::now();
        let answer = client.find_similar(request).await?.into_inner();
        if number >= WARM_UP {
            times.calls.push(begun.elapsed());
            times.found += answer.matches.len();
            times.skipped += answer.skipped_keys.len();
        }
    }
    Ok(times)
}

/// GetLead of each: the floor.
pub async fn lookup(stage: &Stage, subjects: &[Uuid]) -> Result<Times> {
    let mut client = LeadServiceClient::new(stage.channel(0));
    let mut times = Times::default();
    for (number, id) in subjects.iter().take(WARM_UP).chain(subjects).enumerate() {
        let request = GetLeadRequest {
            id: id.to_string(),
            include_similar_count: false,
        };
        let begun = Instant::now();
        client.get_lead(request).await?;
        if number >= WARM_UP {
            times.calls.push(begun.elapsed());
        }
    }
    Ok(times)
}
