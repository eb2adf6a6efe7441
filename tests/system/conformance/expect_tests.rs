use super::*;
use crate::conformance::seen::{Kind, Look};
use serde_json::json;

/// Names that the tests refer to.
fn names() -> Names {
    let mut names = Names::default();
    names.fixture("a", Kind::Lead, "id-of-a");
    names.capture("conv", json!({"id": "id-of-conv", "etag": "7", "left": null}));
    names
}

fn wrong(expected: Value, actual: Value) -> Vec<String> {
    let (names, seen) = (names(), Seen::default());
    let checker = Checker {
        names: &names,
        seen: &seen,
    };
    checker.differences("", &expected, &actual)
}

#[track_caller]
fn holds(expected: Value, actual: Value) {
    assert_eq!(wrong(expected, actual), Vec::<String>::new());
}

#[track_caller]
fn fails(expected: Value, actual: Value) {
    assert!(
        !wrong(expected.clone(), actual.clone()).is_empty(),
        "{expected} holds for {actual}"
    );
}

#[test]
fn an_object_is_compared_by_the_fields_that_it_names() {
    holds(
        json!({"a": 1, "b": {"c": "x"}}),
        json!({"a": 1, "b": {"c": "x", "d": 2}, "e": 3}),
    );
    fails(json!({"a": 1, "b": {"c": "x"}}), json!({"a": 1, "b": {"c": "y"}}));
    fails(json!({"a": 1}), json!({}));
    fails(json!({"a": {"b": 1}}), json!({"a": 1}));
    fails(json!({"a": {"b": 1}}), Value::Null);
}

#[test]
fn null_is_any_kind_of_nothing_and_nothing_else() {
    for nothing in [
        json!({}),
        json!({"a": null}),
        json!({"a": ""}),
        json!({"a": 0}),
        json!({"a": false}),
        json!({"a": []}),
        json!({"a": {}}),
    ] {
        holds(json!({"a": null}), nothing);
    }
    for something in [json!("x"), json!(0.5), json!(true), json!([0]), json!({"b": 1})] {
        fails(json!({"a": null}), json!({"a": something}));
    }
    // The other way round, nothing is not the value of an optional field.
    fails(json!({"a": 0}), json!({}));
    fails(json!({"a": false}), json!({}));
}

#[test]
fn a_list_is_these_elements_in_this_order() {
    holds(json!([1, {"a": 2}]), json!([1, {"a": 2, "b": 3}]));
    holds(json!([]), Value::Null);
    fails(json!([1, 2]), json!([2, 1]));
    fails(json!([1]), json!([1, 2]));
    fails(json!([1]), Value::Null);
    fails(json!([1]), json!("1"));
}

#[test]
fn references_stand_for_values_and_for_keys() {
    holds(
        json!({"id": "$a", "etag": "$conv.etag"}),
        json!({"id": "id-of-a", "etag": "7"}),
    );
    fails(json!({"id": "$a"}), json!({"id": "id-of-b"}));
    fails(json!({"id": "$nobody"}), json!({"id": "$nobody"}));
    holds(json!({"$a": {"state": "DONE"}}), json!({"id-of-a": {"state": "DONE"}}));
    fails(json!({"$a": {"state": "DONE"}}), json!({"id-of-a": {"state": "LEFT"}}));
    // A reference without a value means that there is none.
    holds(json!({"x": "$conv.left"}), json!({"x": ""}));
    fails(json!({"x": "$conv.left"}), json!({"x": "y"}));
}

#[test]
fn of_what_is_not_there_no_field_is_as_expected() {
    // An item of a batch that does not exist, an error that there is not.
    fails(json!({"$a": {}}), json!({}));
    holds(json!({"$a": null}), json!({}));
    fails(
        json!({"error": {"code": {"~not": "INTERNAL"}}}),
        json!({"state": "DONE"}),
    );
}

#[test]
fn a_looked_up_record_must_exist_to_have_fields() {
    let names = names();
    let mut seen = Seen::default();
    let lead = json!({KIND: "opportune.v1.Lead", "id": "id-of-a", "customer_id": "c", "survivor_id": ""});
    let differences = |seen: &Seen, expected: Value| {
        let checker = Checker { names: &names, seen };
        checker.differences("a", &expected, &lead)
    };
    differences(&seen, json!({"customer": {"name": "Kim"}}));
    let look = Look::Record(Kind::Customer, "c".to_owned());
    assert_eq!(seen.take_missing(), vec![look.clone()]);
    seen.found(
        look,
        json!({KIND: "opportune.v1.Customer", "name": "Kim", "parent_id": ""}),
    );
    assert!(differences(&seen, json!({"customer": {"name": "Kim"}})).is_empty());
    assert!(!differences(&seen, json!({"customer": {"name": "Lou"}})).is_empty());
    assert!(!differences(&seen, json!({"customer": {"parent": {"name": null}}})).is_empty());
    assert!(!differences(&seen, json!({"survivor": {"title": null}})).is_empty());
    assert!(!differences(&seen, json!({"customer": {"nickname": null}})).is_empty());
}

#[test]
fn an_error_mentions_texts_and_names_fields() {
    let error = json!({KIND: ERROR, "code": "ABORTED", "fields": ["lead.phone"], "text": "lead id-of-a differs"});
    holds(
        json!({"mentions": ["$a", "differs"], "fields": ["phone"]}),
        error.clone(),
    );
    fails(json!({"mentions": ["$a", "team"]}), error.clone());
    fails(json!({"fields": ["phone", "email"]}), error);
}

#[test]
fn a_difference_says_where_it_is() {
    let differences = wrong(json!({"a": {"b": [1, 2]}}), json!({"a": {"b": [1, 3]}}));
    assert_eq!(differences, ["a.b.1: expected 2, got 3"]);
}
