//! `opportune leads`.

use anyhow::Context;
use opportune_contract::v1::{GetLeadRequest, Lead, LeadFilter, LeadStatus, LeadType, ListLeadsRequest};
use serde_json::Value;

use crate::cli::{Global, LeadStatusChoice, LeadTypeChoice, LeadsArgs, LeadsCommand};
use crate::client::{Client, explain};
use crate::output::{cut, message_json, print_json, print_table, short};

const LARGEST_PAGE: usize = 1_000;

/// Lists leads and opportunities, or shows one.
///
/// # Errors
/// The server cannot be reached or refuses.
pub async fn run(global: &Global, args: &LeadsArgs) -> anyhow::Result<()> {
    let client = Client::connect(global).await?;
    if let Some(LeadsCommand::Get { id }) = &args.command {
        return get(&client, global, id).await;
    }
    let order = args.order_by.clone().unwrap_or_default();
    let leads = all(&client, filter(args), &order, args.limit).await?;
    if global.json {
        let values = leads.iter().map(message_json).collect::<anyhow::Result<Vec<_>>>()?;
        return print_json(&Value::Array(values));
    }
    let rows: Vec<[String; 7]> = leads.iter().map(row).collect();
    print_table(
        ["id", "type", "status", "title", "contact", "company", "country"],
        &rows,
    );
    Ok(())
}

async fn get(client: &Client, global: &Global, id: &str) -> anyhow::Result<()> {
    let request = GetLeadRequest {
        id: id.to_owned(),
        ..GetLeadRequest::default()
    };
    let answer = client.leads().get_lead(request).await.map_err(explain)?.into_inner();
    let lead = message_json(&answer.lead.context("the server answered without a lead")?)?;
    if global.json {
        return print_json(&lead);
    }
    let rows: Vec<[String; 2]> = lead.as_object().into_iter().flatten().map(fact).collect();
    print_table(["field", "value"], &rows);
    Ok(())
}

/// A field that says something, for people.
fn fact((field, value): (&String, &Value)) -> [String; 2] {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    [field.clone(), cut(&text, 100)]
}

/// Up to `limit` records, page by page.
///
/// # Errors
/// The server cannot be reached or refuses.
pub async fn all(client: &Client, filter: LeadFilter, order_by: &str, limit: usize) -> anyhow::Result<Vec<Lead>> {
    let mut leads: Vec<Lead> = Vec::new();
    let mut page_token = String::new();
    while leads.len() < limit {
        let wanted = (limit - leads.len()).min(LARGEST_PAGE);
        let request = ListLeadsRequest {
            filter: Some(filter.clone()),
            page_size: i32::try_from(wanted)?,
            page_token,
            order_by: order_by.to_owned(),
        };
        let page = client.leads().list_leads(request).await.map_err(explain)?.into_inner();
        leads.extend(page.leads);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    leads.truncate(limit);
    Ok(leads)
}

/// The cells that tell a record from others.
pub fn row(lead: &Lead) -> [String; 7] {
    [
        lead.id.clone(),
        short(lead.r#type().as_str_name(), "LEAD_TYPE_"),
        short(lead.status().as_str_name(), "LEAD_STATUS_"),
        cut(&lead.title, 32),
        cut(&lead.contact_name, 24),
        cut(&lead.company_name, 28),
        lead.country.clone(),
    ]
}

fn filter(args: &LeadsArgs) -> LeadFilter {
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    LeadFilter {
        r#type: args.kind.map_or(LeadType::Unspecified, lead_type).into(),
        status: args.status.map_or(LeadStatus::Unspecified, lead_status).into(),
        salesperson_id: given(&args.salesperson),
        team_id: given(&args.team),
        text: given(&args.text),
        external_id: given(&args.external_id),
        stage_id: given(&args.stage),
        customer_id: given(&args.customer),
        unassigned: args.unassigned,
        ..LeadFilter::default()
    }
}

fn lead_type(choice: LeadTypeChoice) -> LeadType {
    match choice {
        LeadTypeChoice::Lead => LeadType::Lead,
        LeadTypeChoice::Opportunity => LeadType::Opportunity,
    }
}

fn lead_status(choice: LeadStatusChoice) -> LeadStatus {
    match choice {
        LeadStatusChoice::Open => LeadStatus::Open,
        LeadStatusChoice::Won => LeadStatus::Won,
        LeadStatusChoice::Lost => LeadStatus::Lost,
        LeadStatusChoice::Archived => LeadStatus::Archived,
        LeadStatusChoice::Merged => LeadStatus::Merged,
    }
}
