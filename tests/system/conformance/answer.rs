//! What an answer is: its one main message, or all of it.

use super::expect::RESPONSE;
use serde_json::Value;

/// The fields that can be the main message.
const MAIN: [&str; 9] = [
    "conversion",
    "batch",
    "lead",
    "customer",
    "team",
    "stage",
    "settings",
    "salesperson",
    "entry",
];
/// Its batch is one of several things that it tells.
const NO_MAIN: &str = "ImportLeads";

/// The field of the main message of an answer.
pub fn main_field(method: &str, answer: &Value) -> Option<&'static str> {
    if method == NO_MAIN {
        return None;
    }
    MAIN.into_iter()
        .find(|field| answer.get(field).is_some_and(Value::is_object))
}

/// The main message, with the whole answer inside; the answer itself where it has none.
pub fn main(method: &str, answer: Value) -> Value {
    let Some(field) = main_field(method, &answer) else {
        return answer;
    };
    let mut main = answer[field].clone();
    if let Some(fields) = main.as_object_mut() {
        fields.insert(RESPONSE.to_owned(), answer);
    }
    main
}

/// The answer with another main message: what became of it.
pub fn with_main(answer: &Value, mut settled: Value) -> Value {
    let whole = answer.get(RESPONSE).cloned();
    if let (Some(fields), Some(whole)) = (settled.as_object_mut(), whole) {
        fields.insert(RESPONSE.to_owned(), whole);
    }
    settled
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_main_message_has_the_whole_answer_inside() {
        let answer = json!({"conversion": {"state": "REVERTED"}, "kept_customer_ids": ["c"]});
        let main = main("RevertConversion", answer.clone());
        assert_eq!(main["state"], "REVERTED");
        assert_eq!(main[RESPONSE], answer);
        let settled = with_main(&main, json!({"state": "FAILED"}));
        assert_eq!(settled, json!({"state": "FAILED", RESPONSE: answer}));
    }

    #[test]
    fn lists_and_imports_are_their_own_answer() {
        let list = json!({"leads": [], "total_size": 0});
        assert_eq!(main("ListLeads", list.clone()), list);
        let import = json!({"created_count": 1, "batch": {"state": "FINISHED"}});
        assert_eq!(main("ImportLeads", import.clone()), import);
    }
}
