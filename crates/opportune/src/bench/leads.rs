//! Leads in the service: invented ones.

use super::Stage;
use crate::sample::{Generator, SampleLead};
use anyhow::{Result, ensure};
use opportune_contract::v1;
use opportune_contract::v1::import_leads_request::Payload;
use opportune_contract::v1::lead_service_client::LeadServiceClient;
use std::collections::HashSet;
use tokio_stream::iter;
use uuid::Uuid;

/// The most leads of one import, where there is a choice.
pub const PART: usize = 50_000;

/// Imports `count` leads without duplicates among them and returns their ids in a mixed order.
pub async fn import(stage: &Stage, count: usize) -> Result<Vec<Uuid>> {
    let mut seen = HashSet::new();
    let different = Generator::new(7).filter(move |lead| lead.repeats.is_none() && is_new(lead, &mut seen));
    add(stage, different.take(count)).await?;
    let ids = sqlx::query_scalar("SELECT id FROM leads ORDER BY hashtext(id::text), id")
        .fetch_all(&stage.pool)
        .await?;
    // As autovacuum does, sooner or later: of what has changed. It leaves alone what is empty.
    sqlx::query("ANALYZE leads, match_keys").execute(&stage.pool).await?;
    Ok(ids)
}

/// Imports some more leads.
pub async fn add(stage: &Stage, leads: impl Iterator<Item = SampleLead>) -> Result<()> {
    let leads: Vec<SampleLead> = leads.collect();
    let header = v1::ImportHeader {
        request_id: Uuid::from_u128(rand::random()).to_string(),
        ..Default::default()
    };
    let first = Payload::Header(header);
    let rows = leads.into_iter().zip(1..).map(|(lead, line)| {
        Payload::Row(v1::ImportRow {
            line,
            lead: Some(lead.to_lead()),
        })
    });
    let requests = std::iter::once(first)
        .chain(rows)
        .map(|payload| v1::ImportLeadsRequest { payload: Some(payload) });
    let answer = LeadServiceClient::new(stage.channel(0))
        .import_leads(iter(requests))
        .await?
        .into_inner();
    ensure!(
        answer.rejected_count == 0,
        "invented leads were rejected: {:?}",
        answer.rejects.first()
    );
    Ok(())
}

/// Shares neither address nor number nor name and company with an earlier one: nothing to be refused as a duplicate.
fn is_new(lead: &SampleLead, seen: &mut HashSet<String>) -> bool {
    let person = format!("{} {}", lead.contact_name, lead.company_name);
    let telling = [lead.email.to_lowercase(), lead.phone.clone(), person];
    let known = telling.iter().any(|text| seen.contains(text));
    seen.extend(telling.into_iter().filter(|text| !text.trim().is_empty()));
    !known
}
