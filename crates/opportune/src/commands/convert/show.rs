//! A conversion, for people.

use opportune_contract::google::rpc::ErrorInfo;
use opportune_contract::v1::{Conversion, CustomerAction, Plan, Result as Outcome};
use prost::{Message, Name};

use crate::output::{print_table, short};

/// Prints what is known of a conversion or preview.
pub fn print_conversion(conversion: &Conversion) {
    if conversion.id.is_empty() {
        println!("preview of lead {} (nothing was changed)", conversion.lead_id);
    } else {
        let state = short(conversion.state().as_str_name(), "CONVERSION_STATE_");
        println!(
            "conversion {} of lead {}: {state}, attempt {}",
            conversion.id, conversion.lead_id, conversion.attempt
        );
    }
    if let Some(plan) = &conversion.plan {
        print_plan(plan);
    }
    if let Some(result) = &conversion.result {
        print_result(result);
    }
    if let Some(error) = &conversion.error {
        println!("error        {}: {}", error_reason(conversion), error.message);
    }
}

/// The reason of the error that a conversion ended with; empty without one.
pub fn error_reason(conversion: &Conversion) -> String {
    let details = conversion.error.iter().flat_map(|error| &error.details);
    let infos = details.filter(|any| any.type_url.ends_with(&ErrorInfo::full_name()));
    infos
        .filter_map(|any| ErrorInfo::decode(any.value.as_slice()).ok())
        .map(|info| info.reason)
        .next()
        .unwrap_or_default()
}

fn print_plan(plan: &Plan) {
    println!("plan         {}", plan.digest);
    println!(
        "becomes      {}",
        short(plan.resulting_type().as_str_name(), "LEAD_TYPE_")
    );
    if !plan.merged_lead_ids.is_empty() {
        println!(
            "merges       {} into {}",
            plan.merged_lead_ids.join(", "),
            plan.survivor_id
        );
    }
    if let Some(customer) = &plan.customer {
        let action = short(customer.action().as_str_name(), "CUSTOMER_ACTION_");
        println!(
            "customer     {action} {}({})",
            spaced(&customer.customer_id),
            customer.reason
        );
        let new = [("company", &customer.new_company), ("person", &customer.new_person)];
        for (kind, record) in new.into_iter().filter(|_| customer.action() == CustomerAction::Create) {
            if let Some(record) = record {
                println!("             new {kind}: {}", record.name);
            }
        }
        for difference in &customer.differences {
            println!("             differs: {difference}");
        }
    }
    if let Some(assignment) = &plan.assignment {
        let who = [
            ("salesperson", &assignment.salesperson_id),
            ("team", &assignment.team_id),
        ]
        .into_iter()
        .filter(|(_, id)| !id.is_empty())
        .map(|(kind, id)| format!("{kind} {id} "))
        .collect::<String>();
        println!("assignment   {who}({})", assignment.reason);
    }
    let rows: Vec<[String; 4]> = plan
        .fields
        .iter()
        .map(|field| {
            [
                field.field.clone(),
                field.value.clone(),
                field.rule.clone(),
                field.source_lead_id.clone(),
            ]
        })
        .collect();
    print_table(["field", "value", "rule", "from"], &rows);
    for lost in &plan.not_carried {
        println!(
            "not carried  {} of {}: {}",
            lost.field, lost.source_lead_id, lost.reason
        );
    }
}

fn print_result(result: &Outcome) {
    println!("opportunity  {}", result.opportunity_id);
    if !result.customer_id.is_empty() {
        println!("customer     {}", result.customer_id);
    }
    println!(
        "created      {} customers, {} events",
        result.created_customer_ids.len(),
        result.event_ids.len()
    );
}

fn spaced(id: &str) -> String {
    if id.is_empty() { String::new() } else { format!("{id} ") }
}
