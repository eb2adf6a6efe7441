//! Batches, and the instructions for their items.

use crate::enums::{parse_duplicate_policy, parse_mode, parse_survivor_rule};
use crate::fields::Fields;
use crate::ids::{parse_id, required_id, text};
use crate::time::timestamp;
use opportune_contract::v1;
use opportune_contract::v1::convert_instruction::Customer;
use opportune_domain::batch::{Batch, BatchState, Instruction, Overrides};
use opportune_domain::conversion::CustomerChoice;
use opportune_domain::ids::LeadId;
use opportune_domain::refusal::Refusal;
use std::collections::BTreeMap;

/// A batch as a message.
pub fn batch(batch: &Batch) -> v1::Batch {
    v1::Batch {
        id: batch.id.to_string(),
        state: batch_state(batch.state()).into(),
        total_count: batch.total,
        queued_count: batch.total - batch.ended(),
        succeeded_count: batch.counts.succeeded,
        failed_count: batch.counts.failed,
        cancelled_count: batch.counts.cancelled,
        request_id: text(batch.request_id),
        create_time: Some(timestamp(batch.create_time)),
        end_time: batch.end_time.map(timestamp),
    }
}

/// A batch that would be made, as a message: without id and state.
pub fn preview(total: i64, refused: i64) -> v1::Batch {
    v1::Batch {
        total_count: total,
        queued_count: total - refused,
        failed_count: refused,
        ..v1::Batch::default()
    }
}

fn batch_state(state: BatchState) -> v1::BatchState {
    match state {
        BatchState::Queued => v1::BatchState::Queued,
        BatchState::Running => v1::BatchState::Running,
        BatchState::Finished => v1::BatchState::Finished,
        BatchState::Cancelled => v1::BatchState::Cancelled,
    }
}

/// An instruction for many; absent = the defaults.
///
/// # Errors
/// `FIELD_INVALID` naming every field that cannot be read, below `path`.
pub fn instruction(path: &str, sent: Option<&v1::ConvertInstruction>) -> Result<Instruction, Refusal> {
    let Some(sent) = sent else {
        return Ok(Instruction::default());
    };
    let at = |field: &str| format!("{path}.{field}");
    let mut fields = Fields::new(None, &[]);
    let read = Instruction {
        mode: fields
            .parse("mode", || parse_mode(&at("mode"), sent.mode))
            .unwrap_or_default(),
        survivor_rule: fields
            .parse("survivor_rule", || {
                parse_survivor_rule(&at("survivor_rule"), sent.survivor_rule)
            })
            .unwrap_or_default(),
        on_duplicates: fields
            .parse("on_duplicates", || {
                parse_duplicate_policy(&at("on_duplicates"), sent.on_duplicates)
            })
            .unwrap_or_default(),
        customer: fields
            .parse("customer", || {
                customer_choice(&at("link_customer_id"), sent.customer.as_ref())
            })
            .unwrap_or_default(),
        salesperson_id: fields
            .parse("salesperson_id", || {
                parse_id(&at("salesperson_id"), &sent.salesperson_id)
            })
            .flatten(),
        team_id: fields
            .parse("team_id", || parse_id(&at("team_id"), &sent.team_id))
            .flatten(),
        force_assignment: sent.force_assignment,
    };
    fields.finish(read)
}

fn customer_choice(field: &str, choice: Option<&Customer>) -> Result<CustomerChoice, Refusal> {
    Ok(match choice {
        None | Some(Customer::MatchOrCreateCustomer(_)) => CustomerChoice::MatchOrCreate,
        Some(Customer::CreateCustomer(_)) => CustomerChoice::Create,
        Some(Customer::NoCustomer(_)) => CustomerChoice::None,
        Some(Customer::LinkCustomerId(id)) => CustomerChoice::Link(required_id(field, id)?),
    })
}

/// Instructions for single records, each once.
///
/// # Errors
/// `FIELD_INVALID` naming the first one that cannot be read, or that is about a record that has one already.
pub fn overrides(sent: &[v1::ItemOverride]) -> Result<Overrides, Refusal> {
    let mut read = BTreeMap::new();
    for (index, one) in sent.iter().enumerate() {
        let path = format!("overrides[{index}]");
        let lead: LeadId = required_id(&format!("{path}.lead_id"), &one.lead_id)?;
        let instruction = instruction(&format!("{path}.instruction"), one.instruction.as_ref())?;
        if read.insert(lead, instruction).is_some() {
            return Err(Refusal::field(&format!("{path}.lead_id"), "has an override already"));
        }
    }
    Ok(Overrides(read))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn an_instruction_that_is_absent_or_empty_is_the_default() {
        let empty = v1::ConvertInstruction::default();
        assert_eq!(instruction("instruction", None).unwrap(), Instruction::default());
        assert_eq!(
            instruction("instruction", Some(&empty)).unwrap(),
            Instruction::default()
        );
    }

    #[test]
    fn every_field_that_cannot_be_read_is_named_by_its_path() {
        let sent = v1::ConvertInstruction {
            mode: 9,
            salesperson_id: "ann".into(),
            customer: Some(Customer::LinkCustomerId(String::new())),
            ..v1::ConvertInstruction::default()
        };
        let refusal = instruction("instruction", Some(&sent)).unwrap_err();
        let named: Vec<_> = refusal.violations.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(
            named,
            [
                "instruction.mode",
                "instruction.link_customer_id",
                "instruction.salesperson_id"
            ]
        );
    }

    #[test]
    fn a_record_has_one_override() {
        let one = v1::ItemOverride {
            lead_id: Uuid::from_u128(1).to_string(),
            instruction: None,
        };
        let refusal = overrides(&[one.clone(), one]).unwrap_err();
        assert_eq!(refusal.violations[0].field, "overrides[1].lead_id");
    }
}
