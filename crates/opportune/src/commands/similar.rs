//! `opportune similar`.

mod audit;
mod clusters;
mod pairs;
mod records;

use opportune_contract::v1::find_similar_request::Subject;
use opportune_contract::v1::{
    CustomerMatch, FindSimilarRequest, FindSimilarResponse, LeadMatch, MatchReason, RelatedLead,
};

use crate::cli::{Global, SimilarArgs};
use crate::client::{Client, explain};
use crate::output::{cut, message_json, print_json, print_table, short};

const LARGEST_PAGE: usize = 1_000;

/// Shows what is similar to a lead, and why.
///
/// # Errors
/// The server cannot be reached or refuses.
pub async fn run(global: &Global, args: &SimilarArgs) -> anyhow::Result<()> {
    let client = Client::connect(global).await?;
    let Some(lead_id) = &args.lead_id else {
        return audit::run(&client, args).await;
    };
    let request = FindSimilarRequest {
        subject: Some(Subject::LeadId(lead_id.clone())),
        min_score: args.min_score,
        exclude_closed: args.exclude_closed,
        page_size: i32::try_from(args.limit.clamp(1, LARGEST_PAGE))?,
        page_token: String::new(),
    };
    let found = client
        .conversions()
        .find_similar(request)
        .await
        .map_err(explain)?
        .into_inner();
    if global.json {
        return print_json(&message_json(&found)?);
    }
    print(&found);
    Ok(())
}

fn print(found: &FindSimilarResponse) {
    if found.matches.is_empty() && found.customers.is_empty() {
        println!("nothing is similar");
    }
    let leads: Vec<[String; 7]> = found.matches.iter().filter_map(lead_row).collect();
    print_table(
        [
            "score",
            "strength",
            "lead",
            "status",
            "contact",
            "company",
            "because of",
        ],
        &leads,
    );
    let customers: Vec<[String; 5]> = found.customers.iter().filter_map(customer_row).collect();
    print_table(["score", "strength", "customer", "name", "because of"], &customers);
    let related: Vec<[String; 4]> = found.related.iter().filter_map(related_row).collect();
    print_table(["related", "lead", "contact", "company"], &related);
    for skipped in &found.skipped_keys {
        let key = short(skipped.key().as_str_name(), "MATCH_KEY_");
        println!(
            "not searched by {key}: {} (about {} records)",
            skipped.reason, skipped.estimated_hits
        );
    }
    let shown = i64::try_from(found.matches.len()).unwrap_or(i64::MAX);
    if found.total_size > shown {
        println!("… {} in all; --limit shows more", found.total_size);
    }
}

fn lead_row(found: &LeadMatch) -> Option<[String; 7]> {
    let lead = found.lead.as_ref()?;
    Some([
        format!("{:.3}", found.score),
        short(found.strength().as_str_name(), "MATCH_STRENGTH_"),
        lead.id.clone(),
        short(lead.status().as_str_name(), "LEAD_STATUS_"),
        cut(&lead.contact_name, 24),
        cut(&lead.company_name, 24),
        reasons(&found.reasons),
    ])
}

fn related_row(found: &RelatedLead) -> Option<[String; 4]> {
    let lead = found.lead.as_ref()?;
    Some([
        short(found.relation().as_str_name(), "RELATION_"),
        lead.id.clone(),
        cut(&lead.contact_name, 24),
        cut(&lead.company_name, 24),
    ])
}

fn customer_row(found: &CustomerMatch) -> Option<[String; 5]> {
    let customer = found.customer.as_ref()?;
    Some([
        format!("{:.3}", found.score),
        short(found.strength().as_str_name(), "MATCH_STRENGTH_"),
        customer.id.clone(),
        cut(&customer.name, 32),
        reasons(&found.reasons),
    ])
}

fn reasons(reasons: &[MatchReason]) -> String {
    let texts: Vec<String> = reasons
        .iter()
        .map(|reason| {
            let key = short(reason.key().as_str_name(), "MATCH_KEY_");
            format!("{key} {:+.1} ({})", reason.weight, cut(&reason.detail, 40))
        })
        .collect();
    texts.join(", ")
}
