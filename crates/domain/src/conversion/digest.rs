//! The digest of a plan: equal if and only if the same would be written (rules 4.6).

use super::plan::Plan;
use crate::customer::Customer;
use crate::lead::Lead;
use crate::touched::touched;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Fields of the record that hold times.
const LEAD_TIMES: [&str; 3] = ["convert_time", "assign_time", "close_time"];
/// Fields of a new customer that are new ids or times.
const CUSTOMER_IDS_AND_TIMES: [&str; 5] = ["id", "parent_id", "version", "create_time", "update_time"];

/// SHA-256, in hexadecimal, over what would be written, without new ids and times: the record, the customers that are
/// made, the records that are merged, and every value that a merge leaves behind.
pub(super) fn digest(before: &Lead, after: &Lead, plan: &Plan, new_customers: &[Customer]) -> String {
    let mut fields: Map<String, Value> = touched(before, after)
        .into_iter()
        .map(|(name, change)| (name, change.after))
        .collect();
    for time in LEAD_TIMES {
        fields.remove(time);
    }
    // What the preview showed counts even where it only keeps what is there: somebody else may change it meanwhile.
    let decided = json!({
        "type": after.kind, "stage_id": after.stage_id, "salesperson_id": after.salesperson_id,
        "team_id": after.team_id, "customer_id": after.customer_id,
    });
    if let Value::Object(decided) = decided {
        fields.extend(decided);
    }
    if new_customers
        .iter()
        .any(|customer| Some(customer.id) == after.customer_id)
    {
        fields.insert("customer_id".to_owned(), json!("new"));
    }
    let customers: Vec<Value> = new_customers
        .iter()
        .map(|customer| without_ids(customer, new_customers))
        .collect();
    let left: Vec<Value> = plan
        .not_carried
        .iter()
        .map(|left| json!([left.field, left.value, left.source_lead_id]))
        .collect();
    let canonical = json!({
        "lead": after.id, "fields": fields, "customers": customers, "merged": plan.merged_lead_ids, "left": left,
    })
    .to_string();
    Sha256::digest(canonical.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn without_ids(customer: &Customer, new_customers: &[Customer]) -> Value {
    let mut value = serde_json::to_value(customer).unwrap_or(Value::Null);
    if let Value::Object(fields) = &mut value {
        let parent_is_new = new_customers.iter().any(|other| Some(other.id) == customer.parent_id);
        let parent = if parent_is_new {
            json!("new")
        } else {
            json!(customer.parent_id)
        };
        for field in CUSTOMER_IDS_AND_TIMES {
            fields.remove(field);
        }
        fields.insert("parent".to_owned(), parent);
    }
    value
}
