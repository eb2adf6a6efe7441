//! Whether what came of a call is what its step expects: an answer, or an error, which may also be that of the
//! conversion that the call began.

use super::expect::{Checker, shown};
use super::scene::{Outcome, is};
use serde_json::{Map, Value, json};

/// One of several outcomes.
const ONE_OF: &str = "~one_of";

/// The outcome as it is captured.
pub fn captured(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Answer(answer) => answer.clone(),
        Outcome::Refused(error) => json!({"error": error}),
    }
}

/// What differs. A conversion that failed is an error where `converts` says that the call began it.
pub fn differences(checker: &Checker<'_>, expected: Option<&Value>, outcome: &Outcome, converts: bool) -> Vec<String> {
    let expected = expected.and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(Value::Array(outcomes)) = expected.get(ONE_OF) {
        return one_of(checker, outcomes, outcome, converts);
    }
    let (errors, rest): (Map<_, _>, Map<_, _>) = expected
        .into_iter()
        .partition(|(key, value)| key == "error" && !value.is_null());
    let error = match outcome {
        Outcome::Refused(error) => Some(error),
        Outcome::Answer(answer) => ended_with(answer),
    };
    let answer = match outcome {
        Outcome::Answer(answer) => answer,
        Outcome::Refused(_) => &Value::Null,
    };
    match (errors.get("error"), error) {
        (Some(expected), Some(error)) => {
            let mut wrong = checker.differences("error", expected, error);
            wrong.extend(checker.differences("", &Value::Object(rest), answer));
            wrong
        }
        (Some(expected), None) => vec![format!("expected the error {}, got {}", shown(expected), shown(answer))],
        (None, Some(error)) if matches!(outcome, Outcome::Refused(_)) || converts && !names_failure(&rest) => {
            vec![format!(
                "failed: {} {}: {}",
                text(error, "code"),
                text(error, "reason"),
                text(error, "message")
            )]
        }
        (None, _) => checker.differences("", &Value::Object(rest), answer),
    }
}

fn one_of(checker: &Checker<'_>, outcomes: &[Value], outcome: &Outcome, converts: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for expected in outcomes {
        let differences = differences(checker, Some(expected), outcome, converts);
        if differences.is_empty() {
            return differences;
        }
        wrong.push(differences.join(", "));
    }
    vec![format!("none of {} outcomes: {}", outcomes.len(), wrong.join("; or "))]
}

/// The error of a conversion that failed.
fn ended_with(answer: &Value) -> Option<&Value> {
    let failed = is(answer, "Conversion") && answer["state"] == "FAILED";
    failed.then(|| answer.get("error")).flatten()
}

/// The step itself says that the conversion fails.
fn names_failure(expected: &Map<String, Value>) -> bool {
    expected.get("state").is_some_and(|state| state == "FAILED")
}

fn text<'e>(error: &'e Value, key: &str) -> &'e str {
    error[key].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::errors::ERROR;
    use crate::conformance::names::Names;
    use crate::conformance::seen::Seen;
    use crate::conformance::view::KIND;

    fn error(reason: &str) -> Value {
        json!({KIND: ERROR, "code": "FAILED_PRECONDITION", "reason": reason, "text": "lead 7 is won", "fields": []})
    }

    fn failed(reason: &str) -> Outcome {
        Outcome::Answer(json!({KIND: "opportune.v1.Conversion", "state": "FAILED", "error": error(reason)}))
    }

    fn succeeded() -> Outcome {
        Outcome::Answer(json!({KIND: "opportune.v1.Conversion", "state": "SUCCEEDED"}))
    }

    fn holds(expected: Value, outcome: &Outcome) -> bool {
        let (names, seen) = (Names::default(), Seen::default());
        let checker = Checker {
            names: &names,
            seen: &seen,
        };
        differences(&checker, Some(&expected), outcome, true).is_empty()
    }

    #[test]
    fn an_error_may_be_the_calls_or_the_conversions() {
        let expected = json!({"error": {"code": "FAILED_PRECONDITION", "reason": "LEAD_WON", "mentions": ["lead 7"]}});
        for outcome in [Outcome::Refused(error("LEAD_WON")), failed("LEAD_WON")] {
            assert!(holds(expected.clone(), &outcome), "{outcome:?}");
        }
        for outcome in [Outcome::Refused(error("LEAD_LOST")), failed("LEAD_LOST"), succeeded()] {
            assert!(!holds(expected.clone(), &outcome), "{outcome:?}");
        }
        assert!(!holds(json!({"error": {"mentions": ["lead 8"]}}), &failed("LEAD_WON")));
        assert!(!holds(json!({"error": {"fields": ["phone"]}}), &failed("LEAD_WON")));
        assert!(!holds(json!({"error": {"code": {"~not": "INTERNAL"}}}), &succeeded()));
    }

    #[test]
    fn without_an_expected_error_nothing_may_fail() {
        for outcome in [Outcome::Refused(error("LEAD_WON")), failed("LEAD_WON")] {
            assert!(!holds(json!({}), &outcome), "{outcome:?}");
            assert!(!holds(json!({"error": null}), &outcome), "{outcome:?}");
        }
        assert!(holds(json!({"state": "SUCCEEDED"}), &succeeded()));
        assert!(holds(json!({"state": "FAILED"}), &failed("LEAD_WON")));
        assert!(!holds(json!({"state": "CANCELLED"}), &failed("LEAD_WON")));
    }

    #[test]
    fn one_of_several_outcomes_is_enough_and_none_is_not() {
        let expected = json!({"~one_of": [{"state": "SUCCEEDED"}, {"error": {"reason": "LEAD_WON"}}]});
        assert!(holds(expected.clone(), &succeeded()));
        assert!(holds(expected.clone(), &failed("LEAD_WON")));
        assert!(!holds(expected, &failed("LEAD_LOST")));
    }
}
