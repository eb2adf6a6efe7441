//! A vector as it stands in a file: one line, one object.

use anyhow::Context;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::path::Path;

/// A small world, a few calls, and what must be true afterwards. What explains it to people (`title`, `rules`,
/// `origin`, `reading`) is not read.
#[derive(Debug, Deserialize)]
pub struct Vector {
    /// Its name, unique over all files.
    pub id: String,
    /// What is made before the first step.
    #[serde(default)]
    pub given: Given,
    /// What is called, in order.
    pub steps: Vec<Step>,
    /// What must be true after the last step.
    #[serde(default)]
    pub then: Map<String, Value>,
}

/// What is made before the first step, in the order of these fields.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    pub settings: Option<Map<String, Value>>,
    #[serde(default)]
    pub salespeople: Vec<Map<String, Value>>,
    #[serde(default)]
    pub teams: Vec<Map<String, Value>>,
    pub stages: Option<Vec<Map<String, Value>>>,
    #[serde(default)]
    pub customers: Vec<Map<String, Value>>,
    #[serde(default)]
    pub leads: Vec<Map<String, Value>>,
    #[serde(default)]
    pub bulk_leads: Vec<BulkLeads>,
}

/// Many leads of one pattern, `{n}` being the number of each.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BulkLeads {
    pub id: String,
    pub count: u32,
    pub lead: Map<String, Value>,
}

/// One thing that is done.
#[derive(Debug, Deserialize)]
#[serde(from = "AnyStep")]
pub enum Step {
    /// A call.
    Call(Box<Call>),
    /// Steps that begin at the same moment; the next one begins when all have ended.
    Parallel(Vec<Step>),
    /// A pause, in seconds.
    Sleep(f64),
}

/// One call of the API.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// `Service.Method`.
    pub call: String,
    /// The request.
    #[serde(default)]
    pub with: Map<String, Value>,
    /// The requests of a client stream, instead of `with`.
    pub stream: Option<Vec<Value>>,
    /// The name that the answer gets.
    #[serde(rename = "as")]
    pub name: Option<String>,
    /// What the answer must be; absent: the call must succeed.
    pub expect: Option<Value>,
    /// Who calls; absent: the all-powerful default.
    pub acting: Option<Acting>,
    /// Whether the end of the work is waited for.
    #[serde(default = "yes")]
    pub settle: bool,
}

/// Who calls, where it is not the default.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acting {
    /// A role of rules 11.
    pub role: Option<String>,
    /// Who he is: a reference.
    pub salesperson: Option<String>,
    /// The name of another, empty tenant.
    pub tenant: Option<String>,
    /// Without credentials, whatever stands here.
    pub anonymous: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum AnyStep {
    Parallel(Together),
    Sleep(Pause),
    Call(Box<Call>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Together {
    parallel: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pause {
    sleep: f64,
}

impl From<AnyStep> for Step {
    fn from(step: AnyStep) -> Self {
        match step {
            AnyStep::Parallel(together) => Self::Parallel(together.parallel),
            AnyStep::Sleep(pause) => Self::Sleep(pause.sleep),
            AnyStep::Call(call) => Self::Call(call),
        }
    }
}

fn yes() -> bool {
    true
}

/// The vectors of a file; empty lines are skipped.
///
/// # Errors
/// When the file cannot be read, or a line is no vector; the line is named.
pub fn read(file: &Path) -> anyhow::Result<Vec<Vector>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line)
                .with_context(|| format!("line {} of {} is no vector", number + 1, file.display()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn vector(step: Value) -> Result<Vector, serde_json::Error> {
        serde_json::from_value(json!({"id": "v", "title": "A vector", "steps": [step]}))
    }

    #[test]
    fn steps_are_calls_pauses_or_several_at_once() {
        let call = json!({"call": "LeadService.GetLead", "with": {"id": "$a"}, "as": "g", "settle": false});
        let steps = vector(json!({"parallel": [call, {"sleep": 0.5}]})).unwrap().steps;
        let [Step::Parallel(steps)] = steps.as_slice() else {
            panic!("{steps:?}")
        };
        assert!(matches!(&steps[0], Step::Call(call) if call.name.as_deref() == Some("g") && !call.settle));
        assert!(matches!(&steps[1], Step::Sleep(seconds) if *seconds == 0.5));
    }

    #[test]
    fn a_step_with_an_unknown_key_is_refused_instead_of_half_read() {
        assert!(vector(json!({"call": "LeadService.GetLead", "expects": {}})).is_err());
        assert!(vector(json!({"sleep": 1, "call": "LeadService.GetLead"})).is_err());
        let given = json!({"id": "v", "given": {"lead": []}, "steps": []});
        assert!(serde_json::from_value::<Vector>(given).is_err());
    }
}
