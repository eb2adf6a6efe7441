//! Leads to be converted: invented ones, no two alike.

use super::Stage;
use crate::sample::{Generator, SampleLead};
use anyhow::{Result, ensure};
use opportune_contract::v1;
use opportune_contract::v1::import_leads_request::Payload;
use opportune_contract::v1::lead_service_client::LeadServiceClient;
use std::collections::HashSet;
use tokio_stream::iter;
use uuid::Uuid;

/// Imports `count` leads without duplicates among them and returns their ids in a mixed order.
pub async fn import(stage: &Stage, count: usize) -> Result<Vec<Uuid>> {
    let header = v1::ImportHeader {
        request_id: Uuid::from_u128(1).to_string(),
        ..Default::default()
    };
    let mut seen = HashSet::new();
    let rows = Generator::new(7)
        .filter(move |lead| lead.repeats.is_none() && is_new(lead, &mut seen))
        .take(count)
        .zip(1..)
        .map(|(lead, line)| {
            let row = v1::ImportRow {
                line,
                lead: Some(lead.to_lead()),
            };
            v1::ImportLeadsRequest {
                payload: Some(Payload::Row(row)),
            }
        });
    let first = v1::ImportLeadsRequest {
        payload: Some(Payload::Header(header)),
    };
    let stream = iter(std::iter::once(first).chain(rows));
    let answer = LeadServiceClient::new(stage.channel(0))
        .import_leads(stream)
        .await?
        .into_inner();
    ensure!(
        answer.rejected_count == 0,
        "invented leads were rejected: {:?}",
        answer.rejects.first()
    );
    let ids = sqlx::query_scalar("SELECT id FROM leads ORDER BY hashtext(id::text), id")
        .fetch_all(&stage.pool)
        .await?;
    sqlx::query("ANALYZE").execute(&stage.pool).await?;
    Ok(ids)
}

/// Shares neither address nor number nor name and company with an earlier one: nothing to be refused as a duplicate.
fn is_new(lead: &SampleLead, seen: &mut HashSet<String>) -> bool {
    let person = format!("{} {}", lead.contact_name, lead.company_name);
    let telling = [lead.email.to_lowercase(), lead.phone.clone(), person];
    let known = telling.iter().any(|text| seen.contains(text));
    seen.extend(telling.into_iter().filter(|text| !text.trim().is_empty()));
    !known
}
