//! Why items of a batch failed.

use std::collections::BTreeMap;

use opportune_contract::v1::{Conversion, ConversionState, ListConversionsRequest};

use crate::client::{Client, explain};
use crate::commands::convert::error_reason;
use crate::output::{cut, print_table, thousands};

const PAGE: i32 = 1_000;
/// Ids that are shown of each reason; `opportune conversions --batch` has all of them.
const EXAMPLES: usize = 3;

/// Prints the reasons, how often each occurred, and where for example.
pub(super) async fn print(client: &Client, batch: &str) -> anyhow::Result<()> {
    let mut reasons: BTreeMap<String, Vec<Conversion>> = BTreeMap::new();
    for failed in all(client, batch).await? {
        reasons.entry(error_reason(&failed)).or_default().push(failed);
    }
    let rows: Vec<[String; 4]> = reasons.iter().map(|(reason, failed)| row(reason, failed)).collect();
    print_table(["failed because", "leads", "for example", "said of the first"], &rows);
    Ok(())
}

fn row(reason: &str, failed: &[Conversion]) -> [String; 4] {
    let examples: Vec<&str> = failed.iter().take(EXAMPLES).map(|one| one.lead_id.as_str()).collect();
    let said = failed.first().and_then(|one| one.error.as_ref());
    [
        reason.to_owned(),
        thousands(failed.len() as u64),
        examples.join(" "),
        said.map(|error| cut(&error.message, 60)).unwrap_or_default(),
    ]
}

async fn all(client: &Client, batch: &str) -> anyhow::Result<Vec<Conversion>> {
    let mut found = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListConversionsRequest {
            batch_id: batch.to_owned(),
            state: ConversionState::Failed.into(),
            page_size: PAGE,
            page_token,
            ..ListConversionsRequest::default()
        };
        let answer = client.conversions().list_conversions(request).await.map_err(explain)?;
        let page = answer.into_inner();
        found.extend(page.conversions);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(found);
        }
    }
}
